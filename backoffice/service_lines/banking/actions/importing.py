"""Beginning an import, and the steps that its state may take."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update

from backoffice.firm.documents.actions import accept, hold_back
from backoffice.firm.documents.models import Document
from backoffice.firm.work.actions import finish, open_item
from backoffice.firm.work.models import OPEN_WORK, WorkItem
from backoffice.foundation import audit
from backoffice.foundation.batches import open_batch
from backoffice.foundation.clock import business_now
from backoffice.foundation.ids import new_id
from backoffice.foundation.language import _
from backoffice.foundation.tenancy import SYSTEM, Actor, ScopedSession
from backoffice.service_lines.banking import refusals
from backoffice.service_lines.banking.models import BankImport
from backoffice.service_lines.banking.rules import IMPORT_MOVES
from backoffice.service_lines.banking.rules.statements import MISSING

BATCH_KIND = "statement_import"
ALIVE = ("reading", "shown", "released")
HELD = "held_statement"

ONE_AFTER_ANOTHER = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('statements of ' || :client, 0))"
)


def start_import(
    session: ScopedSession,
    document_id: UUID,
    *,
    by: Actor,
    bank_account_id: UUID | None = None,
    gap_accepted_because: str | None = None,
    in_background: bool = True,
) -> BankImport:
    """Begin to read a document as a bank statement; the worker goes on from here.

    `bank_account_id` is for a file that does not name its account; `gap_accepted_because` says
    why a missing statement before this one is no reason to hold it back.
    """
    bank_import = BankImport(
        id=new_id(),
        document_id=document_id,
        bank_account_id=bank_account_id,
        state="reading",
        gap_accepted_because=gap_accepted_because,
        started_by_kind=by.kind,
        started_by_id=by.id,
        started_at=business_now(session),
    )
    if in_background:
        # Opened first: the portal may add an import, and never changes one.
        batch = open_batch(
            session,
            BATCH_KIND,
            client_id=session.client_id,
            subject_id=bank_import.id,
            items=[bank_import.id],
            by=by,
        )
        bank_import.batch_id = batch.id
    session.add(bank_import)
    session.flush()
    audit.record(session, "statement.import_started", subject=bank_import, by=by)
    return bank_import


def import_again(
    session: ScopedSession,
    import_id: UUID,
    *,
    by: Actor,
    bank_account_id: UUID | None = None,
    gap_accepted_because: str | None = None,
) -> BankImport:
    """Read the file of a held or refused import once more, knowing more than the first time."""
    earlier = import_of(session, import_id)
    if earlier.state not in ("held", "refused"):
        raise refusals.moved_on(earlier.state)
    if earlier.state == "held":
        move(session, earlier, "undo", undone_at=business_now(session), undone_by_id=by.id)
    dealt_with(session, earlier, by=by)
    return start_import(
        session,
        earlier.document_id,
        by=by,
        bank_account_id=bank_account_id,
        gap_accepted_because=gap_accepted_because,
    )


def read_again_what_waited(session: ScopedSession) -> None:
    """A statement came: uploads that were held back for want of one before them are read again.

    `one_after_another` sees that none is held back in the same moment and overlooked.
    """
    one_after_another(session)
    waiting = select(BankImport.id).where(
        BankImport.client_id == session.client_id,
        BankImport.state == "held",
        BankImport.code == MISSING,
        BankImport.batch_id.is_not(None),
    )
    for import_id in session.scalars(waiting.order_by(BankImport.id)).all():
        import_again(session, import_id, by=SYSTEM)


def one_after_another(session: ScopedSession) -> None:
    """From here to the commit nobody else finds out which of the client's statements are here."""
    session.execute(ONE_AFTER_ANOTHER, {"client": str(session.client_id)})


def living_import(session: ScopedSession, document_id: UUID) -> BankImport | None:
    """The import of a document that is under way or stands."""
    mine = select(BankImport).where(
        BankImport.client_id == session.client_id,
        BankImport.document_id == document_id,
        BankImport.state.in_(ALIVE),
    )
    return session.scalars(mine.order_by(BankImport.started_at.desc()).limit(1)).one_or_none()


def hold(session: ScopedSession, bank_import: BankImport, *, code: str, reason: str) -> None:
    """Nothing of it is stored; whoever sent the file reads why."""
    move(session, bank_import, "hold", code=code, reason=reason, read_at=business_now(session))
    hold_back(session, bank_import.document_id, code=code, reason=reason)
    _tell(session, bank_import, reason=reason)
    audit.record(session, "statement.held_back", subject=bank_import, code=code)


def refuse(
    session: ScopedSession,
    bank_import: BankImport,
    *,
    code: str,
    reason: str,
    tell_team: bool = True,
) -> None:
    """The file cannot be read as a statement at all."""
    move(session, bank_import, "refuse", code=code, reason=reason, read_at=business_now(session))
    hold_back(session, bank_import.document_id, code=code, reason=reason)
    if tell_team:
        _tell(session, bank_import, reason=reason)
    audit.record(session, "statement.refused", subject=bank_import, code=code)


def dealt_with(session: ScopedSession, bank_import: BankImport, *, by: Actor) -> None:
    """Nobody has to look at why it was held back any more."""
    waiting = select(WorkItem.id).where(
        WorkItem.client_id == session.client_id,
        WorkItem.kind == HELD,
        WorkItem.subject_id == bank_import.id,
        text(OPEN_WORK),
    )
    for item_id in session.scalars(waiting).all():
        finish(session, item_id, by=by)


def show(session: ScopedSession, bank_import: BankImport, **changes: Any) -> None:
    """Everything is stored and can be looked at."""
    move(session, bank_import, "show", code=None, reason=None, **changes)
    accept(session, bank_import.document_id)


def import_of(session: ScopedSession, import_id: UUID, *, lock: bool = False) -> BankImport:
    """One import of the client in scope."""
    query = select(BankImport).where(
        BankImport.client_id == session.client_id, BankImport.id == import_id
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise refusals.no_such_import()
    return found


def move(session: ScopedSession, bank_import: BankImport, step: str, **changes: Any) -> None:
    """Take a legal step; the database decides it, so that one of two who try at once wins."""
    sources, target = IMPORT_MOVES[step]
    session.flush()
    moved = session.execute(
        update(BankImport)
        .where(
            BankImport.client_id == session.client_id,
            BankImport.id == bank_import.id,
            BankImport.state.in_(sources),
        )
        .values(state=target, **changes)
    )
    session.refresh(bank_import)
    if not moved.rowcount:  # type: ignore[attr-defined]
        raise refusals.moved_on(bank_import.state)


def _tell(session: ScopedSession, bank_import: BankImport, *, reason: str) -> None:
    """Whoever sent the file reads why on the document; the team has it in its queue."""
    document = session.get_one(Document, (session.client_id, bank_import.document_id))
    open_item(
        session,
        kind=HELD,
        title=_("Statement held back: %(name)s", name=document.name),
        once_key=f"{HELD}:{bank_import.id}",
        subject_kind=BankImport.__tablename__,
        subject_id=bank_import.id,
        reason=reason,
    )
