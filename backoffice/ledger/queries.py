"""The reports: trial balance, profit and loss, balance sheet.

They read the balances by month and correct them by the few lines dated after the day in the same
month, so their time does not grow with history. As it was known at an instant: less the lines of
all entries recorded later, so the time grows only with what came since.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from backoffice.foundation.tenancy import ScopedSession
from backoffice.ledger.accounts import account_for_role, books_of
from backoffice.ledger.rules import (
    PROFIT_AND_LOSS,
    fiscal_year,
    fiscal_year_first,
    months,
    read_fiscal_year_start,
)
from backoffice.ledger.totals import BEFORE_THE_YEAR, MONTH, AccountTotal, totals


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Every account that was used, as of a day, in the currency of the books."""

    as_of: date
    currency: str
    rows: Sequence[AccountTotal]

    @property
    def total_debit_minor(self) -> int:
        """Equals the total of the credits, always."""
        return sum(row.debit_minor for row in self.rows)

    @property
    def total_credit_minor(self) -> int:
        """Equals the total of the debits, always."""
        return sum(row.credit_minor for row in self.rows)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a report over months: one amount per month, and their sum."""

    account: AccountTotal
    by_month: Sequence[int]

    @property
    def total_minor(self) -> int:
        """Over all months, with the sign of a report."""
        return sum(self.by_month)


@dataclass(frozen=True, slots=True)
class ProfitAndLoss:
    """Income and expenses between two days; amounts as shown: both usually positive."""

    since: date
    until: date
    currency: str
    months: Sequence[date]
    income: Sequence[Line]
    expenses: Sequence[Line]

    @property
    def profit_by_month(self) -> list[int]:
        """Income less expenses, month by month."""
        return [
            sum(line.by_month[place] for line in self.income)
            - sum(line.by_month[place] for line in self.expenses)
            for place in range(len(self.months))
        ]

    @property
    def income_minor(self) -> int:
        """All income."""
        return sum(line.total_minor for line in self.income)

    @property
    def expenses_minor(self) -> int:
        """All expenses."""
        return sum(line.total_minor for line in self.expenses)

    @property
    def profit_minor(self) -> int:
        """What is left; a loss is negative."""
        return self.income_minor - self.expenses_minor


@dataclass(frozen=True, slots=True)
class BalanceSheet:
    """Assets against liabilities and equity; the profit of the year is a line of equity."""

    as_of: date
    currency: str
    assets: Sequence[AccountTotal]
    liabilities: Sequence[AccountTotal]
    equity: Sequence[AccountTotal]
    profit_of_year_minor: int

    @property
    def assets_minor(self) -> int:
        """All that is owned."""
        return sum(row.shown_minor for row in self.assets)

    @property
    def liabilities_minor(self) -> int:
        """All that is owed."""
        return sum(row.shown_minor for row in self.liabilities)

    @property
    def equity_minor(self) -> int:
        """What belongs to the owners, the profit of the year included."""
        return sum(row.shown_minor for row in self.equity) + self.profit_of_year_minor


def trial_balance(
    session: ScopedSession, as_of: date, *, known_at: datetime | None = None
) -> TrialBalance:
    """The balance of each account as of the end of a day; unused accounts are left out.

    Income and expenses count from the first day of the fiscal year; what earlier years earned
    stands in retained earnings, derived and never posted. `known_at`: as the books said then, by
    the business clock.
    """
    books = books_of(session)
    first_month = read_fiscal_year_start(books.fiscal_year_start)
    found = totals(
        session,
        session.client_id,
        until=as_of,
        known_at=known_at,
        bucket=BEFORE_THE_YEAR,
        year_start=fiscal_year_first(fiscal_year(as_of, first_month), first_month),
    )
    rows: dict[UUID, AccountTotal] = {}
    earned: list[AccountTotal] = []
    for is_earlier, total in found:
        if is_earlier and total.kind in PROFIT_AND_LOSS:
            earned.append(total)
        else:
            before = rows.get(total.account_id)
            rows[total.account_id] = before.plus(total) if before else total
    if earned:
        _add_retained_earnings(session, rows, earned)
    return TrialBalance(as_of, books.currency, sorted(rows.values(), key=lambda total: total.code))


def _add_retained_earnings(
    session: ScopedSession, rows: dict[UUID, AccountTotal], earned: list[AccountTotal]
) -> None:
    """What earlier years earned joins whatever was posted to retained earnings itself."""
    account = account_for_role(session, "retained_earnings")
    own = AccountTotal(
        account.id, account.code, account.name, account.kind, account.role, account.parent_id, 0, 0
    )
    own = rows.get(account.id, own)
    rows[account.id] = replace(
        own, net_minor=own.net_minor + sum(total.net_minor for total in earned)
    )


def balance_sheet(
    session: ScopedSession, as_of: date, *, known_at: datetime | None = None
) -> BalanceSheet:
    """Assets, liabilities and equity as of the end of a day; see `trial_balance`."""
    balance = trial_balance(session, as_of, known_at=known_at)

    def of(kind: str) -> list[AccountTotal]:
        return [row for row in balance.rows if row.kind == kind]

    profit = -sum(row.net_minor for row in balance.rows if row.kind in PROFIT_AND_LOSS)
    return BalanceSheet(as_of, balance.currency, of("asset"), of("liability"), of("equity"), profit)


def profit_and_loss(
    session: ScopedSession, since: date, until: date, *, known_at: datetime | None = None
) -> ProfitAndLoss:
    """Income and expenses from the first day to the last, month by month."""
    columns = list(months(since, until))
    found = totals(
        session, session.client_id, since=since, until=until, known_at=known_at, bucket=MONTH
    )
    lines = {
        kind: _lines([(month, row) for month, row in found if row.kind == kind], columns)
        for kind in PROFIT_AND_LOSS
    }
    currency = books_of(session).currency
    return ProfitAndLoss(since, until, currency, columns, lines["income"], lines["expense"])


def _lines(found: list[tuple[date, AccountTotal]], columns: list[date]) -> list[Line]:
    """One line per account from its totals by month, which come in the order of the codes."""
    lines = []
    for _id, group in groupby(found, key=lambda pair: pair[1].account_id):
        pairs = list(group)
        amounts = {month: row.shown_minor for month, row in pairs}
        lines.append(Line(pairs[0][1], [amounts.get(month, 0) for month in columns]))
    return lines
