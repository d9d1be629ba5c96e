"""An import in the background: file, statements, chunks, in short steps that hold up nobody."""

from __future__ import annotations

import io
import threading
import time
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from backoffice.firm.documents.actions import receive
from backoffice.firm.documents.models import Document
from backoffice.firm.work.actions import expect, take
from backoffice.firm.work.batches import try_again
from backoffice.firm.work.models import ExpectedInput, WorkItem
from backoffice.foundation.audit import AuditEvent
from backoffice.foundation.ids import new_id
from backoffice.foundation.registry import Registry, load_catalogues
from backoffice.foundation.storage import LocalStorage, storage_from
from backoffice.foundation.tenancy import Actor
from backoffice.service_lines.banking import batches
from backoffice.service_lines.banking.actions.importing import import_again
from backoffice.service_lines.banking.models import BankImport, BankLine, ImportChunk
from backoffice.service_lines.banking.queries.imports import import_detail, imports
from backoffice.service_lines.banking.rules import spool
from tests.service_lines.banking.files import bought, imported, lines_of, statement, written
from tests.service_lines.banking.statements.written import Account, as_camt
from tests.support.cast import Cast
from worker.run_batch import Runner


def upload(cast: Cast, *accounts: Account, name: str = "november.xml", by: str = "martin") -> UUID:
    """What the portal does with a file."""
    runtime = cast.database["portal" if by == "martin" else "workbench"]
    with runtime.doors.acting_for(cast["acorn"], by=cast.actor(by)) as session:
        return receive(
            session,
            runtime,
            stream=io.BytesIO(as_camt(list(accounts)).encode()),
            name=name,
            by=cast.actor(by),
            key=str(new_id()),
        ).document.id


def work(cast: Cast) -> int:
    """What a worker that knows imports alone does until nothing is due."""
    known = Registry()
    known.add(load_catalogues().batch_kinds["statement_import"])
    return Runner(cast.database["worker"], known, backoff_seconds=0).drain()


def the_import(cast: Cast) -> BankImport:
    with cast.acting_for("acorn") as session:
        found = session.scalars(select(BankImport)).one()
        session.expunge(found)
        return found


def files_kept(cast: Cast) -> set[Path]:
    """Every file that the storage holds, whatever it is of."""
    storage = storage_from(cast.database.settings.storage_url)
    assert isinstance(storage, LocalStorage)
    return {path for path in storage.root.rglob("*") if path.is_file()}


def test_an_uploaded_statement_is_read_stored_and_shown(cast: Cast) -> None:
    document_id = upload(cast, statement(bought(2, -5), bought(3, -7)))
    assert the_import(cast).state == "reading"
    work(cast)
    done = the_import(cast)
    assert (done.state, done.new, done.known, done.format) == ("shown", 2, 0, "camt.053")
    with cast.acting_for("acorn") as session:
        document = session.get_one(Document, (cast["acorn"], document_id))
        assert (document.state, document.kind) == ("kept", "bank_statement")
        assert [row.bank_import.id for row in imports(session)] == [done.id]
        detail = import_detail(session, done.id)
        assert (detail.stored, detail.coded, len(detail.statements)) == (2, 0, 1)
        runtime = cast.database["workbench"]
        chunk = session.scalars(select(ImportChunk)).one()
        with pytest.raises(Exception, match="not there any more"):  # the spool is gone
            runtime.storage.open(cast["acorn"], chunk.storage_key, b"")


def test_a_long_statement_is_stored_chunk_by_chunk(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "LINES_PER_CHUNK_MAX", 10)
    upload(cast, statement(*(bought(1 + n % 28, -n) for n in range(1, 96))))
    work(cast)
    assert the_import(cast).new == 95
    with cast.acting_for("acorn") as session:
        assert session.scalar(select(func.count()).select_from(ImportChunk)) == 10
        stored = select(func.count()).where(AuditEvent.action == "statement.lines_stored")
        assert session.scalar(stored) == 10


def test_the_same_file_twice_is_one_import(cast: Cast) -> None:
    account = statement(bought(2, -5))
    assert upload(cast, account) == upload(cast, account)
    work(cast)
    assert the_import(cast).new == 1


def test_what_does_not_add_up_is_told_to_whoever_sent_it(cast: Cast) -> None:
    text = as_camt([statement(bought(2, -500), bought(3, -700))])
    start = text.index("<Ntry>")
    short = text[:start] + text[text.index("</Ntry>") + 7 :]
    runtime = cast.database["portal"]
    with runtime.doors.acting_for(cast["acorn"], by=cast.actor("martin")) as session:
        receive(
            session, runtime, stream=io.BytesIO(short.encode()), name="short.xml",
            by=cast.actor("martin"), key="k",
        )  # fmt: skip
    work(cast)
    with runtime.doors.acting_for(cast["acorn"], by=cast.actor("martin")) as session:
        document = session.scalars(select(Document)).one()
        assert document.state == "held"
        assert "does not add up" not in str(document.held_reason)
        assert "The figures do not add up" in str(document.held_reason)
    assert lines_of(cast) == []


