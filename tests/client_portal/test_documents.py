"""Documents in the portal: found again, told about, copied by signed address; nobody else's."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from backoffice.foundation.ids import new_id
from tests.client_portal.sending import acts, id_in, send
from tests.foundation.made_files import locked_pdf, pdf
from tests.support.browsers import Tab, Web
from tests.support.cast import Cast


@pytest.fixture
def martin(web: Web) -> Tab:
    return web.signed_in("martin")


def address_of(tab: Tab, document: UUID) -> str:
    return tab.get(f"/documents/{document}/copy").headers["Location"]


def test_nothing_yet_has_a_way_on(martin: Tab) -> None:
    assert "Send a bank statement or a receipt" in martin.get("/documents").text


def test_files_are_found_by_part_of_their_name(martin: Tab) -> None:
    send(martin, pdf(), "Fuel October.pdf")
    send(martin, pdf(pages=2), "Rent.pdf")
    found = martin.get("/documents?q=fuel").text
    assert "Fuel October.pdf" in found
    assert "Rent.pdf" not in found
    assert "No file fits" in martin.get("/documents?q=%25").text


def test_those_held_back_can_be_looked_at_alone(martin: Tab) -> None:
    send(martin, pdf(), "Rent.pdf")
    send(martin, locked_pdf(opens_without_password=False), "locked.pdf")
    assert "1 is held back." in martin.get("/documents").text
    held = martin.get("/documents?held=1").text
    assert "locked.pdf" in held
    assert "Rent.pdf" not in held


def test_the_list_goes_on_where_the_page_ended(martin: Tab) -> None:
    for number in range(27):
        send(martin, pdf(pages=number + 1), f"file-{number:02}.pdf")
    first = martin.get("/documents").text
    onward = re.search(r'href="(/documents\?after=[^"]+)"', first)
    assert onward
    second = martin.get(onward.group(1).replace("&amp;", "&")).text
    names = re.findall(r"file-\d\d\.pdf", first) + re.findall(r"file-\d\d\.pdf", second)
    assert sorted(set(names)) == [f"file-{number:02}.pdf" for number in range(27)]
    assert "file-26.pdf" in first
    assert "file-00.pdf" in second


@pytest.mark.parametrize(
    "after", ["x", "2026-11-01_x", "_", "9999-99-99_01890a5d-ac96-774b-bcce-b302099a8057"]
)
def test_a_place_that_is_none_is_the_beginning(martin: Tab, after: str) -> None:
    send(martin, pdf(), "Rent.pdf")
    assert "Rent.pdf" in martin.get(f"/documents?after={after}").text


def test_a_document_tells_what_happened_to_it(martin: Tab) -> None:
    sent = id_in(send(martin, locked_pdf(opens_without_password=False), "locked.pdf"))
    martin.post(f"/upload/{sent}/ask")
    text = martin.get(f"/documents/{sent}").text
    assert "Sent, Martin Bell" in text
    assert "Sent as it is, with a question, Martin Bell" in text


def test_a_copy_is_an_attachment_that_nothing_runs_in_and_is_noted(cast: Cast, martin: Tab) -> None:
    sent = id_in(send(martin, pdf(), "Brief März.pdf"))
    copy = martin.get(address_of(martin, sent))
    assert copy.data == pdf()
    assert copy.headers["Content-Disposition"] == (
        "attachment; filename=\"Brief Marz.pdf\"; filename*=UTF-8''Brief%20M%C3%A4rz.pdf"
    )
    assert copy.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in copy.headers["Content-Security-Policy"]
    assert copy.headers["Cache-Control"] == "no-store"
    assert "document.opened" in [action for action, _ in acts(cast)]


def test_an_address_opens_nothing_for_another_session(web: Web, martin: Tab) -> None:
    sent = id_in(send(martin, pdf()))
    address = address_of(martin, sent)
    assert martin.get(address).status_code == 200
    for other in ("judith", "martin", "nora"):  # a colleague, another browser, a stranger
        assert web.signed_in(other).get(address).status_code == 404
    assert web.tab("portal").get(address).status_code == 303


def test_no_byte_of_an_address_can_be_changed(martin: Tab) -> None:
    address = address_of(martin, id_in(send(martin, pdf())))
    path, _slash, token = address.rpartition("/")
    for place in range(0, len(token), 5):
        other = "A" if token[place] != "A" else "B"
        changed = token[:place] + other + token[place + 1 :]
        assert martin.get(f"{path}/{changed}").status_code == 404


def test_an_address_serves_the_whole_file_by_get_alone(martin: Tab) -> None:
    address = address_of(martin, id_in(send(martin, pdf())))
    assert martin.bare("HEAD", address).status_code == 404
    assert martin.get(address, headers={"Range": "bytes=0-9"}).status_code == 404
    assert martin.post(address).status_code == 405


def test_another_companys_document_is_answered_like_one_that_does_not_exist(
    cast: Cast, web: Web, martin: Tab
) -> None:
    sent = id_in(send(martin, pdf()))
    token = address_of(martin, sent).rpartition("/")[2]
    nora = web.signed_in("nora")
    reads = ["/documents/{}", "/documents/{}/copy", "/documents/{}/file/" + token, "/upload/{}/row"]
    for path in reads:
        theirs, nobodys = nora.get(path.format(sent)), nora.get(path.format(new_id()))
        assert (theirs.status_code, nobodys.status_code) == (404, 404)
        assert body(theirs.text) == body(nobodys.text)
    theirs = nora.post(f"/upload/{sent}/ask")
    nobodys = nora.post(f"/upload/{new_id()}/ask")
    assert (theirs.status_code, nobodys.status_code) == (404, 404)
    assert body(theirs.text) == body(nobodys.text)
    assert "document.asked_about" not in [action for action, _ in acts(cast)]


def body(text: str) -> str:
    """A page without what differs from one answer to the next."""
    return re.sub(r'nonce="[^"]+"|data-guards="[^"]+"|hx-headers[^>]+|value="[^"]{60,}"', "", text)
