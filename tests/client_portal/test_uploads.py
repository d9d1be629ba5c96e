"""Uploads: a file is kept whole with its row, or nothing is; the answer says what became of it."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from threading import Barrier

import pytest
from werkzeug.test import TestResponse

from backoffice.firm.work.actions import expect
from backoffice.firm.work.queries import work_of_client
from backoffice.foundation.ids import new_id
from tests.client_portal.sending import (
    acts,
    bytes_used,
    documents_of,
    files_on_disk,
    headers_of,
    id_in,
    send,
    send_part,
    set_quota,
)
from tests.foundation.made_files import locked_pdf, overlapping_zip, pdf, png, zipped
from tests.support.browsers import Tab, Web
from tests.support.cast import Cast


@pytest.fixture
def martin(web: Web) -> Tab:
    return web.signed_in("martin")


def test_a_file_is_kept_sealed_with_its_row(cast: Cast, martin: Tab) -> None:
    answer = send(martin, pdf(), "Brief März.pdf")
    assert answer.status_code == 200
    assert 'data-state="safe"' in answer.text
    [document] = documents_of(cast)
    assert (document.name, document.size) == ("Brief März.pdf", len(pdf()))
    assert document.received_by_id == cast["martin"]
    [stored] = files_on_disk(cast)
    assert stored.endswith(document.sha256)
    root = cast.database["portal"].storage.root
    assert pdf() not in (root / stored).read_bytes()


def test_the_same_key_again_is_the_same_upload(cast: Cast, martin: Tab) -> None:
    first = send(martin, pdf(), **{"X-File-Key": "once"})
    again = send(martin, pdf(), **{"X-File-Key": "once"})
    assert id_in(first) == id_in(again)
    assert len(documents_of(cast)) == 1
    assert [action for action, _ in acts(cast)].count("document.received") == 1


def test_a_key_does_not_serve_for_another_file(cast: Cast, martin: Tab) -> None:
    send(martin, pdf(), **{"X-File-Key": "once"})
    other = send(martin, pdf(pages=2), **{"X-File-Key": "once"})
    assert other.status_code == 409
    assert "Choose the file again" in other.text
    assert len(documents_of(cast)) == 1


def test_the_same_file_again_is_said_kindly_and_added_once(cast: Cast, martin: Tab) -> None:
    send(martin, pdf())
    again = send(martin, pdf(), "the same.pdf")
    assert again.status_code == 200
    assert "This file is here already" in again.text
    assert len(documents_of(cast)) == 1
    assert bytes_used(cast) == len(pdf())


@pytest.mark.parametrize("share", [0, 0.5, 0.99])
def test_an_upload_that_is_cut_leaves_nothing(cast: Cast, martin: Tab, share: float) -> None:
    data = pdf(pages=300)
    cut = send_part(martin, data, arrives=int(len(data) * share))
    assert cut.status_code in (400, 422)  # whoever notices first: the server or our count
    assert documents_of(cast) == []
    assert files_on_disk(cast) == []
    assert send(martin, data).status_code == 200
    assert len(documents_of(cast)) == 1


def test_a_length_that_is_not_the_files_leaves_nothing(cast: Cast, martin: Tab) -> None:
    short = send(martin, pdf(), **{"X-File-Size": str(len(pdf()) + 10)})
    assert short.status_code == 422
    assert "arrived, so nothing was kept" in short.text
    assert documents_of(cast) == []
    assert files_on_disk(cast) == []


def test_a_body_without_a_length_is_refused(cast: Cast, martin: Tab) -> None:
    headers = {"X-File-Key": "k", "X-File-Name": "a.pdf", "X-Company": str(martin.company)}
    headers["X-CSRFToken"] = martin.token()
    answer = martin.bare("POST", "/upload/file", headers=headers)
    assert answer.status_code == 422
    assert documents_of(cast) == []


def test_what_is_not_accepted_is_answered_with_its_row_and_leaves_an_act(
    cast: Cast, martin: Tab
) -> None:
    program = send(martin, b"MZ" + bytes(200), "invoice.pdf.exe")
    assert program.status_code == 422
    assert 'data-state="held"' in program.text
    assert "Not taken:" in program.text
    assert "This is a program" in program.text
    assert documents_of(cast) == []
    assert ("document.refused", {"code": "program"}) in acts(cast)


def test_a_document_type_in_a_statement_is_refused_and_noted(cast: Cast, martin: Tab) -> None:
    trap = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
    assert send(martin, trap, "statement.xml").status_code == 422
    assert ("document.refused", {"code": "xml_dtd"}) in acts(cast)
    assert files_on_disk(cast) == []


@pytest.mark.parametrize(
    ("trap", "name", "code"),
    [
        (png(60_000, 60_000), "photo.png", "picture_too_large"),
        (zipped({"zeros.txt": bytes(20_000_000)}), "receipts.zip", "archive_bomb"),
        (overlapping_zip(10), "receipts.zip", "archive_bomb"),
        (zipped({"inner.zip": zipped({"a.txt": b"a"})}), "receipts.zip", "archive_nested"),
        (zipped({"../../evil.txt": b"a"}), "receipts.zip", "archive_names"),
    ],
)
def test_a_trap_is_refused_and_costs_no_room(
    cast: Cast, martin: Tab, trap: bytes, name: str, code: str
) -> None:
    assert send(martin, trap, name).status_code == 422
    assert ("document.refused", {"code": code}) in acts(cast)
    assert files_on_disk(cast) == []
    assert bytes_used(cast) == 0


def test_a_file_larger_than_the_limit_is_refused_unread(cast: Cast, martin: Tab) -> None:
    answer = announced(martin, 51_000_000)
    assert answer.status_code == 413
    assert "larger than 50\u00a0MB" in answer.text
    assert documents_of(cast) == []


def announced(tab: Tab, size: int) -> TestResponse:
    """A file of that size, of which nothing has arrived yet."""
    headers = headers_of(tab, b"", "big.pdf", **{"X-File-Size": str(size)})
    return tab.bare(
        "POST", "/upload/file", headers=headers, input_stream=BytesIO(), content_length=size
    )


def test_a_protected_pdf_is_held_and_may_be_asked_about_once(cast: Cast, martin: Tab) -> None:
    held = send(martin, locked_pdf(opens_without_password=False), "locked.pdf")
    assert "Held back:" in held.text
    assert "Send as it is, ask Priya" in held.text
    ask = f"/upload/{id_in(held)}/ask"
    for _press in range(2):
        asked = martin.post(ask, headers={"HX-Request": "true"})
        assert "Priya looks at it." in asked.text
        assert "Send as it is" not in asked.text
    with cast.acting_for("acorn") as session:
        assert [row.kind for row in work_of_client(session)] == ["held_document"]


def test_a_file_goes_to_what_was_chosen(cast: Cast, martin: Tab) -> None:
    with cast.acting_for("acorn") as session:
        wanted = expect(session, kind="bill", title="Phone bill", by=cast.actor("priya"))
    page = martin.get(f"/upload?for={wanted}").text
    assert "What you send now is taken as: Phone bill." in page
    answer = send(martin, pdf(), "scan 12.pdf", **{"X-Field-Expected": str(wanted)})
    assert answer.status_code == 200
    assert "Phone bill" not in martin.get("/upload").text


def test_the_plain_form_takes_several_files(cast: Cast, martin: Tab) -> None:
    files = [
        (BytesIO(pdf()), "one.pdf"),
        (BytesIO(pdf(pages=2)), "two.pdf"),
        (BytesIO(b"MZ" + bytes(100)), "three.exe"),
    ]
    answer = martin.post("/upload", {"key": new_id().hex, "files": files})
    assert answer.status_code == 200
    assert "3 files" in answer.text
    assert "This is a program" in answer.text
    assert {one.name for one in documents_of(cast)} == {"one.pdf", "two.pdf"}


def test_the_plain_form_sent_twice_adds_once(cast: Cast, martin: Tab) -> None:
    key = new_id().hex
    for _press in range(2):
        martin.post("/upload", {"key": key, "files": [(BytesIO(pdf()), "one.pdf")]})
    assert len(documents_of(cast)) == 1


def test_twenty_at_once_are_all_kept(cast: Cast, web: Web, martin: Tab) -> None:
    files = [pdf(pages=number + 1) for number in range(20)]
    answers = at_once(web, [(data, f"file {number}.pdf") for number, data in enumerate(files)])
    assert [answer.status_code for answer in answers] == [200] * 20
    assert len(documents_of(cast)) == 20
    assert bytes_used(cast) == sum(len(data) for data in files)
    assert len(files_on_disk(cast)) == 20


def test_one_file_sent_by_many_at_once_is_kept_once(cast: Cast, web: Web, martin: Tab) -> None:
    answers = at_once(web, [(pdf(), f"copy {number}.pdf") for number in range(8)])
    assert {answer.status_code for answer in answers} == {200}
    assert len(documents_of(cast)) == 1
    assert bytes_used(cast) == len(pdf())


def test_the_room_is_never_overdrawn_by_a_race(cast: Cast, web: Web, martin: Tab) -> None:
    files = [pdf(pages=5) + b"\n%" + str(number).encode() for number in range(8)]
    set_quota(cast, 3 * len(files[0]) + 10)
    answers = at_once(web, [(data, f"file {number}.pdf") for number, data in enumerate(files)])
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] * 3 + [413] * 5
    assert len(documents_of(cast)) == 3
    assert bytes_used(cast) == 3 * len(files[0])


def at_once(web: Web, files: list[tuple[bytes, str]]) -> list[TestResponse]:
    """Each file from a tab of its own, as many together as the app has threads."""
    tabs = [web.signed_in("martin") for _file in files]
    together = min(len(files), web.cast.database.settings.web_threads)
    gate = Barrier(together)

    def one(number: int) -> TestResponse:
        if number < together:
            gate.wait()
        return send(tabs[number], *files[number])

    with ThreadPoolExecutor(together) as pool:
        return list(pool.map(one, range(len(files))))


@pytest.mark.parametrize(
    "name",
    ["..\\..\\x.pdf", "a\u202efdp.exe.pdf", "x" * 10_000 + ".pdf", "a\r\nb.pdf", "NUL.pdf", ""],
)
def test_no_name_does_harm(cast: Cast, martin: Tab, name: str) -> None:
    assert send(martin, pdf(), name).status_code == 200
    [document] = documents_of(cast)
    assert len(document.name) <= 130
    assert not re.search(r"[\\/\r\n\u202e]", document.name)
    copy = martin.get(martin.get(f"/documents/{document.id}/copy").headers["Location"])
    assert copy.data == pdf()
    assert "\n" not in copy.headers["Content-Disposition"]


def test_who_may_not_send_sends_nothing(cast: Cast, web: Web) -> None:
    ivor = web.signed_in("ivor")
    assert send(ivor, pdf()).status_code == 403
    assert ivor.get("/upload").status_code == 403
    assert documents_of(cast) == []


def test_nothing_is_taken_without_the_token_or_for_another_company(cast: Cast, martin: Tab) -> None:
    assert send(martin, pdf(), **{"X-CSRFToken": "x"}).status_code == 400
    assert send(martin, pdf(), **{"X-Company": str(cast["birch"])}).status_code == 409
    assert documents_of(cast) == []