def test_a_file_without_its_account_is_read_again_once_somebody_says(
    cast: Cast, tmp_path: Path
) -> None:
    imported(cast, written(tmp_path, statement(bought(2, -5), opening=100)))
    known = lines_of(cast)[0].bank_account_id
    document_id = upload(cast, Account("", "GBP", 95, (bought(5, -1),)))
    work(cast)
    with cast.acting_for("acorn") as session:
        refused = session.scalars(
            select(BankImport).where(BankImport.document_id == document_id)
        ).one()
        assert (refused.state, refused.code) == ("refused", "account_not_named")
        import_again(session, refused.id, by=cast.actor("priya"), bank_account_id=known)
    work(cast)
    assert len(lines_of(cast)) == 2
    with cast.acting_for("acorn") as session:
        held = session.scalars(select(WorkItem).where(WorkItem.kind == "held_statement")).one()
        assert held.state == "done"


def test_a_missing_statement_may_be_accepted_as_missing(cast: Cast, tmp_path: Path) -> None:
    imported(cast, written(tmp_path, statement(bought(2, -5), opening=100)))
    upload(cast, statement(bought(9, -1), opening=3_000))
    work(cast)
    with cast.acting_for("acorn") as session:
        held = session.scalars(select(BankImport).where(BankImport.state == "held")).one()
        assert held.code == "statement_missing"
        again = import_again(
            session, held.id, by=cast.actor("priya"), gap_accepted_because="The bank lost it."
        )
        session.flush()
        again_id = again.id
    work(cast)
    with cast.acting_for("acorn") as session:
        assert session.get_one(BankImport, (cast["acorn"], again_id)).new == 1


def test_a_piece_that_fails_becomes_work_and_is_tried_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(cast, statement(bought(2, -5)))
    with monkeypatch.context() as broken:
        broken.setattr(batches, "store_chunk", _the_disk_is_gone)
        work(cast)
    held = the_import(cast)
    assert (held.state, held.code) == ("held", "not_stored")
    with cast.acting_for("acorn") as session:
        failed = session.scalars(select(WorkItem).where(WorkItem.kind == "failed_item")).one()
        assert failed.reason == "This did not succeed after several attempts."
        try_again(session, failed.id, by=cast.actor("priya"))
    work(cast)
    done = the_import(cast)
    assert (done.state, done.new, done.code) == ("shown", 1, None)


def test_what_was_sealed_for_an_attempt_that_failed_goes_with_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(cast, statement(bought(2, -5)))
    kept = files_kept(cast)
    with monkeypatch.context() as broken:
        broken.setattr(batches, "add_items", _the_disk_is_gone)
        work(cast)
    assert files_kept(cast) == kept
    with cast.acting_for("acorn") as session:
        failed = session.scalars(select(WorkItem).where(WorkItem.kind == "failed_item")).one()
        try_again(session, failed.id, by=cast.actor("priya"))
    work(cast)
    assert the_import(cast).new == 1
    assert files_kept(cast) == kept


def test_a_statement_that_was_waited_for_fulfils_the_wait(cast: Cast, tmp_path: Path) -> None:
    imported(cast, written(tmp_path, statement(bought(2, -5), opening=100)))
    account = lines_of(cast)[0].bank_account_id
    with cast.acting_for("acorn") as session:
        expect(
            session,
            kind="bank_statement",
            title="Bank statement, November",
            subject_kind="bank_account",
            subject_id=account,
            period="2026-11",
            by=cast.actor("priya"),
        )
    document_id = upload(cast, statement(bought(5, -1), opening=95))
    work(cast)
    with cast.acting_for("acorn") as session:
        assert session.scalars(select(ExpectedInput.document_id)).one() == document_id


def test_while_a_long_import_runs_nobody_else_waits(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """20,000 lines in twenty chunks; beside it a colleague takes work, which is audited too."""
    monkeypatch.setattr(spool, "LINES_PER_CHUNK_MAX", 1_000)
    lines = [bought(1 + n % 28, -n) for n in range(1, 20_001)]
    upload(cast, statement(*lines))
    with cast.acting_for("acorn") as session:
        item = WorkItem(
            kind="sorting", title="Sort", state="open",
            opened_at=the_import(cast).started_at, changed_at=the_import(cast).started_at,
        )  # fmt: skip
        session.add(item)
        session.flush()
        item_id = item.id
    importing = threading.Thread(target=work, args=(cast,))
    importing.start()
    waits = []
    while importing.is_alive():
        began = time.monotonic()
        with cast.acting_for("acorn", by="tom") as session:
            take(session, item_id, by=cast.actor("tom"), from_others=True)
        waits.append(time.monotonic() - began)
        importing.join(timeout=0.05)
    assert the_import(cast).new == 20_000
    assert len(waits) > 20
    assert max(waits) < 1.0, f"somebody waited {max(waits):.2f} s"


def _the_disk_is_gone(*_anything: object) -> None:
    raise OSError("the disk is gone")


def test_only_lines_of_the_client_in_scope_are_stored(cast: Cast) -> None:
    upload(cast, statement(bought(2, -5)))
    work(cast)
    runtime = cast.database["worker"]
    with runtime.doors.acting_for(cast["birch"], by=Actor("system")) as session:
        assert session.scalar(select(func.count()).select_from(BankLine)) == 0
