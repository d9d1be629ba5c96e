"""Formatting: one look for amounts, days, times, counts and sizes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.foundation import formatting
from backoffice.foundation.language import language_of_request
from backoffice.foundation.money import Money

THURSDAY = date(2026, 11, 26)
AFTERNOON = datetime(2026, 11, 26, 14, 5, tzinfo=UTC)


def plain(text: str) -> str:
    """Without the no-break spaces and the true minus, which are awkward to write in a test."""
    return text.replace("\u00a0", " ").replace("\u2212", "-")


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "text"),
    [
        (-123456789, "GBP", "en_GB", "-1,234,567.89"),
        (-123456789, "IDR", "id_ID", "-1.234.567,89"),
        (-123456789, "INR", "en_IN", "-12,34,567.89"),
        (0, "USD", "en_US", "0.00"),
        (5, "GBP", "en_GB", "0.05"),
        (1234, "JPY", "en_GB", "1,234"),
        (1234567, "KWD", "en_GB", "1,234.567"),
        (2**63 - 1, "GBP", "en_GB", "92,233,720,368,547,758.07"),
    ],
)
def test_an_amount_is_grouped_and_has_all_its_decimals(
    minor: int, currency: str, locale: str, text: str
) -> None:
    assert plain(formatting.amount(minor, currency, locale)) == text
    assert plain(formatting.amount(Money(minor, currency), locale=locale)) == text


def test_the_minus_is_a_true_one_and_the_currency_stands_once_in_front() -> None:
    assert formatting.amount(-100, "GBP") == "\u22121.00"
    assert formatting.amount_with_currency(-100, "GBP") == "GBP\u00a0\u22121.00"


def test_minor_units_without_a_currency_are_a_mistake_of_the_programmer() -> None:
    with pytest.raises(TypeError):
        formatting.amount(100)


@given(st.lists(st.integers(-(10**15), 10**15), min_size=1))
def test_a_column_of_amounts_has_its_points_under_each_other(minors: list[int]) -> None:
    column = [formatting.amount(minor, "GBP", "en_GB") for minor in minors]
    assert {text[-3] for text in column} == {"."}


def test_the_locale_is_the_readers_unless_it_is_named() -> None:
    with language_of_request("id_ID"):
        assert formatting.amount(123456, "IDR") == "1.234,56"
        assert formatting.amount(123456, "IDR", "en_GB") == "1,234.56"
        assert formatting.day(THURSDAY) == "Kam 26 Nov"


def test_days_and_moments() -> None:
    assert formatting.day(THURSDAY) == "Thu 26 Nov"
    assert formatting.full_day(date(2026, 9, 3)) == "3 Sep 2026"
    assert formatting.moment(AFTERNOON, "Asia/Jakarta") == "Thu 26 Nov, 21:05"
    assert formatting.moment(AFTERNOON, "Pacific/Auckland") == "Fri 27 Nov, 03:05"
    assert formatting.full_moment(AFTERNOON, "Asia/Jakarta") == "26 Nov 2026, 21:05 WIB"
    assert formatting.full_moment(AFTERNOON, "America/Sao_Paulo") == "26 Nov 2026, 11:05 UTC-03"
    assert formatting.time_of_day(AFTERNOON, "America/New_York", "en_US") == "09:05"


def test_a_moment_without_a_zone_is_a_mistake_of_the_programmer() -> None:
    with pytest.raises(TypeError):
        formatting.moment(AFTERNOON.replace(tzinfo=None), "UTC")


def test_periods() -> None:
    assert formatting.period("2026-11") == "November 2026"
    assert formatting.period(THURSDAY) == "November 2026"
    november = date(2026, 11, 1), date(2026, 11, 30)
    assert formatting.period_of_days(*november) == "1–30 Nov 2026"
    assert formatting.period_of_days(date(2026, 4, 6), november[1]) == "6 Apr – 30 Nov 2026"
    assert formatting.period_of_days(date(2025, 4, 6), november[1]) == "6 Apr 2025 – 30 Nov 2026"
    assert formatting.period_of_days(THURSDAY, THURSDAY) == "26 Nov 2026"


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(days=2, hours=4, minutes=59), "2 d 4 h"),
        (timedelta(days=3), "3 d"),
        (timedelta(hours=1, minutes=38), "1 h 38"),
        (timedelta(hours=1, minutes=5), "1 h 05"),
        (timedelta(hours=4), "4 h"),
        (timedelta(minutes=12, seconds=59), "12 min"),
        (timedelta(seconds=40), "40 s"),
        (timedelta(0), "0 s"),
        (-timedelta(hours=2), "-2 h"),
    ],
)
def test_a_duration_shows_its_two_largest_units(length: timedelta, text: str) -> None:
    assert plain(formatting.duration(length)) == text


def test_near_moments_and_days_are_told_from_now() -> None:
    assert formatting.relative(AFTERNOON, AFTERNOON - timedelta(seconds=59)) == "now"
    assert formatting.relative(AFTERNOON, AFTERNOON - timedelta(days=2, hours=4)) == "in 2 d 4 h"
    assert formatting.relative(AFTERNOON, AFTERNOON + timedelta(minutes=12)) == "12 min ago"
    assert formatting.relative_day(THURSDAY, THURSDAY) == "today"
    assert formatting.relative_day(THURSDAY, date(2026, 11, 25)) == "tomorrow"
    assert formatting.relative_day(THURSDAY, date(2026, 11, 27)) == "yesterday"
    assert formatting.relative_day(THURSDAY, date(2026, 11, 2)) == "Thu 26 Nov"
    assert formatting.relative_day(THURSDAY, date(2027, 1, 2)) == "26 Nov 2026"


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1_000, "1.0 kB"),
        (9_949, "9.9 kB"),
        (9_950, "10 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (3_400_000, "3.4 MB"),
        (25_000_000, "25 MB"),
        (10**16, "10,000 TB"),
    ],
)
def test_a_file_size_is_read_at_a_glance(size: int, text: str) -> None:
    assert plain(formatting.file_size(size)) == text


def test_counts_shares_and_lists() -> None:
    assert formatting.count(12_345) == "12,345"
    assert formatting.number(Decimal("1234.50")) == "1,234.5"
    assert formatting.percent(Decimal("0.125")) == "13%"
    assert formatting.percent(Decimal("0.125"), "id_ID", decimals=1) == "12,5%"
    assert formatting.listed(["Priya", "Tom", "Ana"]) == "Priya, Tom and Ana"


@given(st.decimals(-(10**9), 10**9, places=3), st.integers(0, 3))
def test_nothing_rounded_away_keeps_a_minus(value: Decimal, decimals: int) -> None:
    text = formatting.number(value, "en_GB", decimals=decimals)
    assert text.startswith("\u2212") == (round(value, decimals) < 0)
