"""Reading an amount that a file or a program wrote: one strict form, and a reason for any other.

Every refusal names what is wrong and what to write instead, because the reader of the message
has the text in front of them and wants to be done.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NoReturn

from backoffice.foundation.currencies import DECIMALS_MAX
from backoffice.foundation.errors import BadInput
from backoffice.foundation.language import _

DIGITS_MAX = 18  # the most that always fits a bigint
SHOWN_MAX = 40  # characters of the refused text that the message repeats

_AMOUNT = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?", re.ASCII)


def read_amount(text: str, *, decimals_max: int = DECIMALS_MAX) -> Decimal:
    """`1234`, `1234.56`, `-0.05`: ASCII digits, a point, no grouping; else `BadInput`.

    Without `decimals_max` the finest currency decides, for a file whose currency comes later.
    """
    advice = strict_advice(decimals_max)
    if not _AMOUNT.fullmatch(text):
        refuse_form(text, advice)
    return checked(text, text, decimals_max, advice)


def checked(plain: str, text: str, decimals_max: int, advice: str) -> Decimal:
    """The amount of a well-formed text, within the limits; `text` is what the message repeats."""
    digits = plain.lstrip("+-")
    whole, _point, fraction = digits.partition(".")
    if len(whole) + len(fraction) > DIGITS_MAX:
        refuse("amount_too_long", _("has more than 18 digits"), text, advice)
    if len(fraction) > decimals_max:
        reason = _("has more decimals than its currency (%(count)s)", count=decimals_max)
        refuse("amount_too_fine", reason, text, advice)
    if plain.startswith("-") and not digits.strip("0."):
        refuse("amount_negative_zero", _("is zero with a minus sign"), text, advice)
    return Decimal(plain)


def refuse_form(text: str, advice: str, *, otherwise: str | None = None) -> NoReturn:
    """Refuse a text that is not of the form, with the first reason that fits, or `otherwise`."""
    for code, pattern, reason in _reasons():
        if re.search(pattern, text):
            refuse(code, reason, text, advice)
    refuse("amount_unreadable", otherwise or _("is not an amount"), text, advice)


def _reasons() -> list[tuple[str, str, str]]:
    """Code, what gives it away, and the reason in words; the first that fits is given."""
    grouping = r"[0-9][,'\u2019 \u00a0\u202f_][0-9]"
    sign = r"[\u2212\u2013\u2014()]|[+-]\s*\Z|[+-].*[+-]"
    return [
        ("amount_missing", r"\A\s*\Z", _("is empty")),
        ("amount_not_a_number", r"(?i)\A\s*[+-]?(s?nan|inf(inity)?)\d*\s*\Z", _("is no number")),
        ("amount_exponent", r"(?i)\d\s*e\s*[+-]?\d", _("is written with an exponent")),
        ("amount_foreign_digits", r"(?![0-9])\d", _("has digits other than 0 to 9")),
        ("amount_grouping", grouping, _("has a grouping sign or a comma that may be misread")),
        ("amount_grouping", r"\..*\.", _("has more than one point")),
        ("amount_space", r"\s", _("has a space in it")),
        ("amount_sign", sign, _("has its sign in another form")),
        ("amount_point", r"\A[+-]?\.|\.\Z", _("has no digit on one side of the point")),
    ]


def strict_advice(decimals_max: int) -> str:
    """What to write instead, with that many decimals in the example."""
    return _(
        "Write digits with a point before the decimals and nothing else, such as %(example)s.",
        example=example(decimals_max),
    )


def example(decimals_max: int, *, group: str = "", point: str = ".") -> str:
    """An amount in the form that would have been read."""
    return f"1{group}234" + (point + "5678"[:decimals_max] if decimals_max else "")


def refuse(code: str, reason: str, text: str, advice: str) -> NoReturn:
    """Say why the text is refused and what to write."""
    raise BadInput(
        _(
            "The amount “%(text)s” %(reason)s. %(advice)s",
            text=shown(text),
            reason=reason,
            advice=advice,
        ),
        code=code,
    )


def shown(text: str) -> str:
    """The refused text, safe and short enough to be repeated in a message."""
    visible = "".join(sign if sign.isprintable() else "�" for sign in text[:SHOWN_MAX])
    return visible + ("…" if len(text) > SHOWN_MAX else "")
