"""Imports in the background: one item reads the file, then one item stores each chunk of lines."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWorking

from sqlalchemy import text

from backoffice.firm.documents.models import Document
from backoffice.firm.documents.queries import open_document
from backoffice.firm.work.batches import open_failed_item
from backoffice.foundation.batches import Batch, Item, add_items
from backoffice.foundation.errors import Refused
from backoffice.foundation.language import _
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import ScopedSession
from backoffice.service_lines.banking.actions.finishing import finish_import
from backoffice.service_lines.banking.actions.importing import (
    BATCH_KIND,
    dealt_with,
    import_of,
    move,
    refuse,
)
from backoffice.service_lines.banking.actions.reading import take_in
from backoffice.service_lines.banking.actions.storing import store_chunk
from backoffice.service_lines.banking.models import BankImport, ImportChunk
from backoffice.service_lines.banking.statements.limited import read_limited
from backoffice.service_lines.banking.statements.records import StatementFile

# The database ends a transaction that says nothing for thirty seconds.
SIGN_OF_LIFE_SECONDS = 5.0
NOT_READ = "not_read"  # through no fault of the file, so it may be tried again


def run_item(session: ScopedSession, item: Item, runtime: Runtime) -> None:
    """Read the file where the item stands for the import, else store the chunk it stands for."""
    chunk = session.get(ImportChunk, (session.client_id, item.subject_id))
    if chunk is not None:
        if chunk.stored_at is None:
            store_chunk(session, runtime, chunk)
        return
    bank_import = import_of(session, item.subject_id, lock=True)
    if (bank_import.state, bank_import.code) == ("refused", NOT_READ):
        move(session, bank_import, "read_again", code=None, reason=None)
        dealt_with(session, bank_import, by=session.actor)
    if bank_import.state == "reading":
        _read(session, runtime, bank_import, item)


def batch_finished(session: ScopedSession, batch: Batch, runtime: Runtime) -> None:
    """The last item has ended: show what was stored, or say what is missing."""
    if batch.subject_id is not None:
        finish_import(session, runtime, import_of(session, batch.subject_id, lock=True))


def item_failed(session: ScopedSession, item: Item, message: str, _runtime: Runtime) -> None:
    """A piece was given up: the import says so, and the team gets it as work."""
    if session.get(ImportChunk, (session.client_id, item.subject_id)) is None:
        bank_import = import_of(session, item.subject_id, lock=True)
        if bank_import.state == "reading":
            refuse(session, bank_import, code=NOT_READ, reason=message, tell_team=False)
    open_failed_item(session, item.id, batch_kind=BATCH_KIND, message=message)


def read_document(session: ScopedSession, runtime: Runtime, document: Document) -> StatementFile:
    """What the stored file says, read in a child process that can do no harm."""
    with open_document(session, runtime, document) as stream, ThreadPoolExecutor(1) as apart:
        return _waited_for(session, apart.submit(read_limited, stream, document.name))


def _read(session: ScopedSession, runtime: Runtime, bank_import: BankImport, item: Item) -> None:
    document = session.get_one(Document, (session.client_id, bank_import.document_id))
    try:
        file = read_document(session, runtime, document)
        with session.begin_nested():
            chunks = take_in(session, runtime, bank_import, file)
    except Refused as refused:
        refuse(session, bank_import, code=refused.code, reason=_with_place(refused))
        return
    if chunks:
        add_items(session, item.batch_id, [chunk.id for chunk in chunks])


def _waited_for(session: ScopedSession, work: Future[StatementFile]) -> StatementFile:
    while True:
        try:
            return work.result(timeout=SIGN_OF_LIFE_SECONDS)
        except StillWorking:
            session.execute(text("SELECT 1"))


def _with_place(refused: Refused) -> str:
    """The sentence, with the place in the file where it is known."""
    if refused.line is None:
        return refused.message
    where = _("Line %(line)s, column %(column)s", line=refused.line, column=refused.column or 1)
    return f"{where}: {refused.message}"
