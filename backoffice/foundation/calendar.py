"""Days, months and fiscal years: pure arithmetic, the time is passed in.

A business day is a local date in an IANA zone; a period is a month written `2026-11`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from backoffice.foundation.errors import BadInput
from backoffice.foundation.language import _

YEAR_MIN, YEAR_MAX = 1900, 2200  # beyond them a date in business is a slip of the keyboard
GAP_MINUTES_MAX = 25 * 60  # Samoa left out a whole day in 2011
PERIODS_MAX = 1_200  # of one listing: a hundred years
_PERIOD = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")


@dataclass(frozen=True, slots=True)
class FiscalYear:
    """A client's year: both days are in it."""

    first_day: date
    last_day: date

    @property
    def periods(self) -> tuple[str, ...]:
        """Its months in order; twelve, or thirteen that overlap when it begins inside a month."""
        return tuple(periods_between(period_of(self.first_day), period_of(self.last_day)))


def business_day(instant: datetime, zone: str) -> date:
    """The local date at an instant."""
    if instant.tzinfo is None:
        raise TypeError("An instant needs its zone; this one has none")
    return instant.astimezone(zone_named(zone)).date()


def instant_at(day: date, clock: time, zone: str) -> datetime:
    """The instant in UTC at which local clocks show that time.

    Where clocks jump over it: the next minute that they show. Where they show it twice: the
    first time.
    """
    local_zone = zone_named(zone)
    wanted = datetime.combine(day, clock.replace(tzinfo=None, fold=0))
    for minutes in range(GAP_MINUTES_MAX):
        shown = wanted.replace(second=0, microsecond=0) + timedelta(minutes=minutes)
        local = (shown if minutes else wanted).replace(tzinfo=local_zone)
        instant = local.astimezone(UTC)
        if instant.astimezone(local_zone).replace(fold=0) == local:
            return instant
    raise ValueError(f"No clock in {zone} shows {wanted}")


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """The first instant of a local day and the first of the next; 23, 24 or 25 hours apart."""
    return instant_at(day, time.min, zone), instant_at(day + timedelta(days=1), time.min, zone)


def period_of(day: date) -> str:
    """The month of a day: `2026-11`."""
    return f"{day.year:04d}-{day.month:02d}"


def period_bounds(period: str) -> tuple[date, date]:
    """The first and the last day of a month."""
    first = date.fromisoformat(f"{parse_period(period)}-01")
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def shifted(period: str, months: int) -> str:
    """The month so many months later, or earlier."""
    first, _last = period_bounds(period)
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return period_of(date(year, month + 1, 1))


def periods_between(first: str, last: str) -> Iterator[str]:
    """Every month from the first to the last, both included; none when they are reversed."""
    period = parse_period(first)
    for _number in range(PERIODS_MAX):
        if period > parse_period(last):
            return
        yield period
        period = shifted(period, 1)
    raise ValueError(f"{first} to {last} is more than {PERIODS_MAX} months")


def fiscal_year_of(day: date, *, start_month: int, start_day: int = 1) -> FiscalYear:
    """The fiscal year that a day falls in: British sole traders' begin on 6 April."""
    _check_start(start_month, start_day)
    first = date(day.year, start_month, start_day)
    if day < first:
        first = first.replace(year=day.year - 1)
    return FiscalYear(first, first.replace(year=first.year + 1) - timedelta(days=1))


def parse_day(text: str) -> date:
    """Read `2026-11-26`, strictly; a day that no calendar has is refused by name."""
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or not YEAR_MIN <= day.year <= YEAR_MAX:
        raise BadInput(
            _("“%(text)s” is not a day. Write it as 2026-11-26.", text=text[:20]),
            code="day_unreadable",
        )
    return day


def parse_period(text: str) -> str:
    """Read `2026-11`, strictly."""
    if not _PERIOD.fullmatch(text) or not YEAR_MIN <= int(text[:4]) <= YEAR_MAX:
        raise BadInput(
            _("“%(text)s” is not a month. Write it as 2026-11.", text=text[:20]),
            code="period_unreadable",
        )
    return text


def parse_month_day(text: str) -> tuple[int, int]:
    """Read `04-06`, the day on which every fiscal year begins; 29 February is none."""
    found = _MONTH_DAY.fullmatch(text)
    if found:
        month, day = int(found[1]), int(found[2])
        if day <= monthrange(2001, month)[1]:
            return month, day
    raise BadInput(
        _("“%(text)s” is not a day of every year. Write it as 04-06.", text=text[:20]),
        code="month_day_unreadable",
    )


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo:
    """The IANA zone, such as Asia/Jakarta; refused by name where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadInput(
            _("“%(name)s” is not a time zone. Write it as Europe/London.", name=name[:40]),
            code="zone_unknown",
        ) from None


def _check_start(month: int, day: int) -> None:
    if not 1 <= month <= 12 or not 1 <= day <= monthrange(2001, month)[1]:
        raise ValueError(f"No year can begin on day {day} of month {month}")
