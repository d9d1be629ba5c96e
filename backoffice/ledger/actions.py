"""What is done to the books besides posting: closing periods, adding accounts."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from backoffice.foundation import audit
from backoffice.foundation.clock import business_now
from backoffice.foundation.errors import BadInput, Conflict, NotFound
from backoffice.foundation.ids import new_id
from backoffice.foundation.language import _
from backoffice.foundation.tenancy import ScopedSession
from backoffice.ledger.accounts import account_for_role, next_free_code
from backoffice.ledger.models import (
    AccountBalance,
    LedgerAccount,
    Period,
    PeriodEvent,
)
from backoffice.ledger.refusals import closed, in_words, state_name
from backoffice.ledger.rules import PERIOD_MOVES, is_reopening, month_of


def move_period(
    session: ScopedSession, month: date, *, to: str, reason: str | None = None
) -> Period:
    """Take a period to another state: open, soft_closed, closed, locked.

    Waits for entries that are being posted into it, and those that come later see the new state.
    Going back needs a reason; locked never opens again.
    """
    period = session.scalar(
        select(Period)
        .where(Period.client_id == session.client_id, Period.month == month_of(month))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if period is None:
        raise closed(month_of(month), None)
    if to not in PERIOD_MOVES[period.state]:
        raise Conflict(
            _(
                "A period that is %(now)s cannot become %(to)s.",
                now=state_name(period.state),
                to=state_name(to),
            ),
            code="period_state",
        )
    if is_reopening(period.state, to) and not (reason or "").strip():
        raise BadInput(_("Say why the period is opened again."), field="reason")
    session.add(
        PeriodEvent(
            period_id=period.id,
            from_state=period.state,
            to_state=to,
            reason=reason,
            actor_kind=session.actor.kind,
            actor_id=session.actor.id,
            at=business_now(session),
        )
    )
    audit.record(session, "ledger.period_moved", subject=period, now=period.state, to=to)
    period.state = to
    with in_words():
        session.flush()
    return period


def open_account(
    session: ScopedSession,
    *,
    code: str,
    name: str,
    kind: str,
    role: str | None = None,
    parent_id: UUID | None = None,
    is_control: bool = False,
    description: str = "",
) -> LedgerAccount:
    """Add an account to the chart. Its code, kind and role are given once."""
    taken = session.scalar(
        select(LedgerAccount.id).where(
            LedgerAccount.client_id == session.client_id, LedgerAccount.code == code
        )
    )
    if taken is not None:
        raise Conflict(_("There is an account %(code)s already.", code=code), field="code")
    account = LedgerAccount(
        id=new_id(),
        code=code,
        name=name,
        kind=kind,
        role=role,
        parent_id=parent_id,
        is_parent=False,
        is_control=is_control,
        description=description,
    )
    session.add(account)
    session.flush()
    audit.record(session, "ledger.account_opened", subject=account, code=code)
    return account


def open_bank_account(session: ScopedSession, *, name: str) -> LedgerAccount:
    """Add the account of a bank account under the bank heading, with the next free code."""
    parent = account_for_role(session, "bank_parent")
    # Two that are opened at once wait for one another here, so that each gets a code of its own.
    session.refresh(parent, with_for_update=True)
    return open_account(
        session,
        code=next_free_code(session, parent.code),
        name=name,
        kind="asset",
        role="bank",
        parent_id=parent.id,
        is_control=True,
    )


def archive_account(session: ScopedSession, account_id: UUID) -> LedgerAccount:
    """Take an account out of use; its balance must be zero, its lines stay where they are."""
    account = session.get(LedgerAccount, (session.client_id, account_id), with_for_update=True)
    if account is None:
        raise NotFound(_("There is no such account."))
    if account.role is not None and account.role != "bank":
        raise Conflict(_("This account is needed by the books and stays."), code="account_needed")
    if _balance_minor(session, account_id):
        raise Conflict(
            _("An account with a balance cannot be archived. Bring it to zero first."),
            code="account_not_empty",
        )
    account.archived_at = business_now(session)
    audit.record(session, "ledger.account_archived", subject=account)
    return account


def _balance_minor(session: ScopedSession, account_id: UUID) -> int:
    rows: Any = session.scalars(
        select(AccountBalance.debit_minor - AccountBalance.credit_minor).where(
            AccountBalance.client_id == session.client_id,
            AccountBalance.account_id == account_id,
        )
    )
    return sum(rows)
