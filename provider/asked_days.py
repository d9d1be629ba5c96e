"""Which days a report is asked for: the first, the last, and as it was known on which day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import g, request

from backoffice.foundation import formatting
from backoffice.foundation.calendar import (
    FiscalYear,
    day_bounds,
    fiscal_year_of,
    parse_day,
    parse_month_day,
    period_bounds,
    period_of,
    shifted,
)
from backoffice.foundation.clock import business_today
from backoffice.foundation.errors import BadInput
from backoffice.foundation.language import _
from design.frame.look import client_in_hand

MONTHS_MAX = 36  # of one report: three years side by side is the most that anybody reads


@dataclass(frozen=True)
class Stretch:
    """A stretch of days to choose with one press."""

    words: str
    since: date
    until: date


@dataclass(frozen=True)
class Asked:
    """Both days are included. `known_on` is None for "as it is known today"."""

    since: date
    until: date
    known_on: date | None
    known_at: datetime | None
    stretches: Sequence[Stretch]

    @property
    def as_words(self) -> dict[str, str]:
        """The same for the address of another report."""
        words = {"since": self.since.isoformat(), "until": self.until.isoformat()}
        return words | ({"known": self.known_on.isoformat()} if self.known_on else {})

    def within(self, month: date) -> dict[str, str]:
        """The address of one month of it, from its first day."""
        first, last = period_bounds(period_of(month))
        since, until = max(first, self.since), min(last, self.until)
        return self.as_words | {"since": since.isoformat(), "until": until.isoformat()}


def asked_days() -> Asked:
    """From the address; what is left out is the fiscal year up to today."""
    zone = client_in_hand().zone
    today = business_today(g.session, zone)
    until = _day("until") or today
    since = _day("since") or min(_year_of(until).first_day, until)
    if since > until:
        raise BadInput(_("The first day lies after the last. Choose them the other way round."))
    if (until - since).days > MONTHS_MAX * 31:
        since = until - timedelta(days=MONTHS_MAX * 31)
    known = _day("known")
    known_at = day_bounds(known, zone)[1] if known and known < today else None
    return Asked(since, until, known if known_at else None, known_at, _stretches(today))


def _stretches(today: date) -> Sequence[Stretch]:
    this = period_of(today)
    before = shifted(this, -1)
    fiscal = _year_of(today)
    earlier = _year_of(fiscal.first_day - timedelta(days=1))
    return (
        Stretch(formatting.period(this), period_bounds(this)[0], today),
        Stretch(formatting.period(before), *period_bounds(before)),
        Stretch(_("This year"), fiscal.first_day, today),
        Stretch(_("Last year"), earlier.first_day, earlier.last_day),
    )


def _year_of(day: date) -> FiscalYear:
    month, start_day = parse_month_day(client_in_hand().fiscal_year_start)
    return fiscal_year_of(day, start_month=month, start_day=start_day)


def _day(name: str) -> date | None:
    text = request.args.get(name, "").strip()
    return parse_day(text) if text else None
