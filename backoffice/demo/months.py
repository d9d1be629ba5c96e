"""Which months are played, and the statements that a client's bank draws up for them.

The last month is the one that runs, or on its first day the one that has just ended; the first
is the one before that which was the last when the client came: a whole month to look back on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from backoffice.demo.cast import DemoAccount, DemoClient
from backoffice.demo.recipes import Happening, happenings
from backoffice.demo.statement_files import Sheet
from backoffice.foundation.calendar import period_bounds, period_of, periods_between, shifted
from backoffice.foundation.money import Money

A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Month:
    """A month of a client's bank. `is_running`: more comes, and a visitor finds work in it."""

    period: str
    is_running: bool
    sheets: tuple[Sheet, ...]

    @property
    def lines(self) -> list[Happening]:
        return [line for sheet in self.sheets for line in sheet.lines]


def months(client: DemoClient, *, currency: str, came_on: date, today: date) -> list[Month]:
    """All months from the one before `came_on` that have a line before `today`, in order."""
    last = period_of(today - A_DAY)
    first = shifted(period_of(came_on - A_DAY), -1)
    sheets = {
        account.number: list(sheets_of(client, account, currency, first, last, today))
        for account in client.accounts
    }
    return [
        Month(
            period=period,
            is_running=period == last,
            sheets=tuple(
                sheet
                for of_account in sheets.values()
                for sheet in of_account
                if period_of(sheet.since) == period and sheet.lines
            ),
        )
        for period in periods_between(first, last)
    ]


def sheets_of(
    client: DemoClient, account: DemoAccount, currency: str, first: str, last: str, today: date
) -> Iterator[Sheet]:
    """One statement a month, each going on where the one before ended."""
    balance = Money(account.opening_minor, currency)
    for number, period in enumerate(periods_between(first, last), start=1):
        since, until = period_bounds(period)
        sheet = Sheet(
            number=number,
            account=account.number,
            other_account=next((a.number for a in client.accounts if a is not account), None),
            currency=currency,
            since=since,
            until=min(until, today - A_DAY),
            opening=balance,
            lines=happenings(
                account.recipe, currency=currency, year=since.year, month=since.month, before=today
            ),
        )
        balance = sheet.closing
        yield sheet
