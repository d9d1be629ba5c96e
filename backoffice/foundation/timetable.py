"""When something is due by a local clock, as instants in UTC. Pure: no clock, no database.

    LocalTimes("Europe/London", at=(time(7, 30),), weekdays=WORKING_DAYS)

A time that the clock skips (spring) is due at the next minute that exists; a time that comes
twice (autumn) is due the first time only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

EVERY_DAY = frozenset(range(7))
WORKING_DAYS = frozenset(range(5))  # Monday is 0
LAST = -1  # the last day of a month
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class LocalTimes:
    """Times of day in an IANA zone, on some weekdays, and on some days of the month if named
    (`LAST` is the last one; a day that a month has not is left out)."""

    zone: str
    at: tuple[time, ...]
    weekdays: frozenset[int] = EVERY_DAY
    month_days: frozenset[int] | None = None

    def between(self, after: datetime, until: datetime) -> list[datetime]:
        """The due instants later than `after`, up to and with `until`, in order."""
        if until <= after:
            return []
        zone = ZoneInfo(self.zone)
        # A gap may push an instant into the next local day, so a day more on either side.
        days = days_between(after.astimezone(zone).date() - DAY, until.astimezone(zone).date())
        instants = {
            instant_of(day, at, self.zone) for day in days if self.has(day) for at in self.at
        }
        return sorted(instant for instant in instants if after < instant <= until)

    def has(self, day: date) -> bool:
        if day.weekday() not in self.weekdays:
            return False
        if self.month_days is None:
            return True
        is_last = (day + DAY).day == 1
        return day.day in self.month_days or (is_last and LAST in self.month_days)


def days_between(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY


@lru_cache(maxsize=4096)
def instant_of(day: date, at: time, zone: str) -> datetime:
    """The instant of a local time: the first of two, the next minute that exists if it is none."""
    local = datetime.combine(day, at)
    while (instant := as_instant(local, zone)) is None:
        local += MINUTE
    return instant


def as_instant(local: datetime, zone: str) -> datetime | None:
    """In UTC, or None where the clock skips this minute."""
    instant = local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)
    is_shown = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local
    return instant if is_shown else None
