"""The end of an import: its counts, whether it can be shown, and the work that follows from it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import event, func, select

from backoffice.firm.work.actions import fulfil, open_item
from backoffice.firm.work.models import ExpectedInput, WorkItem
from backoffice.foundation import audit, formatting
from backoffice.foundation.clock import business_now
from backoffice.foundation.language import _
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import ScopedSession
from backoffice.service_lines.banking.actions.importing import (
    hold,
    read_again_what_waited,
    show,
)
from backoffice.service_lines.banking.models import (
    BankAccount,
    BankImport,
    BankLine,
    BankStatement,
    ImportChunk,
)

CODING = "coding"
STATEMENT = "bank_statement"


def finish_import(session: ScopedSession, runtime: Runtime, bank_import: BankImport) -> None:
    """All chunks have been tried: show the import, or hold it while part of it is missing."""
    if bank_import.state not in ("reading", "held") or bank_import.code not in (None, "not_stored"):
        return
    chunks = session.scalars(
        select(ImportChunk).where(
            ImportChunk.client_id == session.client_id, ImportChunk.import_id == bank_import.id
        )
    ).all()
    if any(chunk.stored_at is None for chunk in chunks):
        _hold_for_missing_chunks(session, bank_import)
        return
    new, conflicts = _stored(session, bank_import.id)
    show(
        session,
        bank_import,
        new=new,
        conflicts=conflicts,
        known=bank_import.lines - new - conflicts,
        read_at=business_now(session),
    )
    _remove_spool(session, runtime, [chunk.storage_key for chunk in chunks])
    _what_follows(session, bank_import)
    read_again_what_waited(session)
    audit.record(
        session,
        "statement.shown",
        subject=bank_import,
        new=new,
        known=bank_import.known,
        conflicts=conflicts,
    )


def coding_item(session: ScopedSession, account_id: UUID, period: str) -> WorkItem | None:
    """The work of coding one account's lines of one month, finished or not."""
    mine = select(WorkItem).where(
        WorkItem.client_id == session.client_id,
        WorkItem.kind == CODING,
        WorkItem.subject_kind == BankAccount.__tablename__,
        WorkItem.subject_id == account_id,
        WorkItem.period == period,
        WorkItem.state != "cancelled",
    )
    return session.scalars(mine.order_by(WorkItem.opened_at.desc()).limit(1)).one_or_none()


def period_of(day: date) -> str:
    """The month of a day as YYYY-MM."""
    return f"{day:%Y-%m}"


def _hold_for_missing_chunks(session: ScopedSession, bank_import: BankImport) -> None:
    if bank_import.state == "held":
        return
    bank_import.held_back = max(bank_import.lines, 1)
    reason = _("Part of the file could not be stored. Try the failed piece again, or undo it.")
    hold(session, bank_import, code="not_stored", reason=reason)


def _stored(session: ScopedSession, import_id: UUID) -> tuple[int, int]:
    """(new, conflicts) among the lines of the import."""
    states = dict(
        session.execute(
            select(BankLine.state, func.count())
            .where(BankLine.client_id == session.client_id, BankLine.import_id == import_id)
            .group_by(BankLine.state)
        ).all()
    )
    conflicts = states.pop("conflict", 0)
    return sum(states.values()), conflicts


def _remove_spool(session: ScopedSession, runtime: Runtime, keys: Iterable[str]) -> None:
    """After the commit, when nobody can need it again."""
    client_id, keys = session.client_id, list(keys)

    def remove(_session: object) -> None:
        for key in keys:
            runtime.storage.delete(client_id, key)

    event.listen(session, "after_commit", remove, once=True)


def _what_follows(session: ScopedSession, bank_import: BankImport) -> None:
    """A work item for each account and month with new lines; what waited for it is fulfilled."""
    months = select(
        BankLine.bank_account_id, func.to_char(BankLine.booked_on, "YYYY-MM").label("month")
    ).where(BankLine.client_id == session.client_id, BankLine.import_id == bank_import.id)
    for account_id, month in session.execute(months.distinct().order_by("month")).all():
        if coding_item(session, account_id, month) is None:
            account = session.get_one(BankAccount, (session.client_id, account_id))
            _open_coding(session, account, month)
    _fulfil_what_waits(session, bank_import)


def _open_coding(session: ScopedSession, account: BankAccount, month: str) -> None:
    open_item(
        session,
        kind=CODING,
        title=_(
            "Code %(account)s ··%(last_four)s, %(month)s",
            account=account.name,
            last_four=account.last_four,
            month=formatting.period(month),
        ),
        once_key=f"{CODING}:{account.id}:{month}",
        period=month,
        subject_kind=BankAccount.__tablename__,
        subject_id=account.id,
    )


def _fulfil_what_waits(session: ScopedSession, bank_import: BankImport) -> None:
    covered = select(
        BankStatement.bank_account_id, func.to_char(BankStatement.to_on, "YYYY-MM")
    ).where(BankStatement.client_id == session.client_id, BankStatement.import_id == bank_import.id)
    waiting = select(ExpectedInput.id, ExpectedInput.subject_id, ExpectedInput.period).where(
        ExpectedInput.client_id == session.client_id,
        ExpectedInput.kind == STATEMENT,
        ExpectedInput.fulfilled_at.is_(None),
        ExpectedInput.cancelled_at.is_(None),
    )
    came = {(account, month) for account, month in session.execute(covered)}
    for expected, account, month in session.execute(waiting).all():
        if (account, month) in came:
            fulfil(session, expected, document_id=bank_import.document_id)
