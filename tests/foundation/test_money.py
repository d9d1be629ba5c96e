"""Money: what it reads, what it refuses and why, and the laws of its arithmetic."""

from __future__ import annotations

import decimal
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction

import pytest
from babel.core import get_global
from babel.numbers import get_currency_precision, get_territory_currencies
from hypothesis import assume, given
from hypothesis import strategies as st

from backoffice.foundation import formatting
from backoffice.foundation.currencies import ACTIVE_CURRENCIES, is_currency
from backoffice.foundation.errors import BadInput
from backoffice.foundation.language import language_of_request
from backoffice.foundation.money import (
    CEILING,
    FLOOR,
    HALF_EVEN,
    HALF_UP,
    MINOR_MAX,
    Money,
    Rounding,
    currency_exponent,
    total_of,
)

currencies = st.sampled_from(sorted(ACTIVE_CURRENCIES))
minors = st.integers(-(10**17), 10**17)
weights = st.lists(
    st.integers(0, 10**9) | st.decimals(0, 1000, places=4), min_size=1, max_size=30
).filter(lambda shares: sum(shares) > 0)


@pytest.mark.parametrize(
    ("code", "decimals"),
    [("GBP", 2), ("USD", 2), ("IDR", 2), ("AFN", 2), ("JPY", 0), ("ISK", 0), ("KRW", 0)]
    + [("KWD", 3), ("TND", 3), ("CLF", 4), ("UYW", 4), ("XCG", 2), ("ZWG", 2), ("DEM", 2)],
)
def test_a_currency_has_the_decimals_of_iso_4217(code: str, decimals: int) -> None:
    assert currency_exponent(code) == decimals


def test_every_currency_that_is_tender_somewhere_today_is_known() -> None:
    tender = {
        code
        for territory in get_global("territory_currencies")
        for code in get_territory_currencies(territory)
    }
    assert len(tender) > 140
    assert tender - ACTIVE_CURRENCIES <= {"BGN"}  # Bulgaria joined the euro in 2026


