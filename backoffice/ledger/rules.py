"""The ledger's arithmetic and decisions: tax, fiscal years, months, signs, period states.

Nothing here reads a clock or a database.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal, localcontext

from backoffice.foundation.errors import BadInput
from backoffice.foundation.language import _
from backoffice.foundation.money import HALF_UP, Rounding

ACCOUNT_KINDS = ("asset", "liability", "equity", "income", "expense")
PROFIT_AND_LOSS = ("income", "expense")
TAX_DIRECTIONS = ("output", "input", "both", "none")
TAX_PARTS = ("base", "tax")
PERIOD_STATES = ("open", "soft_closed", "closed", "locked")

# From each state of a period to those it may take. Locked never opens again; to go back needs a
# reason. A soft-closed period takes adjusting entries only.
PERIOD_MOVES = {
    "open": {"soft_closed", "closed"},
    "soft_closed": {"open", "closed"},
    "closed": {"open", "soft_closed", "locked"},
    "locked": set[str](),
}


def is_reopening(from_state: str, to_state: str) -> bool:
    """Whether the move takes back an earlier close, which needs a reason."""
    return PERIOD_STATES.index(to_state) < PERIOD_STATES.index(from_state)


def split_tax(gross_minor: int, rate: Decimal, *, rounding: Rounding = HALF_UP) -> tuple[int, int]:
    """Cut a gross amount of minor units into net and tax; the two always sum to the gross.

    The sign is kept: −120.00 at 0.2 is −100.00 and −20.00. The tax is rounded, the net takes
    the rest.
    """
    tax = _rounded(gross_minor, rate, 1 + rate, rounding)
    return gross_minor - tax, tax


def tax_on(net_minor: int, rate: Decimal, *, rounding: Rounding = HALF_UP) -> int:
    """The tax on a net amount of minor units, with its sign."""
    return _rounded(net_minor, rate, Decimal(1), rounding)


def _rounded(minor: int, factor: Decimal, divisor: Decimal, rounding: Rounding) -> int:
    # 60 digits hold any bigint times any rate, and no quotient that is not a half comes so near
    # to one: the rounding is exact.
    with localcontext(prec=60):
        return int((minor * factor / divisor).to_integral_value(rounding=rounding))


def month_of(day: date) -> date:
    """The first day of its month, which names the month."""
    return day.replace(day=1)


def month_end(day: date) -> date:
    """The last day of its month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def next_month(month: date) -> date:
    """The first day of the month after."""
    return month_end(month) + timedelta(days=1)


def months(since: date, until: date) -> Iterator[date]:
    """The first days of the months from that of `since` to that of `until`, both included."""
    month = month_of(since)
    while month <= until:
        yield month
        month = next_month(month)


def read_fiscal_year_start(text: str) -> int:
    """The month in which the year begins, from `MM-DD`; years begin on the first of a month."""
    found = re.fullmatch(r"(0[1-9]|1[0-2])-01", text, re.ASCII)
    if not found:
        raise BadInput(
            _(
                "“%(text)s” cannot begin a fiscal year. Write month and day of the first day "
                "of a month, such as 01-01 or 04-01.",
                text=text[:20],
            ),
            code="fiscal_year_start_unusable",
            field="fiscal_year_start",
        )
    return int(found[1])


def fiscal_year(day: date, first_month: int) -> int:
    """The calendar year in which the fiscal year of that day ends: it names the year."""
    return day.year + (1 if first_month > 1 and day.month >= first_month else 0)


def fiscal_year_first(year: int, first_month: int) -> date:
    """The first day of the fiscal year of that name."""
    return date(year - 1 if first_month > 1 else year, first_month, 1)


def fiscal_year_last(year: int, first_month: int) -> date:
    """The last day of the fiscal year of that name."""
    return fiscal_year_first(year + 1, first_month) - timedelta(days=1)


def debit_and_credit(net_minor: int) -> tuple[int, int]:
    """A signed balance on its side: (debit, credit), one of them zero."""
    return (net_minor, 0) if net_minor > 0 else (0, -net_minor)


def as_shown(net_minor: int, kind: str) -> int:
    """A signed balance as a report shows it: what is usual for the kind is positive."""
    return net_minor if kind in ("asset", "expense") else -net_minor
