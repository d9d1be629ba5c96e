"""The reports as tables for a spreadsheet: a head and rows, amounts as plain decimals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from backoffice.foundation import formatting
from backoffice.foundation.language import _
from backoffice.foundation.money import Money
from backoffice.ledger import After, BalanceSheet, LedgerPage, ProfitAndLoss, TrialBalance
from backoffice.ledger.queries import Line


@dataclass(frozen=True)
class Section:
    """Income or expenses, with their sums."""

    words: str
    lines: Sequence[Line]
    by_month: Sequence[int]

    @property
    def total_minor(self) -> int:
        return sum(self.by_month)


Table = tuple[Sequence[str], Iterable[Sequence[Any]]]


def of_trial_balance(found: TrialBalance) -> Table:
    """One row an account, its balance on one side; then the totals."""
    head = [_("Account"), _("Name"), _("Debit"), _("Credit"), _("Currency")]
    rows = [
        [
            row.code,
            row.name,
            Money(row.debit_minor, found.currency),
            Money(row.credit_minor, found.currency),
            found.currency,
        ]
        for row in found.rows
    ]
    debit = Money(found.total_debit_minor, found.currency)
    credit = Money(found.total_credit_minor, found.currency)
    return head, [*rows, ["", _("Total"), debit, credit, found.currency]]


def sections(found: ProfitAndLoss) -> list[Section]:
    """Income, then expenses, each with what it comes to month by month."""
    return [
        Section(
            words,
            lines,
            [sum(month) for month in zip(*(one.by_month for one in lines), strict=True)],
        )
        for words, lines in ((_("Income"), found.income), (_("Expenses"), found.expenses))
    ]


def of_profit_and_loss(found: ProfitAndLoss) -> Table:
    """One row an account and one column a month; a loss is negative."""
    months = [formatting.period(month) for month in found.months]
    head = [_("Kind"), _("Account"), _("Name"), *months, _("Total"), _("Currency")]

    def row(kind: str, code: str, name: str, amounts: Sequence[int]) -> Sequence[Any]:
        money = [Money(amount, found.currency) for amount in (*amounts, sum(amounts))]
        return [kind, code, name, *money, found.currency]

    rows = [
        row(section.words, line.account.code, line.account.name, line.by_month)
        for section in sections(found)
        for line in section.lines
    ]
    return head, [*rows, row(_("Profit"), "", "", found.profit_by_month)]


def of_balance_sheet(found: BalanceSheet) -> Table:
    """One row an account, with the sign that is usual for its kind."""
    head = [_("Kind"), _("Account"), _("Name"), _("Amount"), _("Currency")]
    sections = (
        (_("Assets"), found.assets),
        (_("Liabilities"), found.liabilities),
        (_("Equity"), found.equity),
    )
    rows: list[Sequence[Any]] = [
        [kind, row.code, row.name, Money(row.shown_minor, found.currency), found.currency]
        for kind, of_kind in sections
        for row in of_kind
    ]
    profit = Money(found.profit_of_year_minor, found.currency)
    return head, [*rows, [_("Equity"), "", _("Profit of the year"), profit, found.currency]]


def of_ledger(pages: Sequence[LedgerPage]) -> Table:
    """The lines of one account with the balance after each."""
    head = [_("Day"), _("Entry"), _("Text"), _("Debit"), _("Credit"), _("Balance"), _("Currency")]
    rows = [
        [
            line.on,
            line.label,
            line.narration,
            Money(line.debit_minor, found.currency),
            Money(line.credit_minor, found.currency),
            Money(line.balance_minor, found.currency),
            found.currency,
        ]
        for found in pages
        for line in found.lines
    ]
    return head, rows


def mark(after: After) -> str:
    """Where a page of lines ended, for the address of the next."""
    return f"{after.on}.{after.posting_id}.{after.balance_minor}"


def place(text: str | None) -> After | None:
    """The same read back; what is no place is the beginning."""
    try:
        day, posting, balance = (text or "").split(".")
        return After(date.fromisoformat(day), UUID(posting), int(balance))
    except ValueError:
        return None