def test_iso_4217_has_these_currencies_without_two_decimals() -> None:
    others = {code for code in ACTIVE_CURRENCIES if currency_exponent(code) != 2}
    # Where CLDR differs from ISO it is because shops there do not use the minor unit.
    shops = {"AFN", "ALL", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SOS", "SYP", "YER"}
    assert others == {c for c in ACTIVE_CURRENCIES if get_currency_precision(c) != 2} - shops | {
        "IQD"
    }


@pytest.mark.parametrize("code", ["", "gbp", "XXX", "XAU", "EURO", "£", "GB", "ＧＢＰ"])
def test_what_is_no_currency_is_refused(code: str) -> None:
    assert not is_currency(code)
    with pytest.raises(BadInput, match="ISO 4217") as refusal:
        Money(1, code)
    assert refusal.value.code == "currency_unknown"


@pytest.mark.parametrize(
    ("text", "code", "why"),
    [
        ("NaN", "amount_not_a_number", "is no number"),
        ("-Infinity", "amount_not_a_number", "is no number"),
        ("1e9", "amount_exponent", "exponent"),
        ("1E-2", "amount_exponent", "exponent"),
        ("1,234.56", "amount_grouping", "grouping sign or a comma"),
        ("1.234,56", "amount_grouping", "grouping sign or a comma"),
        ("1 234.56", "amount_grouping", "grouping sign or a comma"),
        ("12,50", "amount_grouping", "comma"),
        ("1.234.567", "amount_grouping", "more than one point"),
        ("1.234", "amount_too_fine", "more decimals than its currency"),
        ("٣", "amount_foreign_digits", "digits other than 0 to 9"),
        ("１２", "amount_foreign_digits", "digits other than 0 to 9"),
        ("²", "amount_unreadable", "not an amount"),
        ("-0", "amount_negative_zero", "zero with a minus sign"),
        ("-0.00", "amount_negative_zero", "zero with a minus sign"),
        ("1234567890123456789", "amount_too_long", "more than 18 digits"),
        ("12345678901234567.89", "amount_too_long", "more than 18 digits"),
        ("", "amount_missing", "is empty"),
        ("  ", "amount_missing", "is empty"),
        (" 5", "amount_space", "space"),
        ("5\n", "amount_space", "space"),
        ("−5", "amount_sign", "sign"),
        ("5-", "amount_sign", "sign"),
        ("--5", "amount_sign", "sign"),
        ("(5.00)", "amount_sign", "sign"),
        (".5", "amount_point", "no digit"),
        ("5.", "amount_point", "no digit"),
        ("£5", "amount_unreadable", "not an amount"),
        ("0x10", "amount_unreadable", "not an amount"),
        ("1_000", "amount_grouping", "grouping"),
    ],
)
def test_an_amount_of_another_form_is_refused_with_the_reason_and_the_cure(
    text: str, code: str, why: str
) -> None:
    with pytest.raises(BadInput, match=why) as refusal:
        Money.parse(text, "GBP")
    assert refusal.value.code == code
    assert refusal.value.http_status == 422
    assert "such as 1234.56." in refusal.value.message


@pytest.mark.parametrize(
    ("currency", "example"), [("JPY", "1234."), ("IDR", "1234.56."), ("KWD", "1234.567.")]
)
def test_the_example_in_a_refusal_has_the_decimals_of_the_currency(
    currency: str, example: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        Money.parse("x", currency)
    assert refusal.value.message.endswith(f"such as {example}")


def test_a_refusal_shows_a_long_or_unprintable_text_shortened() -> None:
    with pytest.raises(BadInput) as refusal:
        Money.parse("\x1b[31m" + "9" * 100_000, "GBP")
    assert len(refusal.value.message) < 300
    assert "\x1b" not in refusal.value.message


@given(minors, currencies)
def test_what_is_written_plainly_reads_back(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.parse(money.plain, currency) == money
    assert Money.of(money.decimal, currency) == money


@given(
    minors,
    currencies,
    st.sampled_from(["en_GB", "en_US", "en_IN", "id_ID", "de_DE", "de_CH", "fr_FR"]),
)
def test_what_a_page_shows_reads_back_when_typed(minor: int, currency: str, locale: str) -> None:
    money = Money(minor, currency)
    assert Money.parse_typed(formatting.amount(money, locale=locale), currency, locale) == money


@pytest.mark.parametrize(
    ("text", "locale", "minor"),
    [
        ("1,234.56", "en_GB", 123456),
        (" 1234.5 ", "en_GB", 123450),
        ("−12", "en_US", -1200),
        ("+7", "en_US", 700),
        ("1.234,56", "id_ID", 123456),
        ("12.500", "id_ID", 1250000),
        ("1 234,56", "fr_FR", 123456),
        ("1'234.56", "de_CH", 123456),
        ("12,34,567", "en_IN", 123456700),
    ],
)
def test_a_person_types_in_their_own_language(text: str, locale: str, minor: int) -> None:
    assert Money.parse_typed(text, "GBP", locale) == Money(minor, "GBP")
    with language_of_request(locale):
        assert Money.parse_typed(text, "GBP") == Money(minor, "GBP")


@pytest.mark.parametrize(
    ("text", "locale", "cure"),
    [
        ("1.234,56", "en_GB", "1234.56 or 1,234.56"),
        ("12,50", "en_GB", "1234.56 or 1,234.56"),
        ("1,23,456", "en_GB", "1234.56 or 1,234.56"),
        ("12.500", "en_GB", "1234.56 or 1,234.56"),
        ("1,234.56", "id_ID", "1234,56 or 1.234,56"),
        ("1234.56", "id_ID", "1234,56 or 1.234,56"),
        ("NaN", "id_ID", "1234,56 or 1.234,56"),
        ("1e9", "en_GB", "1234.56 or 1,234.56"),
        ("٣", "ar_EG", "1234.56"),
        ("-0", "en_GB", "1234.56 or 1,234.56"),
        ("1,234,567,890,123,456,789", "en_GB", "1234.56 or 1,234.56"),
        ("", "en_GB", "1234.56 or 1,234.56"),
    ],
)
def test_a_typed_amount_that_may_be_misread_is_refused(text: str, locale: str, cure: str) -> None:
    with pytest.raises(BadInput) as refusal:
        Money.parse_typed(text, "GBP", locale)
    assert cure in refusal.value.message


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    for reader in (Money.parse, Money.parse_typed):
        with suppress(BadInput):
            assert isinstance(reader(text, "USD"), Money)


@given(minors, weights)
def test_parts_sum_to_the_whole_and_each_is_within_one_unit_of_its_share(
    minor: int, shares: list[Decimal | int]
) -> None:
    whole = Money(minor, "GBP")
    parts = whole.allocate(shares)
    assert total_of(parts, "GBP") == whole
    total = sum(Fraction(share) for share in shares)
    for part, share in zip(parts, shares, strict=True):
        exact = minor * Fraction(share) / total
        assert abs(part.minor - exact) < 1
        assert part.minor * minor >= 0
        assert share != 0 or part.is_zero


@given(minors, st.integers(1, 50))
def test_equal_shares_differ_by_one_unit_at_most_and_the_first_get_more(
    minor: int, count: int
) -> None:
    parts = [abs(part.minor) for part in Money(minor, "IDR").allocate([1] * count)]
    assert max(parts) - min(parts) <= 1
    assert parts == sorted(parts, reverse=True)


@given(minors, weights)
def test_the_mirror_of_a_whole_has_mirrored_parts(minor: int, shares: list[Decimal | int]) -> None:
    parts = Money(minor, "GBP").allocate(shares)
    assert [-part for part in parts] == Money(-minor, "GBP").allocate(shares)


@pytest.mark.parametrize("shares", [[], [0], [0, 0], [1, -1], [2, -1], [Decimal("NaN")]])
def test_shares_that_share_nothing_are_refused(shares: list[Decimal | int]) -> None:
    with pytest.raises(BadInput):
        Money(100, "GBP").allocate(shares)


@given(
    st.integers(-(10**12), 10**12),
    st.decimals(-1000, 1000, places=6),
    st.sampled_from(list(Rounding)),
)
def test_times_rounds_as_the_decimal_module_does(
    minor: int, factor: Decimal, rounding: Rounding
) -> None:
    with decimal.localcontext(prec=60):
        expected = int((minor * factor).to_integral_value(rounding=rounding.value))
    assert Money(minor, "GBP").times(factor, rounding=rounding).minor == expected


def test_rounding_is_the_one_that_is_named() -> None:
    fivepence = Money(-5, "GBP")
    half = Decimal("0.5")
    assert fivepence.times(half, rounding=HALF_UP).minor == -3
    assert fivepence.times(half, rounding=HALF_EVEN).minor == -2
    assert fivepence.times(half, rounding=FLOOR).minor == -3
    assert fivepence.times(half, rounding=CEILING).minor == -2
    assert Money(123_456, "IDR").rounded_to(100, rounding=HALF_UP) == Money(123_500, "IDR")
    assert Money(100, "GBP").divided_by(3, rounding=HALF_UP) == Money(33, "GBP")


def test_rounding_is_exact_where_a_decimal_context_would_not_be() -> None:
    factor = Decimal("0.500000000000000000000000000000000000001")
    assert Money(1, "GBP").times(factor, rounding=HALF_EVEN).minor == 1


@given(minors, minors, minors)
def test_addition_keeps_its_laws(first: int, second: int, third: int) -> None:
    a, b, c = (Money(minor, "USD") for minor in (first, second, third))
    assert (a + b) + c == a + (b + c)
    assert a + b == b + a
    assert a - a == Money.zero("USD")
    assert a + -a == Money.zero("USD")
    assert (a < b) == (first < second)


@given(minors, minors, currencies, currencies)
def test_two_currencies_never_mix(first: int, second: int, one: str, other: str) -> None:
    assume(one != other)
    a, b = Money(first, one), Money(second, other)
    assert a != b
    for mix in (a.__add__, a.__sub__, a.__lt__, a.__ge__):
        with pytest.raises(BadInput) as refusal:
            mix(b)
        assert refusal.value.code == "currencies_mixed"


def test_money_is_never_made_of_floats_or_multiplied_by_one() -> None:
    with pytest.raises(TypeError):
        Money(1.5, "GBP")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(True, "GBP")
    with pytest.raises(TypeError):
        Money(1, "GBP").times(0.1, rounding=HALF_UP)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(1, "GBP") + 1  # type: ignore[operator]


def test_an_amount_finer_than_its_currency_is_refused_not_rounded() -> None:
    assert Money.of(Decimal("12.500"), "GBP") == Money(1250, "GBP")
    with pytest.raises(BadInput) as refusal:
        Money.of(Decimal("12.505"), "GBP")
    assert refusal.value.code == "amount_too_fine"
    with pytest.raises(BadInput):
        Money.of(Decimal("NaN"), "GBP")


def test_money_has_the_room_of_the_database_and_no_more() -> None:
    assert Money(MINOR_MAX, "GBP").plain == "92233720368547758.07"
    with pytest.raises(BadInput) as refusal:
        Money(MINOR_MAX, "GBP") + Money(1, "GBP")
    assert refusal.value.code == "amount_too_large"
