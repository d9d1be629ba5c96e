"""Calendar: local days, months and fiscal years, also where clocks jump and years leap."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.foundation.calendar import (
    FiscalYear,
    business_day,
    day_bounds,
    fiscal_year_of,
    instant_at,
    parse_day,
    parse_month_day,
    parse_period,
    period_bounds,
    period_of,
    periods_between,
    shifted,
    zone_named,
)
from backoffice.foundation.errors import BadInput

days = st.dates(date(1950, 1, 1), date(2150, 12, 31))
zones = st.sampled_from(
    ["Europe/London", "America/New_York", "Asia/Jakarta", "Pacific/Auckland", "Pacific/Apia"]
    + ["America/Sao_Paulo", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"]
)  # fmt: skip
month_days = st.dates(date(2001, 1, 1), date(2001, 12, 31)).map(lambda day: (day.month, day.day))


def test_one_instant_is_another_day_in_another_zone() -> None:
    instant = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)
    assert business_day(instant, "Europe/London") == date(2026, 11, 26)
    assert business_day(instant, "Asia/Jakarta") == date(2026, 11, 27)
    assert business_day(instant, "America/New_York") == date(2026, 11, 26)
    with pytest.raises(TypeError):
        business_day(instant.replace(tzinfo=None), "UTC")


@pytest.mark.parametrize(
    ("day", "clock", "zone", "instant"),
    [
        (date(2026, 7, 1), time(9), "Europe/London", "2026-07-01T08:00"),
        # Clocks jump from 01:00 to 02:00: the next minute that they show is 02:00, which is 01:00.
        (date(2026, 3, 29), time(1, 30), "Europe/London", "2026-03-29T01:00"),
        (date(2026, 3, 8), time(2, 30, 30), "America/New_York", "2026-03-08T07:00"),
        # Clocks show 01:30 twice: the first time counts.
        (date(2026, 10, 25), time(1, 30), "Europe/London", "2026-10-25T00:30"),
        (date(2026, 11, 1), time(1, 30), "America/New_York", "2026-11-01T05:30"),
        # A day that Samoa left out.
        (date(2011, 12, 30), time(12), "Pacific/Apia", "2011-12-30T10:00"),
        (date(2026, 10, 4), time(2, 15), "Australia/Lord_Howe", "2026-10-03T15:30"),
    ],
)
def test_a_local_time_is_one_instant_even_where_clocks_jump(
    day: date, clock: time, zone: str, instant: str
) -> None:
    assert instant_at(day, clock, zone) == datetime.fromisoformat(instant).replace(tzinfo=UTC)


@given(days, st.times(), zones)
def test_a_local_time_is_shown_again_or_the_next_that_clocks_show(
    day: date, clock: time, zone: str
) -> None:
    instant = instant_at(day, clock, zone)
    local = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    wanted = datetime.combine(day, clock)
    assert local == wanted or (local > wanted and local.second == 0)
    assert instant.tzinfo is UTC


@given(days.filter(lambda day: day != date(2011, 12, 30)), zones)
def test_days_follow_each_other_without_gap(day: date, zone: str) -> None:
    begin, end = day_bounds(day, zone)
    assert business_day(begin, zone) == day
    assert business_day(end - timedelta(microseconds=1), zone) == day
    assert begin < end
    assert day_bounds(day + timedelta(days=1), zone)[0] == end


@given(days)
def test_a_day_is_in_its_period(day: date) -> None:
    first, last = period_bounds(period_of(day))
    assert first <= day <= last
    assert first.day == 1
    assert (last + timedelta(days=1)).day == 1


@given(days, st.integers(-500, 500))
def test_months_shift_there_and_back(day: date, months: int) -> None:
    period = period_of(day)
    assert shifted(shifted(period, months), -months) == period


def test_the_months_between_two_months_are_listed_with_both() -> None:
    assert list(periods_between("2026-11", "2027-02")) == [
        "2026-11",
        "2026-12",
        "2027-01",
        "2027-02",
    ]
    assert list(periods_between("2026-11", "2026-11")) == ["2026-11"]
    assert list(periods_between("2026-11", "2026-10")) == []
    with pytest.raises(ValueError, match="more than 1200 months"):
        list(periods_between("1900-01", "2200-01"))


@pytest.mark.parametrize(
    ("day", "start", "year"),
    [
        (date(2026, 4, 5), (4, 6), (date(2025, 4, 6), date(2026, 4, 5))),
        (date(2026, 4, 6), (4, 6), (date(2026, 4, 6), date(2027, 4, 5))),
        (date(2026, 12, 31), (1, 1), (date(2026, 1, 1), date(2026, 12, 31))),
        (date(2028, 2, 29), (3, 1), (date(2027, 3, 1), date(2028, 2, 29))),
        (date(2026, 6, 30), (7, 1), (date(2025, 7, 1), date(2026, 6, 30))),
    ],
)
def test_a_day_falls_in_one_fiscal_year(
    day: date, start: tuple[int, int], year: tuple[date, date]
) -> None:
    assert fiscal_year_of(day, start_month=start[0], start_day=start[1]) == FiscalYear(*year)


@given(days, month_days)
def test_fiscal_years_follow_each_other_without_gap(day: date, start: tuple[int, int]) -> None:
    year = fiscal_year_of(day, start_month=start[0], start_day=start[1])
    assert year.first_day <= day <= year.last_day
    following = fiscal_year_of(
        year.last_day + timedelta(days=1), start_month=start[0], start_day=start[1]
    )
    assert following.first_day == year.last_day + timedelta(days=1)
    assert (year.first_day.month, year.first_day.day) == start
    assert len(year.periods) == (12 if start[1] == 1 else 13)


def test_a_year_cannot_begin_on_a_day_that_not_every_year_has() -> None:
    with pytest.raises(ValueError, match="No year can begin"):
        fiscal_year_of(date(2026, 1, 1), start_month=2, start_day=29)


@given(days)
def test_a_day_reads_back(day: date) -> None:
    assert parse_day(day.isoformat()) == day
    assert parse_period(period_of(day)) == period_of(day)


@pytest.mark.parametrize(
    "text",
    ["2027-02-29", "2026-11-31", "9999-01-01", "0001-01-01", "26-11-2026", "2026-1-5", "20261126"]
    + ["2026-11-26T00:00", "", "2026-W48-4", "٢٠٢٦-11-26", "2026-11-26\n", "x" * 9999],
)
def test_what_is_no_day_is_refused_with_the_cure(text: str) -> None:
    with pytest.raises(BadInput, match="Write it as 2026-11-26") as refusal:
        parse_day(text)
    assert refusal.value.code == "day_unreadable"
    assert len(refusal.value.message) < 100


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "2026-1", "1899-12", "2201-01", "2026", ""])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="Write it as 2026-11"):
        parse_period(text)


def test_the_day_on_which_years_begin() -> None:
    assert parse_month_day("04-06") == (4, 6)
    for text in ("02-29", "02-30", "04-31", "13-01", "4-6", "", "00-10"):
        with pytest.raises(BadInput, match="04-06"):
            parse_month_day(text)


@pytest.mark.parametrize("name", ["Europe/Lundon", "", "../../etc/passwd", "/etc/passwd", "a\0b"])
def test_a_zone_that_does_not_exist_is_refused_by_name(name: str) -> None:
    with pytest.raises(BadInput, match="Europe/London") as refusal:
        zone_named(name)
    assert refusal.value.code == "zone_unknown"
