"""Sending a month of one account to review: everything coded, and the books agree to the bank."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select, text, update

from backoffice.firm.work.actions import item_of
from backoffice.firm.work.models import Preparation
from backoffice.firm.work.review import prepare
from backoffice.foundation import formatting
from backoffice.foundation.calendar import period_bounds
from backoffice.foundation.clock import business_now
from backoffice.foundation.tenancy import Actor, ScopedSession
from backoffice.ledger import Posting
from backoffice.service_lines.banking import refusals
from backoffice.service_lines.banking.actions.accounts import bank_account
from backoffice.service_lines.banking.actions.opening import OF_ONE_DAY_MAX
from backoffice.service_lines.banking.models import (
    BankAccount,
    BankImport,
    BankLine,
    BankStatement,
)
from backoffice.service_lines.banking.rules.statements import end_of_chain

# Everything that a reviewer approves: each line, the entry it became, and its document. A note
# is a word between colleagues and changes nothing of it.
CONTENT = text(
    """
    SELECT encode(sha256(coalesce(string_agg(
      concat_ws(' ', l.id, l.amount_minor, c.entry_id, coalesce(l.document_id::text, '-')), ','
      ORDER BY l.id), '')::bytea), 'hex')
    FROM bank_line l
    LEFT JOIN coding c ON c.client_id = l.client_id AND c.bank_line_id = l.id
      AND c.undone_at IS NULL
    WHERE l.client_id = :client AND l.bank_account_id = :account
      AND l.booked_on BETWEEN :first AND :last AND l.state = 'coded'
    """
)


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the bank and the books say at the end of the last statement of a month."""

    on: date
    bank_minor: int
    books_minor: int
    statement_id: UUID

    @property
    def difference_minor(self) -> int:
        return self.bank_minor - self.books_minor


def prepare_coding(session: ScopedSession, item_id: UUID, *, by: Actor) -> Preparation:
    """Send the coding of a month to review. What is agreed to the bank is marked as agreed."""
    item = item_of(session, item_id, lock=True)
    if item.subject_id is None or item.period is None:
        raise refusals.no_such_account()
    account = bank_account(session, item.subject_id)
    _refuse_unfinished(session, account, item.period)
    agreement = agreement_of(session, account, item.period)
    if agreement is not None:
        _agree(session, account, agreement, by)
    content = content_of(session, account.id, item.period)
    return prepare(session, item_id, content_hash=content, by=by)


def agreement_of(session: ScopedSession, account: BankAccount, period: str) -> Agreement | None:
    """Bank and books side by side; None where no statement of the month says how it closed."""
    first, last = period_bounds(period)
    closing = (
        select(BankStatement)
        .join(
            BankImport,
            (BankImport.client_id == BankStatement.client_id)
            & (BankImport.id == BankStatement.import_id),
        )
        .where(
            BankStatement.client_id == session.client_id,
            BankStatement.bank_account_id == account.id,
            BankStatement.to_on.between(first, last),
            BankStatement.closing_minor.is_not(None),
            BankImport.state == "released",
        )
        .order_by(
            BankStatement.to_on.desc(),
            BankStatement.import_id.desc(),
            BankStatement.position.desc(),
        )
        .limit(OF_ONE_DAY_MAX)
    )
    found = session.scalars(closing).all()
    of_last_day = [one for one in found if one.to_on == found[0].to_on]
    if not of_last_day:
        return None
    ends = [(one.closing_minor, one.opening_minor) for one in of_last_day]
    statement = of_last_day[end_of_chain(ends)]
    if statement.to_on is None or statement.closing_minor is None:
        return None
    books = books_balance(session, account, statement.to_on)
    return Agreement(statement.to_on, statement.closing_minor, books, statement.id)


def books_balance(session: ScopedSession, account: BankAccount, on: date) -> int:
    """What the books say is in the bank at the end of a day, in the account's currency."""
    summed = select(func.coalesce(func.sum(Posting.amount_minor), 0)).where(
        Posting.client_id == session.client_id,
        Posting.account_id == account.ledger_account_id,
        Posting.currency == account.currency,
        Posting.accounting_date <= on,
    )
    return int(session.scalar(summed) or 0)


def content_of(session: ScopedSession, account_id: UUID, period: str) -> str:
    """What is prepared and approved, as one hash."""
    first, last = period_bounds(period)
    values = {"client": session.client_id, "account": account_id, "first": first, "last": last}
    return str(session.scalar(CONTENT, values))


def _refuse_unfinished(session: ScopedSession, account: BankAccount, period: str) -> None:
    states = dict(
        session.execute(
            select(BankLine.state, func.count())
            .where(
                BankLine.client_id == session.client_id,
                BankLine.bank_account_id == account.id,
                BankLine.booked_on.between(*period_bounds(period)),
            )
            .group_by(BankLine.state)
        ).all()
    )
    if states.get("open"):
        raise refusals.still_open(states["open"])
    if states.get("conflict"):
        raise refusals.conflicts_left(states["conflict"])


def _agree(session: ScopedSession, account: BankAccount, agreement: Agreement, by: Actor) -> None:
    if agreement.difference_minor:
        raise refusals.does_not_agree(
            agreement.books_minor,
            agreement.bank_minor,
            account.currency,
            formatting.day(agreement.on),
        )
    session.execute(
        update(BankStatement)
        .where(
            BankStatement.client_id == session.client_id,
            BankStatement.id == agreement.statement_id,
        )
        .values(agreed_at=business_now(session), agreed_by_id=by.id)
    )
