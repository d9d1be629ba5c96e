"""What is done to the books besides posting: reversing, closing periods, adding accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from backoffice.foundation import audit
from backoffice.foundation.clock import business_now
from backoffice.foundation.errors import BadInput, Conflict, NotFound
from backoffice.foundation.ids import new_id
from backoffice.foundation.language import _
from backoffice.foundation.tenancy import Actor, ScopedSession
from backoffice.ledger.accounts import account_for_role, next_free_code
from backoffice.ledger.drafts import Draft, DraftLine, PostedEntry, TaxDetail
from backoffice.ledger.models import (
    AccountBalance,
    JournalEntry,
    LedgerAccount,
    Period,
    PeriodEvent,
    Posting,
)
from backoffice.ledger.posting import post
from backoffice.ledger.refusals import AlreadyReversed, PeriodClosed, closed, in_words, state_name
from backoffice.ledger.rules import PERIOD_MOVES, is_reopening, month_of

REVERSAL = "reversal"


def reverse(
    session: ScopedSession,
    entry_ids: Sequence[UUID],
    *,
    reason: str,
    by: Actor | None = None,
) -> list[PostedEntry]:
    """Post the mirror of each entry, linked to it, on the first open day from its own date on.

    An entry is reversed once: `AlreadyReversed` else. A reversal is an entry and can be reversed.
    """
    if not reason.strip():
        raise BadInput(_("Say why the entry is reversed."), field="reason")
    drafts = [_mirror(session, entry_id, reason.strip()) for entry_id in entry_ids]
    posted = post(session, drafts, by=by)
    if any(entry.again for entry in posted):
        raise AlreadyReversed(_("The entry was reversed before."))
    return posted


def _mirror(session: ScopedSession, entry_id: UUID, reason: str) -> Draft:
    entry = session.get(JournalEntry, (session.client_id, entry_id))
    if entry is None:
        raise NotFound(_("There is no such entry."))
    _refuse_second_reversal(session, entry_id)
    on = first_open_day(session, entry.accounting_date)
    lines = session.scalars(
        select(Posting)
        .where(Posting.client_id == session.client_id, Posting.entry_id == entry_id)
        .order_by(Posting.line)
    )
    return Draft(
        source_kind=REVERSAL,
        source_id=entry_id,
        on=on,
        tax_date=entry.tax_date if on == entry.accounting_date else on,
        document_date=entry.document_date,
        narration=entry.narration,
        series=entry.series,
        reverses_id=entry_id,
        reason=reason,
        lines=[_mirrored(line) for line in lines],
    )


def _refuse_second_reversal(session: ScopedSession, entry_id: UUID) -> None:
    found = session.scalar(
        select(JournalEntry.id).where(
            JournalEntry.client_id == session.client_id, JournalEntry.reverses_id == entry_id
        )
    )
    if found is not None:
        raise AlreadyReversed(_("The entry was reversed before."))


def _mirrored(line: Posting) -> DraftLine:
    return DraftLine(
        account_id=line.account_id,
        amount_minor=-line.amount_minor,
        currency=line.currency,
        base_minor=-line.base_minor,
        narration=line.narration,
        party_id=line.party_id,
        tax=_mirrored_tax(line),
    )


def _mirrored_tax(line: Posting) -> TaxDetail | None:
    if (
        line.tax_code_id is None
        or line.tax_part is None
        or line.tax_rate is None
        or line.tax_base_minor is None
    ):
        return None
    return TaxDetail(
        code_id=line.tax_code_id,
        part=line.tax_part,
        rate=line.tax_rate,
        base_minor=-line.tax_base_minor,
    )


def first_open_day(session: ScopedSession, day: date) -> date:
    """The day itself where its period is open, else the first day of the next that is."""
    month = session.scalar(
        select(Period.month)
        .where(
            Period.client_id == session.client_id,
            Period.month >= month_of(day),
            Period.state == "open",
        )
        .order_by(Period.month)
        .limit(1)
    )
    if month is None:
        raise PeriodClosed(_("No period from that day on is open. Open the next year first."))
    return max(month, day)


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
