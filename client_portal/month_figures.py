"""The months of a company's books for its people: sales, costs, and what stayed with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from backoffice import ledger
from backoffice.firm.work.for_clients import months_reviewed
from backoffice.foundation.calendar import period_bounds, period_of, shifted
from backoffice.foundation.tenancy import ScopedSession
from backoffice.ledger.queries import Line

MONTHS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Month:
    """One month; amounts in minor units of the books, usually positive."""

    month: str  # YYYY-MM
    sales: int
    costs: int
    reviewed: bool  # by a second person of ours; until then the figures may move

    @property
    def stayed(self) -> int:
        """What is left; a loss is negative."""
        return self.sales - self.costs

    @property
    def stayed_drawn(self) -> int:
        """What is left as part of the bar of the sales; a loss has no part in it."""
        return min(max(self.stayed, 0), max(self.sales, 0))

    @property
    def is_empty(self) -> bool:
        return not self.sales and not self.costs


def last_months(session: ScopedSession, today: date) -> list[Month]:
    """The last twelve months, oldest first, from the first that has figures; [] where none has."""
    names = [shifted(period_of(today), back) for back in range(1 - MONTHS_SHOWN, 1)]
    since, _last = period_bounds(names[0])
    _first, until = period_bounds(names[-1])
    found = ledger.profit_and_loss(session, since, until)
    reviewed = months_reviewed(session, names)
    months = []
    for place, name in enumerate(names):
        sales, costs = _sum(found.income, place), _sum(found.expenses, place)
        months.append(Month(name, sales, costs, reviewed.get(name, False)))
    while months and months[0].is_empty:
        months.pop(0)
    return months


def month_of_books(session: ScopedSession, name: str) -> tuple[Month, ledger.ProfitAndLoss]:
    """One month with the accounts that make its figures."""
    first, last = period_bounds(name)
    found = ledger.profit_and_loss(session, first, last)
    done = months_reviewed(session, [name]).get(name, False)
    return Month(name, found.income_minor, found.expenses_minor, done), found


def _sum(lines: Sequence[Line], place: int) -> int:
    return sum(line.by_month[place] for line in lines)
