"""Amounts and dates as statement files write them; None where one cannot be read."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache

from .limits import AMOUNT_CHARACTERS_MAX, AMOUNT_DIGITS_MAX, YEAR_MAX, YEAR_MIN

_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_SIGNED = r"(?P<sign>[+-]?)"
# What may stand beside the digits: €, $, R$, US$.
_CURRENCY_SIGN = "(?:[A-Z]{0,3}[$¢£¤¥€₣₤₦₨₩₪₫₭₮₱₲₴₵₸₹₺₽₾₿])"
_SPACE = "[ \u00a0\u2007\u2009\u202f]"
_DIGITS = rf"[0-9]{{1,3}}(?:(?P<space>{_SPACE})[0-9]{{3}}(?:(?P=space)[0-9]{{3}})*)|[0-9]*"
_TYPED = re.compile(
    rf"{_SIGNED}{_SPACE}?(?:{_CURRENCY_SIGN}{_SPACE}?)?(?P<second>[+-]?)"
    rf"(?P<whole>{_DIGITS})(?:[.,](?P<fraction>[0-9]*))?(?:{_SPACE}?{_CURRENCY_SIGN})?"
)
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T[0-9:.,]+)?(?:Z|[+-][0-9:]{2,6})?")
_OFX_DAY = re.compile(
    r"([0-9]{8})(?:[0-9]{0,8}(?:[.,:][0-9]{0,6})?|[ T][0-9:.]+)\s*(?:Z|\[[^\]]*\]?)?"
)
_SHORT_DAY = re.compile(r"[0-9]{6}")  # day, month, year: some banks of the Commonwealth
_FEBRUARY_OF_30_DAYS = (30, 31)  # interest is counted in years of 360 days, months of 30


def point_amount(text: str) -> Decimal | None:
    """`1234.50`, as XML has it: a point, a sign at most, no exponent; never a minus zero."""
    if len(text) > AMOUNT_CHARACTERS_MAX or not _PLAIN.fullmatch(text):
        return None
    amount = Decimal(text)
    if amount and len(text) <= AMOUNT_DIGITS_MAX:  # nearly all of them: nothing more to check
        return amount
    digits = text.lstrip("+-0").replace(".", "")
    is_minus_zero = amount.is_zero() and amount.is_signed()
    return None if is_minus_zero or len(digits) > AMOUNT_DIGITS_MAX else amount


def swift_amount(text: str) -> Decimal | None:
    """`1234,50`, `1234,` or `1234`, as MT940 has it: unsigned; a point is taken for a comma."""
    if text[:1] in "+-":
        return None
    return point_amount(text.replace(",", ".", 1))


def typed_amount(text: str) -> Decimal | None:
    """`-1234.50`, `$120`, `+1 006,60`, as OFX files have it: point or comma, never both."""
    found = _TYPED.fullmatch(text) if len(text) <= AMOUNT_CHARACTERS_MAX else None
    if found is None or (found["sign"] and found["second"]):
        return None
    whole = re.sub(_SPACE, "", found["whole"])
    plain = f"{found['sign']}{found['second']}{whole}.{found['fraction'] or ''}"
    return point_amount(plain)


def as_text(amount: Decimal) -> str:
    """The amount as digits, never with an exponent, with the decimals that it has."""
    return format(amount, "f")


def calendar_day(year: int, month: int, day: int) -> date | None:
    """The day; 30 and 31 February are that month's last day. None where there is no such day."""
    if not YEAR_MIN <= year <= YEAR_MAX:
        return None
    if month == 2 and day in _FEBRUARY_OF_30_DAYS:
        day = 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    try:
        return date(year, month, day)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def iso_day(text: str) -> date | None:
    """`2026-02-28`, or the day of `2026-02-28T10:00:00+01:00` as the bank's clock has it."""
    found = _ISO_DAY.fullmatch(text)
    return None if found is None else calendar_day(int(found[1]), int(found[2]), int(found[3]))


@lru_cache(maxsize=4096)
def swift_day(text: str) -> date | None:
    """`260228`; years from 80 on are of the last century."""
    year = int(text[:2])
    return calendar_day(year + (1900 if year >= 80 else 2000), int(text[2:4]), int(text[4:6]))


@lru_cache(maxsize=4096)
def swift_entry_day(text: str, value_day: date) -> date:
    """`0228` in the year that lies nearest to the value date; impossible or blank: that date."""
    if not text.isdigit():
        return value_day
    month, day = int(text[:2]), int(text[2:])
    near = (calendar_day(value_day.year + step, month, day) for step in (0, -1, 1))
    return min(
        (candidate for candidate in near if candidate is not None),
        key=lambda candidate: abs(candidate - value_day),
        default=value_day,
    )


@lru_cache(maxsize=4096)
def ofx_day(text: str) -> date | None:
    """`20260228`, with a time and zone behind it or not, `2026-02-28`, or `280226`.

    The day is that of the bank's clock. Empty and all zeros are None; anything else raises
    ValueError.
    """
    found = _OFX_DAY.fullmatch(text)
    digits = found[1] if found else text.partition("[")[0].strip()
    if not digits.strip("0"):
        return None
    if found:
        day = calendar_day(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    elif _SHORT_DAY.fullmatch(text):
        day = calendar_day(2000 + int(text[4:]), int(text[2:4]), int(text[:2]))
    else:
        day = iso_day(text)
    if day is None:
        raise ValueError(text)
    return day
