"""A month of one bank account: the figures on top of the grid, and what a reviewer looks at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from backoffice.firm.work.models import WorkItem
from backoffice.foundation.calendar import period_bounds
from backoffice.foundation.tenancy import ScopedSession
from backoffice.ledger import AccountBalance, LedgerAccount
from backoffice.service_lines.banking.actions.accounts import bank_account
from backoffice.service_lines.banking.actions.finishing import coding_item
from backoffice.service_lines.banking.actions.opening import opening_of
from backoffice.service_lines.banking.actions.preparing import Agreement, agreement_of
from backoffice.service_lines.banking.models import (
    BankAccount,
    BankImport,
    BankLine,
    BankStatement,
    Coding,
)


@dataclass(frozen=True, slots=True)
class Month:
    """The figures of one account in one month; None where no statement says."""

    account: BankAccount
    ledger_code: str
    period: str
    first_on: date | None
    last_on: date | None
    opening_minor: int | None
    lines_minor: int
    closing_minor: int | None
    coded: int
    lines: int
    without_document: int
    agreement: Agreement | None
    item: WorkItem | None

    @property
    def adds_up(self) -> bool | None:
        """Whether opening and lines make the closing, where the statements say both."""
        if self.opening_minor is None or self.closing_minor is None:
            return None
        return self.opening_minor + self.lines_minor == self.closing_minor


@dataclass(frozen=True, slots=True)
class WaitingLeg:
    """A transfer whose other leg has not come."""

    line: BankLine
    to_account_id: UUID | None


@dataclass(frozen=True, slots=True)
class AccountMonth:
    """A month in which an account has lines."""

    bank_account_id: UUID
    name: str
    last_four: str
    currency: str
    period: str
    lines: int
    coded: int


def month_of(session: ScopedSession, bank_account_id: UUID, period: str) -> Month:
    """The figures of an account in a month."""
    account = bank_account(session, bank_account_id)
    counted = _counted(session, bank_account_id, period)
    statements = _statements(session, bank_account_id, period)
    opens = next((o for s in statements if (o := opening_of(s)) is not None), None)
    closes = [s for s in statements if s.closing_minor is not None]
    return Month(
        account=account,
        ledger_code=_code(session, account),
        period=period,
        first_on=counted.first_on,
        last_on=counted.last_on,
        opening_minor=opens,
        lines_minor=counted.lines_minor,
        closing_minor=closes[-1].closing_minor if closes else None,
        coded=counted.coded,
        lines=counted.lines,
        without_document=counted.without_document,
        agreement=agreement_of(session, account, period),
        item=coding_item(session, bank_account_id, period),
    )


def months_with_lines(session: ScopedSession) -> Sequence[AccountMonth]:
    """Every account and month that has released lines, the newest month first."""
    month = func.to_char(BankLine.booked_on, "YYYY-MM")
    question = (
        select(
            BankAccount.id,
            BankAccount.name,
            BankAccount.last_four,
            BankAccount.currency,
            month.label("period"),
            func.count().label("lines"),
            func.count().filter(BankLine.state == "coded").label("coded"),
        )
        .join(
            BankLine,
            and_(
                BankLine.client_id == BankAccount.client_id,
                BankLine.bank_account_id == BankAccount.id,
            ),
        )
        .join(
            BankImport,
            and_(BankImport.client_id == BankLine.client_id, BankImport.id == BankLine.import_id),
        )
        .where(
            BankAccount.client_id == session.client_id,
            BankImport.state == "released",
            BankLine.state.in_(("open", "coded")),
        )
        .group_by(BankAccount.client_id, BankAccount.id, month)
        .order_by(month.desc(), BankAccount.opened_at)
    )
    return [AccountMonth(*row) for row in session.execute(question)]


def bank_accounts(session: ScopedSession) -> Sequence[tuple[BankAccount, str]]:
    """The client's bank accounts with their codes in the chart, in the order of the codes."""
    question = (
        select(BankAccount, LedgerAccount.code)
        .join(
            LedgerAccount,
            and_(
                LedgerAccount.client_id == BankAccount.client_id,
                LedgerAccount.id == BankAccount.ledger_account_id,
            ),
        )
        .where(BankAccount.client_id == session.client_id)
        .order_by(LedgerAccount.code)
    )
    return [(account, code) for account, code in session.execute(question)]


