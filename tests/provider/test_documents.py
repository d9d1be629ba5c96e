"""Documents in the workbench: to be looked at page by page, and decided about where held back."""

from __future__ import annotations

import re
from io import BytesIO
from uuid import UUID

import pytest

from backoffice.firm.documents.actions import receive
from backoffice.firm.documents.queries import document
from backoffice.foundation.ids import new_id
from backoffice.foundation.registry import registry
from tests.client_portal.sending import statement_file
from tests.foundation.made_files import locked_pdf, pdf
from tests.support.browsers import Tab, Web
from tests.support.cast import Cast
from worker.run_batch import Runner


def sent(cast: Cast, data: bytes, name: str = "letter.pdf", client: str = "acorn") -> UUID:
    """A file that came in from the client's owner."""
    runtime = cast.database["portal"]
    with cast.acting_for(client, by="martin", role="portal") as session:
        actor = cast.actor("martin")
        stream = BytesIO(data)
        key = new_id().hex
        return receive(session, runtime, stream=stream, name=name, by=actor, key=key).document.id


def held(cast: Cast) -> UUID:
    return sent(cast, locked_pdf(opens_without_password=False), "locked.pdf")


@pytest.fixture
def priya(web: Web) -> Tab:
    return web.signed_in("priya")


def of(cast: Cast, path: str = "") -> str:
    return f"/clients/{cast['acorn']}/documents{path}"


def test_the_list_names_each_file_and_what_is_held_back(cast: Cast, priya: Tab) -> None:
    sent(cast, pdf())
    held(cast)
    text = priya.get(of(cast)).text
    assert "letter.pdf" in text
    assert "locked.pdf" in text
    assert "1 is held back" in text
    assert "letter.pdf" not in priya.get(of(cast, "?state=held")).text
    assert "locked.pdf" not in priya.get(of(cast, "?q=LETTER")).text


def test_a_page_is_shown_as_a_picture(cast: Cast, priya: Tab) -> None:
    found = sent(cast, pdf(pages=3))
    shown = priya.get(of(cast, f"/{found}?page=2"))
    assert "Page 2 of 3" in shown.text
    picture = priya.get(of(cast, f"/{found}/pages/2"))
    assert picture.mimetype == "image/png"
    assert picture.data.startswith(b"\x89PNG")
    assert priya.get(of(cast, f"/{found}/pages/4")).status_code == 404


def test_looking_at_a_document_is_noted(cast: Cast, priya: Tab) -> None:
    found = sent(cast, pdf())
    priya.get(of(cast, f"/{found}"))
    assert "Opened, Priya Nair" in priya.get(of(cast, f"/{found}")).text


def test_what_is_held_back_can_be_used_as_it_is(cast: Cast, priya: Tab) -> None:
    found = held(cast)
    assert "protected by a password" in priya.get(of(cast, f"/{found}")).text
    assert priya.post(of(cast, f"/{found}/use")).status_code == 303
    with cast.acting_for("acorn") as session:
        kept = document(session, found)
        assert (kept.state, kept.held_reason) == ("kept", None)
    again = priya.post(of(cast, f"/{found}/use"))
    assert again.status_code == 409
    assert "not held back any more" in again.text


def test_what_is_put_aside_needs_a_reason_that_its_sender_reads(
    cast: Cast, priya: Tab, web: Web
) -> None:
    found = held(cast)
    refused = priya.post(of(cast, f"/{found}/put-aside"), {"reason": "  "})
    assert refused.status_code == 422
    assert "Say in a few words why" in refused.text
    wanted = {"reason": "The bank's letter is enough."}
    assert priya.post(of(cast, f"/{found}/put-aside"), wanted).status_code == 303
    text = web.signed_in("martin").get(f"/documents/{found}").text
    assert "Not used:" in text
    assert "the bank&#39;s letter is enough." in text


def test_a_statement_is_decided_about_on_the_page_of_its_import(cast: Cast, priya: Tab) -> None:
    name, data = statement_file(cast, lacking=30_00)
    found = sent(cast, data, name)
    Runner(cast.database["worker"], registry).drain()
    shown = priya.get(of(cast, f"/{found}"))
    assert "Held back" in shown.text
    assert "Use it as it is" not in shown.text
    [import_page] = set(re.findall(r'href="(/clients/[^"]+/imports/[^"]+)"', shown.text))
    assert priya.get(import_page).status_code == 200
    refused = priya.post(of(cast, f"/{found}/use"))
    assert refused.status_code == 409
    assert "on the page of its import" in refused.text


def test_a_copy_is_the_file_and_only_for_this_session(cast: Cast, priya: Tab, web: Web) -> None:
    found = sent(cast, pdf())
    address = priya.get(of(cast, f"/{found}/copy")).headers["Location"]
    copy = priya.get(address)
    assert copy.data == pdf()
    assert copy.headers["Content-Disposition"].startswith("attachment")
    assert web.signed_in("tom").get(address).status_code == 404


def test_another_clients_document_is_not_here(cast: Cast, web: Web) -> None:
    found = sent(cast, pdf())
    omar = web.signed_in("omar")  # works for Birch alone
    for path in ("", f"/{found}", f"/{found}/pages/1", f"/{found}/copy"):
        assert omar.get(of(cast, path)).status_code == 404
    in_birch = f"/clients/{cast['birch']}/documents"
    for path in ("/{}", "/{}/pages/1", "/{}/copy"):
        theirs = omar.get(in_birch + path.format(found))
        nobodys = omar.get(in_birch + path.format(new_id()))
        assert (theirs.status_code, nobodys.status_code) == (404, 404)
        assert without_ids(theirs.text) == without_ids(nobodys.text)


def without_ids(text: str) -> str:
    return re.sub(
        r'nonce="[^"]+"|nonce-[^\']+|data-guards=.*?>|value="[^"]{60,}"|hx-headers[^>]*', "", text
    )
