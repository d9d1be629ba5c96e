"""Who may change a line now: locks in one order, and a clear word to whoever comes second.

First the work of the month, then the line, then the books: everybody locks in this order. The
work's lock is what keeps a change from slipping in beside a preparation for review.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import and_, select, update

from backoffice.firm.staff.models import Staff
from backoffice.firm.work.models import WorkItem
from backoffice.firm.work.review import void_preparation
from backoffice.foundation.language import _
from backoffice.foundation.tenancy import Actor, ScopedSession
from backoffice.ledger import LedgerAccount
from backoffice.service_lines.banking import refusals
from backoffice.service_lines.banking.actions.finishing import CODING, period_of
from backoffice.service_lines.banking.models import (
    BankAccount,
    BankImport,
    BankLine,
    BankStatement,
    Coding,
)


def hold_month(session: ScopedSession, lines: Sequence[BankLine]) -> list[WorkItem]:
    """Lock the work of the months that the lines belong to."""
    return hold_months(
        session, {(line.bank_account_id, period_of(line.booked_on)) for line in lines}
    )


def hold_months(session: ScopedSession, months: Collection[tuple[UUID, str]]) -> list[WorkItem]:
    """The same for months that are named: a bank account and YYYY-MM each."""
    mine = select(WorkItem).where(
        WorkItem.client_id == session.client_id,
        WorkItem.kind == CODING,
        WorkItem.subject_kind == BankAccount.__tablename__,
        WorkItem.subject_id.in_({account for account, _month in months}),
        WorkItem.period.in_({month for _account, month in months}),
    )
    in_order = mine.order_by(WorkItem.id).with_for_update()
    found = session.scalars(in_order.execution_options(populate_existing=True)).all()
    return [item for item in found if (item.subject_id, item.period) in months]


def void_what_was_prepared(
    session: ScopedSession, items: Sequence[WorkItem], *, since: date, because: str, by: Actor
) -> None:
    """A change after preparation or sign-off voids it, and what was agreed from that day on."""
    for item in items:
        if item.state in ("prepared", "done"):
            void_preparation(session, item.id, because=because, by=by)
            _no_longer_agreed(session, item.subject_id, since)


def line_of(session: ScopedSession, line_id: UUID) -> BankLine:
    """One line of the client in scope, as it stands."""
    mine = select(BankLine).where(BankLine.client_id == session.client_id, BankLine.id == line_id)
    found = session.scalars(mine.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise refusals.no_such_line()
    return found


def lock_line(session: ScopedSession, line_id: UUID, *, version: int) -> BankLine:
    """The line for a change, if it is still as the person saw it."""
    mine = select(BankLine).where(BankLine.client_id == session.client_id, BankLine.id == line_id)
    locked = mine.with_for_update(of=BankLine).execution_options(populate_existing=True)
    line = session.scalars(locked).one_or_none()
    if line is None:
        raise refusals.no_such_line()
    if line.version != version:
        raise refusals.changed_by_another(standing_words(session, line))
    refuse_unreleased(session, {line.import_id})
    return line


def refuse_unreleased(session: ScopedSession, imports: Collection[UUID]) -> None:
    """Lines are coded only once their import was released."""
    states = session.scalars(
        select(BankImport.state).where(
            BankImport.client_id == session.client_id, BankImport.id.in_(imports)
        )
    )
    if any(state != "released" for state in states):
        raise refusals.not_released()


def standing_words(session: ScopedSession, line: BankLine) -> str:
    """How a line stands, for somebody who was overtaken."""
    question = (
        select(Coding.kind, LedgerAccount.code, LedgerAccount.name, Staff.name)
        .outerjoin(
            LedgerAccount,
            and_(
                LedgerAccount.client_id == Coding.client_id, LedgerAccount.id == Coding.account_id
            ),
        )
        .outerjoin(Staff, Staff.id == Coding.coded_by_id)
        .where(
            Coding.client_id == session.client_id,
            Coding.bank_line_id == line.id,
            Coding.undone_at.is_(None),
        )
    )
    found = session.execute(question).one_or_none()
    if found is None:
        return _("it is open again, with other details")
    kind, code, account, name = found
    who = name or _("somebody")
    if kind == "split":
        return _("%(who)s split it", who=who)
    if kind == "transfer":
        return _("%(who)s made it a transfer", who=who)
    return _("%(who)s coded it to %(code)s %(account)s", who=who, code=code, account=account)


def _no_longer_agreed(session: ScopedSession, account_id: UUID | None, since: date) -> None:
    session.execute(
        update(BankStatement)
        .where(
            BankStatement.client_id == session.client_id,
            BankStatement.bank_account_id == account_id,
            BankStatement.to_on >= since,
            BankStatement.agreed_at.is_not(None),
        )
        .values(agreed_at=None, agreed_by_id=None)
    )
