"""Money: whole minor units of one currency. Never a float, never rounded unasked.

    Money(1250, "GBP")                  12.50 pounds
    gross.times(rate, rounding=HALF_UP) rounding is named where it happens
    total.allocate([1, 1, 1])           parts that sum to the whole, by largest remainder

`Money.parse` reads files and programs, `Money.parse_typed` what people type.
"""

from __future__ import annotations

import decimal
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from backoffice.foundation.amount_text import read_amount
from backoffice.foundation.currencies import currency_exponent
from backoffice.foundation.errors import BadInput
from backoffice.foundation.language import _

__all__ = ["CEILING", "DOWN", "FLOOR", "HALF_DOWN", "HALF_EVEN", "HALF_UP", "UP"]
__all__ += ["MINOR_MAX", "Money", "Rounding", "currency_exponent", "total_of"]

MINOR_MAX = 2**63 - 1  # it is a bigint in the database


class Rounding(StrEnum):
    """The ways to round; the names are those of the decimal module."""

    HALF_UP = decimal.ROUND_HALF_UP
    HALF_EVEN = decimal.ROUND_HALF_EVEN
    HALF_DOWN = decimal.ROUND_HALF_DOWN
    UP = decimal.ROUND_UP
    DOWN = decimal.ROUND_DOWN
    FLOOR = decimal.ROUND_FLOOR
    CEILING = decimal.ROUND_CEILING


