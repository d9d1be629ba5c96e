"""Local times as instants: every day of every zone once, gaps and folds included."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.foundation.timetable import LAST, WORKING_DAYS, LocalTimes, instant_of

ZONES = [
    "Europe/London",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Asia/Jakarta",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Africa/Casablanca",
    "Australia/Lord_Howe",  # half an hour of daylight saving
    "Pacific/Apia",  # left out 30 December 2011
    "Pacific/Chatham",
    "UTC",
]
TEN_YEARS = timedelta(days=3653)
instants = st.floats(0, 1).map(
    lambda part: datetime(2010, 1, 1, tzinfo=UTC) + part * 2.5 * TEN_YEARS
)
times = st.times().map(lambda at: at.replace(second=0, microsecond=0))


def test_a_gap_is_due_at_the_next_minute_that_exists() -> None:
    assert instant_of(date(2027, 3, 28), time(1, 30), "Europe/London") == datetime(
        2027, 3, 28, 1, 0, tzinfo=UTC
    )  # the clock goes from 00:59 to 02:00


def test_a_fold_is_due_the_first_time_only() -> None:
    assert instant_of(date(2026, 10, 25), time(1, 30), "Europe/London") == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


def test_a_day_that_was_left_out_is_due_when_the_next_begins() -> None:
    assert instant_of(date(2011, 12, 30), time(9), "Pacific/Apia") == instant_of(
        date(2011, 12, 31), time(0), "Pacific/Apia"
    )


def test_weekdays_and_days_of_the_month() -> None:
    payday = LocalTimes("Europe/London", (time(7),), WORKING_DAYS, frozenset({LAST}))
    found = payday.between(datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 7, 1, tzinfo=UTC))
    assert [due.date().isoformat() for due in found] == [
        "2027-03-31",
        "2027-04-30",
        "2027-05-31",
        "2027-06-30",
    ]  # January and February end on a Sunday


def test_a_day_that_a_month_has_not_is_left_out() -> None:
    rule = LocalTimes("UTC", (time(0),), month_days=frozenset({31}))
    found = rule.between(datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))
    assert [due.month for due in found] == [1, 3, 5, 7, 8, 10, 12]


@given(zone=st.sampled_from(ZONES), at=times, since=instants, days=st.integers(0, 40))
def test_every_local_day_is_due_once_at_the_time_its_clock_shows(
    zone: str, at: time, since: datetime, days: int
) -> None:
    until = since + timedelta(days=days)
    found = LocalTimes(zone, (at,)).between(since, until)
    assert found == sorted(set(found))
    assert all(since < due <= until for due in found)
    local = [due.astimezone(ZoneInfo(zone)) for due in found]
    # A time that the clock skips is due when the clock goes on: never earlier than asked.
    assert all(due.time() >= at or due.date() > since.date() for due in local)
    assert abs(len(found) - days) <= 1 + (zone == "Pacific/Apia")


@given(
    zone=st.sampled_from(ZONES),
    at=st.lists(times, min_size=1, max_size=3).map(tuple),
    since=instants,
    cuts=st.lists(st.floats(0, 1), max_size=6),
)
def test_however_often_one_looks_each_instant_comes_exactly_once(
    zone: str, at: tuple[time, ...], since: datetime, cuts: list[float]
) -> None:
    """Also when looks are far apart, or two workers' clocks differ: the windows only abut."""
    rule, month = LocalTimes(zone, at), timedelta(days=30)
    looks = [since, *sorted(since + month * cut for cut in cuts), since + month]
    pieces = [rule.between(one, other) for one, other in zip(looks, looks[1:], strict=False)]
    assert [due for piece in pieces for due in piece] == rule.between(since, since + month)


@pytest.mark.parametrize("zone", ZONES)
def test_ten_years_have_one_payday_a_day_with_clocks_that_jump(zone: str) -> None:
    """The clock is set back and forth by two hours; the last due instant is what is remembered."""
    rule = LocalTimes(zone, (time(2, 30),))
    start = datetime(2024, 6, 1, tzinfo=UTC)
    fired: list[datetime] = []
    last, now, jump = start, start, timedelta(0)
    while now < start + TEN_YEARS:
        now += timedelta(hours=37)
        jump = {0: timedelta(hours=2), 1: timedelta(0), 2: timedelta(hours=-2)}[now.day % 3]
        dues = rule.between(last, now + jump)
        fired += dues
        last = dues[-1] if dues else last
    assert fired == rule.between(start, fired[-1])
    assert len(fired) == len({due.astimezone(ZoneInfo(zone)).date() for due in fired})
    assert TEN_YEARS.days - 4 <= len(fired) <= TEN_YEARS.days + 4
