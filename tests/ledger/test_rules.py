"""The ledger's arithmetic."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.foundation.errors import BadInput
from backoffice.foundation.money import DOWN, HALF_EVEN
from backoffice.ledger.rules import (
    PERIOD_MOVES,
    PERIOD_STATES,
    debit_and_credit,
    fiscal_year,
    fiscal_year_first,
    fiscal_year_last,
    is_reopening,
    months,
    read_fiscal_year_start,
    split_tax,
    tax_on,
)

RATES = st.decimals(0, Decimal("0.999999"), places=6)


@pytest.mark.parametrize(
    ("gross", "rate", "expected"),
    [
        (120_00, "0.2", (100_00, 20_00)),
        (-120_00, "0.2", (-100_00, -20_00)),
        (100, "0.2", (83, 17)),
        (3, "0.2", (2, 1)),  # half a penny of tax is rounded up
        (-3, "0.2", (-2, -1)),
        (105_00, "0.05", (100_00, 5_00)),
        (1_110_000_00, "0.11", (1_000_000_00, 110_000_00)),
        (77, "0", (77, 0)),
    ],
)
def test_a_gross_amount_is_cut(gross: int, rate: str, expected: tuple[int, int]) -> None:
    assert split_tax(gross, Decimal(rate)) == expected


def test_rounding_is_the_callers_to_name() -> None:
    assert split_tax(3, Decimal("0.2"), rounding=DOWN) == (3, 0)
    assert tax_on(25, Decimal("0.1"), rounding=HALF_EVEN) == 2
    assert tax_on(25, Decimal("0.1")) == 3


@given(gross=st.integers(-(10**17), 10**17), rate=RATES)
def test_the_parts_sum_to_the_whole_and_are_rounded_exactly(gross: int, rate: Decimal) -> None:
    net, tax = split_tax(gross, rate)
    assert net + tax == gross
    exact = Fraction(gross) * Fraction(rate) / (1 + Fraction(rate))
    assert abs(tax - exact) <= Fraction(1, 2)
    assert split_tax(-gross, rate) == (-net, -tax)


@given(net=st.integers(-(10**17), 10**17), rate=RATES)
def test_tax_is_within_half_a_unit(net: int, rate: Decimal) -> None:
    assert abs(tax_on(net, rate) - Fraction(net) * Fraction(rate)) <= Fraction(1, 2)


@given(day=st.dates(date(1990, 1, 1), date(2090, 1, 1)), first_month=st.integers(1, 12))
def test_a_day_lies_in_its_fiscal_year(day: date, first_month: int) -> None:
    year = fiscal_year(day, first_month)
    first, last = fiscal_year_first(year, first_month), fiscal_year_last(year, first_month)
    assert first <= day <= last
    assert len(list(months(first, last))) == 12
    assert last.year == year


@pytest.mark.parametrize("text", ["04-06", "4-1", "13-01", "00-01", "", "04-01\n", "٠٤-٠١"])
def test_a_year_that_begins_within_a_month_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_fiscal_year_start(text)
    assert refused.value.field == "fiscal_year_start"


def test_sides() -> None:
    assert debit_and_credit(5) == (5, 0)
    assert debit_and_credit(-5) == (0, 5)
    assert debit_and_credit(0) == (0, 0)


def test_every_state_has_its_moves_and_locked_has_none() -> None:
    assert set(PERIOD_MOVES) == set(PERIOD_STATES)
    assert not PERIOD_MOVES["locked"]
    assert is_reopening("closed", "open")
    assert not is_reopening("closed", "locked")