HALF_UP, HALF_EVEN, HALF_DOWN = Rounding.HALF_UP, Rounding.HALF_EVEN, Rounding.HALF_DOWN
UP, DOWN, FLOOR, CEILING = Rounding.UP, Rounding.DOWN, Rounding.FLOOR, Rounding.CEILING


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (pence, cents, sen) of an ISO 4217 currency; signed."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"Money is made of whole minor units, not {type(self.minor).__name__}")
        currency_exponent(self.currency)
        if abs(self.minor) > MINOR_MAX:
            raise BadInput(_("The amount is too large to be kept."), code="amount_too_large")

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """Read `-1234.56` from a file or a program; anything else is refused, saying why."""
        return cls.of(read_amount(text, decimals_max=currency_exponent(currency)), currency)

    @classmethod
    def parse_typed(cls, text: str, currency: str, locale: str | None = None) -> Money:
        """Read `1,234.56` as a person of that locale types it (the reader's own by default)."""
        # Imported late: only pages read typed amounts, and the locale data takes its time to load.
        from backoffice.foundation.typed_amounts import read_typed_amount

        decimals = currency_exponent(currency)
        return cls.of(read_typed_amount(text, locale=locale, decimals_max=decimals), currency)

    @classmethod
    def of(cls, amount: Decimal, currency: str) -> Money:
        """An exact amount in major units; refused where the currency has no such small unit."""
        exponent = currency_exponent(currency)
        if not amount.is_finite():
            raise BadInput(_("The amount is not a number."), code="amount_not_a_number")
        minor = Fraction(amount) * 10**exponent
        if minor.denominator != 1:
            raise BadInput(
                _(
                    "%(amount)s is finer than %(currency)s, which has %(count)s decimals. "
                    "Nothing is rounded: write the amount in full minor units.",
                    amount=amount,
                    currency=currency,
                    count=exponent,
                ),
                code="amount_too_fine",
            )
        return cls(minor.numerator, currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Nothing, in that currency."""
        return cls(0, currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, exact, with all the decimals of the currency."""
        sign, digits = int(self.minor < 0), tuple(int(digit) for digit in str(abs(self.minor)))
        return Decimal((sign, digits, -currency_exponent(self.currency)))

    @property
    def plain(self) -> str:
        """`-1234.56`: for files and JSON, and what `parse` reads. People see formatting.amount."""
        return f"{self.decimal:f}"

    @property
    def is_zero(self) -> bool:
        """Whether nothing is left."""
        return self.minor == 0

    def __str__(self) -> str:
        return f"{self.plain} {self.currency}"

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._minor_of(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._minor_of(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __abs__(self) -> Money:
        return Money(abs(self.minor), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._minor_of(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._minor_of(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._minor_of(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._minor_of(other)

    def times(self, factor: Decimal | int, *, rounding: Rounding) -> Money:
        """This amount times a rate, a quantity or a share, rounded to the minor unit."""
        return Money(_rounded(self.minor * _exact(factor), rounding), self.currency)

    def divided_by(self, divisor: Decimal | int, *, rounding: Rounding) -> Money:
        """This amount over a quantity. To cut a whole into parts use `allocate`."""
        return Money(_rounded(self.minor / _exact(divisor), rounding), self.currency)

    def rounded_to(self, step_minor: int, *, rounding: Rounding) -> Money:
        """To a multiple of so many minor units: 100 for whole rupiah, 5 for Swiss cash."""
        steps = _rounded(Fraction(self.minor, step_minor), rounding)
        return Money(steps * step_minor, self.currency)

    def allocate(self, weights: Sequence[Decimal | int]) -> list[Money]:
        """Parts in proportion to the weights that sum to the whole, by largest remainder.

        Each part is within one minor unit of its exact share; of equal remainders the earlier
        weight gets the unit. Weights are zero or more, and not all zero.
        """
        shares = [_exact(weight) for weight in weights]
        if any(share < 0 for share in shares) or not sum(shares):
            raise BadInput(
                _("The shares must be zero or more, and at least one above zero."),
                code="shares_unusable",
            )
        sign = -1 if self.minor < 0 else 1
        return [Money(sign * part, self.currency) for part in _allocated(abs(self.minor), shares)]

    def _minor_of(self, other: Money) -> int:
        if not isinstance(other, Money):
            raise TypeError(f"Money and {type(other).__name__} do not mix")
        if other.currency != self.currency:
            raise BadInput(
                _(
                    "%(first)s and %(second)s cannot be mixed; convert one at a named rate first.",
                    first=self.currency,
                    second=other.currency,
                ),
                code="currencies_mixed",
            )
        return other.minor


def total_of(amounts: Iterable[Money], currency: str) -> Money:
    """The sum, zero of that currency for none; a stranger among the amounts is refused."""
    return sum(amounts, start=Money.zero(currency))


def _exact(number: Decimal | int) -> Fraction:
    if isinstance(number, bool) or not isinstance(number, Decimal | int):
        raise TypeError(f"Money is multiplied by Decimal or int, not {type(number).__name__}")
    if isinstance(number, Decimal) and not number.is_finite():
        raise BadInput(_("The factor is not a number."), code="amount_not_a_number")
    return Fraction(number)


def _rounded(amount: Fraction, rounding: Rounding) -> int:
    """Exact at any size: the fraction's place between two whole numbers decides, not its digits."""
    below, rest = divmod(amount.numerator, amount.denominator)
    if not rest:
        return below
    # 1, 5 or 9 tenths stand for less than, exactly, or more than half; the sign stays right
    # because a negative number is turned round first and back afterwards.
    if amount < 0:
        return -_rounded(-amount, _MIRRORED.get(rounding, rounding))
    half = Fraction(rest, amount.denominator) - Fraction(1, 2)
    tenths = 1 if half < 0 else 5 if half == 0 else 9
    last_digit = below % 10
    stand_in = Decimal(last_digit * 10 + tenths).scaleb(-1)
    return below - last_digit + int(stand_in.to_integral_value(rounding=rounding))


_MIRRORED = {Rounding.FLOOR: Rounding.CEILING, Rounding.CEILING: Rounding.FLOOR}


def _allocated(whole: int, shares: list[Fraction]) -> list[int]:
    total = sum(shares)
    exact = [whole * share / total for share in shares]
    parts = [share.numerator // share.denominator for share in exact]
    by_remainder = sorted(range(len(parts)), key=lambda index: parts[index] - exact[index])
    for index in by_remainder[: whole - sum(parts)]:
        parts[index] += 1
    return parts