def waiting_legs(session: ScopedSession, *, limit: int = 50) -> Sequence[WaitingLeg]:
    """Transfers of which only one leg is here: they explain what stands in transit."""
    partner = aliased(Coding)
    question = (
        select(BankLine, Coding.transfer_account_id)
        .join(
            Coding,
            and_(Coding.client_id == BankLine.client_id, Coding.bank_line_id == BankLine.id),
        )
        .outerjoin(
            partner,
            and_(
                partner.client_id == Coding.client_id,
                partner.transfer_id == Coding.transfer_id,
                partner.id != Coding.id,
                partner.undone_at.is_(None),
            ),
        )
        .where(
            BankLine.client_id == session.client_id,
            Coding.kind == "transfer",
            Coding.undone_at.is_(None),
            partner.id.is_(None),
        )
        .order_by(BankLine.booked_on)
        .limit(limit)
    )
    return [WaitingLeg(line, other) for line, other in session.execute(question)]


def suspense_minor(session: ScopedSession) -> int:
    """What stands in suspense and is still to be explained, in the currency of the books."""
    question = (
        select(func.coalesce(func.sum(AccountBalance.debit_minor - AccountBalance.credit_minor), 0))
        .join(
            LedgerAccount,
            and_(
                LedgerAccount.client_id == AccountBalance.client_id,
                LedgerAccount.id == AccountBalance.account_id,
            ),
        )
        .where(AccountBalance.client_id == session.client_id, LedgerAccount.role == "suspense")
    )
    return int(session.scalar(question) or 0)


@dataclass(frozen=True, slots=True)
class _Counted:
    first_on: date | None
    last_on: date | None
    lines_minor: int
    lines: int
    coded: int
    without_document: int


def _counted(session: ScopedSession, bank_account_id: UUID, period: str) -> _Counted:
    released = (
        select(BankImport.id)
        .where(
            BankImport.client_id == BankLine.client_id,
            BankImport.id == BankLine.import_id,
            BankImport.state == "released",
        )
        .exists()
    )
    question = select(
        func.min(BankLine.booked_on),
        func.max(BankLine.booked_on),
        func.coalesce(func.sum(BankLine.amount_minor), 0),
        func.count(),
        func.count().filter(BankLine.state == "coded"),
        func.count().filter(BankLine.document_id.is_(None)),
    ).where(
        BankLine.client_id == session.client_id,
        BankLine.bank_account_id == bank_account_id,
        BankLine.state.in_(("open", "coded")),
        BankLine.booked_on.between(*period_bounds(period)),
        released,
    )
    first, last, total, lines, coded, without = session.execute(question).one()
    return _Counted(first, last, int(total), lines, coded, without)


def _statements(
    session: ScopedSession, bank_account_id: UUID, period: str
) -> Sequence[BankStatement]:
    """Released statements that lie within the month, in the order of their days."""
    first, last = period_bounds(period)
    question = (
        select(BankStatement)
        .join(
            BankImport,
            and_(
                BankImport.client_id == BankStatement.client_id,
                BankImport.id == BankStatement.import_id,
            ),
        )
        .where(
            BankStatement.client_id == session.client_id,
            BankStatement.bank_account_id == bank_account_id,
            BankStatement.from_on >= first,
            BankStatement.to_on <= last,
            BankImport.state == "released",
        )
        .order_by(BankStatement.from_on, BankStatement.to_on, BankStatement.position)
    )
    return session.scalars(question).all()


def _code(session: ScopedSession, account: BankAccount) -> str:
    found = session.get_one(LedgerAccount, (session.client_id, account.ledger_account_id))
    return found.code
