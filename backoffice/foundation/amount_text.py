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
    if not _AMOUNT.fullmatch(text):
        _refuse_form(text, decimals_max)
    digits = text.lstrip("+-")
    whole, _point, fraction = digits.partition(".")
    if len(whole) + len(fraction) > DIGITS_MAX:
        refuse("amount_too_long", _("has more than 18 digits"), text, decimals_max)
    if len(fraction) > decimals_max:
        refuse(
            "amount_too_fine",
            _("has more decimals than its currency (%(count)s)", count=decimals_max),
            text,
            decimals_max,
        )
    if text.startswith("-") and not digits.strip("0."):
        refuse("amount_negative_zero", _("is zero with a minus sign"), text, decimals_max)
    return Decimal(text)


def _refuse_form(text: str, decimals_max: int) -> NoReturn:
    for code, pattern, reason in _reasons():
        if re.search(pattern, text):
            refuse(code, reason, text, decimals_max)
    refuse("amount_unreadable", _("is not an amount"), text, decimals_max)


def _reasons() -> list[tuple[str, str, str]]:
    """Code, what gives it away, and the reason in words; the first that fits is given."""
    return [
        ("amount_missing", r"\A\s*\Z", _("is empty")),
        ("amount_not_a_number", r"(?i)\A\s*[+-]?(s?nan|inf(inity)?)\d*\s*\Z", _("is no number")),
        ("amount_exponent", r"(?i)\d\s*e\s*[+-]?\d", _("is written with an exponent")),
        ("amount_foreign_digits", r"(?![0-9])\d", _("has digits other than 0 to 9")),
        (
            "amount_grouping",
            r"[0-9][,'\u2019 \u00a0\u202f_][0-9]",
            _("has a grouping sign or a comma"),
        ),
        ("amount_grouping", r"\..*\.", _("has more than one point")),
        ("amount_space", r"\s", _("has a space in it")),
        (
            "amount_sign",
            r"[\u2212\u2013\u2014()]|[+-]\s*\Z|[+-].*[+-]",
            _("has its sign in another form"),
        ),
        ("amount_point", r"\A[+-]?\.|\.\Z", _("has no digit on one side of the point")),
    ]


def refuse(code: str, reason: str, text: str, decimals_max: int) -> NoReturn:
    """Why it is refused, and an example of what to write with that many decimals."""
    raise BadInput(
        _(
            "The amount “%(text)s” %(reason)s. Write digits with a point before the decimals and "
            "nothing else, such as %(example)s.",
            text=shown(text),
            reason=reason,
            example=("1234.5678"[: 5 + decimals_max] if decimals_max else "1234"),
        ),
        code=code,
    )


def shown(text: str) -> str:
    """The refused text, safe and short enough to be repeated in a message."""
    visible = "".join(sign if sign.isprintable() else "�" for sign in text[:SHOWN_MAX])
    return visible + ("…" if len(text) > SHOWN_MAX else "")
