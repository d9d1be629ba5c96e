"""Receiving a file: whole or not at all, once, sealed, and put where it belongs."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from backoffice.firm.documents.actions import Received, receive
from backoffice.firm.documents.models import Document, DocumentQuota
from backoffice.firm.documents.queries import document_counts, documents, open_document
from backoffice.firm.work.actions import expect
from backoffice.firm.work.models import WorkItem
from backoffice.firm.work.queries import waiting_inputs
from backoffice.foundation.audit import AuditEvent
from backoffice.foundation.errors import BadInput, Conflict, Refused, TooLarge
from backoffice.foundation.ids import new_id
from tests.foundation import made_files
from tests.support.cast import Cast

NOTE = b"Delivered to the workshop on 5 November.\n"


def send(
    cast: Cast,
    content: bytes = NOTE,
    *,
    name: str = "note.txt",
    key: str | None = None,
    client: str = "acorn",
    by: str = "martin",
    **more: object,
) -> Received:
    """What the portal does with a file."""
    runtime = cast.database["portal"]
    with runtime.doors.acting_for(cast[client], by=cast.actor(by)) as session:
        received = receive(
            session,
            runtime,
            stream=io.BytesIO(content),
            name=name,
            by=cast.actor(by),
            key=key or str(new_id()),
            **more,  # type: ignore[arg-type]
        )
        session.flush()
        session.expunge(received.document)
        return received


def kept(cast: Cast) -> int:
    with cast.acting_for("acorn") as session:
        return session.scalar(select(func.count()).select_from(Document)) or 0


def stored_files(cast: Cast) -> list[Path]:
    root = Path(cast.database.settings.storage_url.removeprefix("file://"))
    return [path for path in root.rglob("*") if path.is_file()]


def test_a_file_is_kept_sealed_and_comes_back_as_it_was(cast: Cast) -> None:
    document = send(cast).document
    assert (document.state, document.media_type, document.size) == ("kept", "text/plain", len(NOTE))
    assert (document.received_by_kind, document.received_by_id) == ("person", cast["martin"])
    assert not any(NOTE in path.read_bytes() for path in stored_files(cast))
    runtime = cast.database["workbench"]
    with cast.acting_for("acorn") as session:
        with open_document(session, runtime, document) as stream:
            assert stream.read() == NOTE
        assert session.scalars(select(DocumentQuota.bytes_used)).one() == len(NOTE)


def test_the_same_request_again_is_the_same_document(cast: Cast) -> None:
    first, again = send(cast, key="one press"), send(cast, key="one press")
    assert again.again
    assert again.document.id == first.document.id
    assert kept(cast) == 1


def test_a_key_is_for_one_file(cast: Cast) -> None:
    send(cast, key="one press")
    with pytest.raises(Conflict) as refused:
        send(cast, b"Something else.\n", key="one press")
    assert refused.value.code == "key_used"


def test_the_same_content_is_kept_once_and_said_to_be_here(cast: Cast) -> None:
    first = send(cast)
    second = send(cast, name="the same under another name.txt")
    assert second.duplicate
    assert second.document.id == first.document.id
    assert "here already" in second.message
    with cast.acting_for("acorn") as session:
        assert session.scalars(select(DocumentQuota.bytes_used)).one() == len(NOTE)


def test_the_same_content_of_two_clients_is_two_documents(cast: Cast) -> None:
    assert not send(cast).duplicate
    assert not send(cast, client="birch", by="nora").duplicate


def test_a_cut_upload_leaves_nothing_and_may_come_again(cast: Cast) -> None:
    with pytest.raises(BadInput) as refused:
        send(cast, NOTE[:20], key="k", size_expected=len(NOTE))
    assert refused.value.code == "upload_incomplete"
    assert (kept(cast), stored_files(cast)) == (0, [])
    assert send(cast, key="k", size_expected=len(NOTE)).document.state == "kept"


def test_a_line_that_breaks_in_the_middle_leaves_nothing(cast: Cast) -> None:
    class Broken(io.BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            raise ConnectionResetError("the line was cut")

    runtime = cast.database["portal"]
    with (
        pytest.raises(ConnectionResetError),
        runtime.doors.acting_for(cast["acorn"], by=cast.actor("martin")) as session,
    ):
        receive(session, runtime, stream=Broken(), name="x.pdf", by=cast.actor("martin"), key="k")
    assert (kept(cast), stored_files(cast)) == (0, [])


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "empty.txt", "file_empty"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "statement.xml", "xml_dtd"),
        (b"<html><script>alert(1)</script></html>", "page.html", "web_page"),
        (b"MZ" + bytes(64), "tool.exe", "program"),
    ],
)
def test_what_may_do_harm_is_not_kept_and_the_refusal_is_audited(
    cast: Cast, content: bytes, name: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        send(cast, content, name=name)
    assert (refused.value.code, refused.value.file) == (code, name)
    assert (kept(cast), stored_files(cast)) == (0, [])
    with cast.acting_for("acorn") as session:
        act = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "document.refused")
        ).one()
        assert act.details == {"code": code}
        assert session.scalar(select(DocumentQuota.bytes_used)) in (None, 0)


def test_a_file_that_is_too_large_is_refused_before_it_is_kept(cast: Cast) -> None:
    limit = cast.database.settings.upload_bytes_max
    with pytest.raises(TooLarge):
        send(cast, b" " * (limit + 1))
    assert kept(cast) == 0


def test_a_protected_pdf_is_held_and_the_sender_reads_why(cast: Cast) -> None:
    received = send(cast, made_files.locked_pdf(opens_without_password=False), name="payslips.pdf")
    assert (received.document.state, received.document.held_code) == (
        "held",
        "password_protected",
    )
    assert "protected by a password" in received.message


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("..\\..\\secret\\note.txt", "note.txt"),
        ("../../etc/note.txt", "note.txt"),
        ("note\r\nSet-Cookie: a=b.txt", "note Set-Cookie_ a=b.txt"),
        ("\u202etxt.note.txt", "txt.note.txt"),
        ("", "unnamed.txt"),
    ],
)
def test_a_name_is_made_fit_to_be_shown(cast: Cast, name: str, shown: str) -> None:
    document = send(cast, name=name).document
    assert document.name == shown
    assert name == "" or name not in document.storage_key


def test_of_many_at_once_none_goes_over_the_quota(cast: Cast) -> None:
    send(cast, b"first\n")
    with cast.acting_for("acorn") as session:
        quota = session.scalars(select(DocumentQuota)).one()
        quota.bytes_max = quota.bytes_used + 5 * 10

    def one(number: int) -> str:
        try:
            send(cast, f"file {number:04d}\n".encode())
        except TooLarge as refused:
            return refused.code
        return "kept"

    with ThreadPoolExecutor(10) as people:
        answers = sorted(people.map(one, range(20)))
    assert answers == ["kept"] * 5 + ["quota_used_up"] * 15
    with cast.acting_for("acorn") as session:
        quota = session.scalars(select(DocumentQuota)).one()
        assert quota.bytes_used == quota.bytes_max


def test_forty_receipts_make_one_piece_of_work(cast: Cast) -> None:
    def one(number: int) -> None:
        send(cast, f"Receipt {number}\n".encode(), name=f"receipt-{number}.txt")

    one(0)
    with ThreadPoolExecutor(8) as people:
        list(people.map(one, range(1, 40)))
    with cast.acting_for("acorn") as session:
        work = session.scalars(select(WorkItem)).one()
        assert (work.kind, work.state) == ("sorting", "open")
        assert len(documents(session, work_item_id=work.id).documents) == 40
        assert document_counts(session) == {"kept": 40}


def test_a_file_goes_first_to_what_waits_for_it(cast: Cast) -> None:
    with cast.acting_for("acorn") as session:
        waited = expect(
            session,
            kind="bill",
            title="Phone bill, November",
            file_words="phone bill",
            period="2026-11",
            subject_id=new_id(),
            by=cast.actor("priya"),
        )
    received = send(cast, name="Phone bill 11-2026.txt")
    assert "Phone bill, November" in received.message
    with cast.acting_for("acorn") as session:
        assert waiting_inputs(session) == []
        assert session.scalar(select(func.count()).select_from(WorkItem)) == 0
    other = send(cast, b"Another bill.\n", name="phone bill again.txt")
    assert other.document.work_item_id is not None  # nothing waits any more
    assert waited is not None


def test_an_answer_to_what_we_asked_for_needs_no_words_in_its_name(cast: Cast) -> None:
    with cast.acting_for("acorn") as session:
        waited = expect(session, kind="bill", title="Phone bill", by=cast.actor("priya"))
    send(cast, name="IMG_2231.txt", expected_input_id=waited)
    with cast.acting_for("acorn") as session:
        assert waiting_inputs(session) == []


def test_documents_come_newest_first_in_pages(cast: Cast) -> None:
    sent = [send(cast, f"{number}\n".encode()).document.id for number in range(5)]
    with cast.acting_for("acorn") as session:
        first = documents(session, limit=3)
        second = documents(session, limit=3, after=first.after)
        shown = [one.id for one in (*first.documents, *second.documents)]
    assert shown == sent[::-1]
    assert second.after is None
