"""Reading an amount that a person typed, in the signs of their own language.

Grouping is welcome where it stands right, so that a copied figure can be pasted. A text that
another language would read differently is refused rather than guessed.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from babel.core import Locale

from backoffice.foundation.amount_text import checked, example, refuse_form
from backoffice.foundation.currencies import DECIMALS_MAX
from backoffice.foundation.language import _, current_locale

_MINUS_SIGNS = str.maketrans({"\u2212": "-", "\ufe63": "-", "\uff0d": "-"})
_SPACES = " \u00a0\u202f\u2009"
_APOSTROPHES = "'\u2019"


class Signs(NamedTuple):
    """How a locale writes numbers: its decimal sign, its grouping sign, and the form of both."""

    point: str
    group: str
    form: re.Pattern[str]


def read_typed_amount(
    text: str, *, locale: str | None = None, decimals_max: int = DECIMALS_MAX
) -> Decimal:
    """`1,234.56` in English, `1.234,56` in Indonesian; else `BadInput` that says what to write."""
    signs = signs_of(locale or current_locale())
    typed = text.strip().translate(_MINUS_SIGNS)
    advice = _advice(signs, decimals_max)
    found = signs.form.fullmatch(typed)
    if not found:
        refuse_form(text.strip(), advice, otherwise=_("is not written as in your language"))
    sign, whole, fraction = found["sign"], found["whole"], found["fraction"]
    digits = re.sub(r"[^0-9]", "", whole)
    plain = f"{sign}{digits}.{fraction}" if fraction else f"{sign}{digits}"
    return checked(plain, text, decimals_max, advice)


@cache
def signs_of(locale: str) -> Signs:
    """The number signs of a locale such as `id_ID`."""
    data = Locale.parse(locale)
    symbols = data.number_symbols["latn"]
    point, group = str(symbols["decimal"]), str(symbols["group"])
    primary, secondary = data.decimal_formats[None].grouping
    between = f"[{re.escape(_alike(group))}]"
    whole = (
        rf"[0-9]+|[0-9]{{1,{secondary}}}(?:{between}[0-9]{{{secondary}}})*"
        rf"{between}[0-9]{{{primary}}}"
    )
    fraction = rf"(?:{re.escape(point)}(?P<fraction>[0-9]+))?"
    return Signs(point, group, re.compile(rf"(?P<sign>[+-]?)(?P<whole>{whole}){fraction}"))


def _alike(group: str) -> str:
    """Signs that look the same on a keyboard: any space for a space, any apostrophe for one."""
    for family in (_SPACES, _APOSTROPHES):
        if group in family:
            return family
    return group


def _advice(signs: Signs, decimals_max: int) -> str:
    return _(
        "Write it as %(plain)s or %(grouped)s.",
        plain=example(decimals_max, point=signs.point),
        grouped=example(decimals_max, point=signs.point, group=signs.group),
    )
