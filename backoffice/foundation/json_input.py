"""The one reader for JSON that comes from outside, and for text that must be UTF-8.

Stricter than the language's own: what two readers could understand differently is refused.
Numbers with a fraction come as Decimal, never as float.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import NoReturn

from backoffice.foundation import formatting
from backoffice.foundation.errors import BadInput, TooLarge
from backoffice.foundation.language import _

Json = None | bool | int | str | Decimal | list["Json"] | dict[str, "Json"]

BYTES_MAX = 1_000_000
DEPTH_MAX = 32
DIGITS_MAX = 40  # of one number; no amount and no id has more
EXPONENT_MAX = 40
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
# Names that reach into every object of a JavaScript program that merges what we store.
_RESERVED_NAMES = {"__proto__", "constructor", "prototype"}


class Malformed(BadInput):
    """What was sent is not in the form that was agreed; the sender's program is wrong."""

    code = "json_malformed"
    http_status = 400


def read_json(data: bytes, *, bytes_max: int = BYTES_MAX, depth_max: int = DEPTH_MAX) -> Json:
    """The value, or `Malformed` with line and column, or `TooLarge`."""
    if len(data) > bytes_max:
        limit = formatting.file_size(bytes_max)
        raise TooLarge(_("This is larger than %(limit)s, the most that is read.", limit=limit))
    text = read_utf8(data)
    _check_depth(text, depth_max)
    try:
        value: Json = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        message = _("This is not JSON: %(reason)s.", reason=error.msg)
        raise Malformed(message, line=error.lineno, column=error.colno) from None
    _check_text(value)
    return value


def read_utf8(data: bytes) -> str:
    """The text, or `Malformed` with the line and column of the first byte that is no UTF-8."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        raise Malformed(
            _("This text is not UTF-8. Save it in that encoding and send it again."),
            code="text_not_utf8",
            line=before.count("\n") + 1,
            column=len(before) - before.rfind("\n"),
        ) from None


def _check_depth(text: str, depth_max: int) -> None:
    """Before decoding: the decoder goes one call deeper for each bracket."""
    depth = 0
    for token in _TOKEN.finditer(text):
        mark = token.group()
        depth += (mark in "[{") - (mark in "]}")
        if depth > depth_max:
            place = text[: token.start()]
            raise Malformed(
                _("This JSON is nested more than %(limit)s deep.", limit=depth_max),
                code="json_too_deep",
                line=place.count("\n") + 1,
                column=len(place) - place.rfind("\n"),
            )


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for name, value in pairs:
        if name in found:
            _refuse("json_duplicate_name", _("“%(name)s” is given twice.", name=_shown(name)))
        if name in _RESERVED_NAMES:
            _refuse("json_reserved_name", _("“%(name)s” is not a name.", name=name))
        found[name] = value
    return found


def _integer(text: str) -> int:
    if len(text) > DIGITS_MAX:
        _refuse("json_number", _("A number has more than %(limit)s digits.", limit=DIGITS_MAX))
    return int(text)


def _fraction(text: str) -> Decimal:
    digits, _mark, exponent = text.lower().partition("e")
    if len(digits) > DIGITS_MAX or len(exponent) > 4 or abs(int(exponent or 0)) > EXPONENT_MAX:
        _refuse("json_number", _("A number is too large or too fine."))
    return Decimal(text)


def _constant(name: str) -> NoReturn:
    _refuse("json_number", _("“%(name)s” is not a number.", name=name))


def _check_text(value: Json) -> None:
    """No half of a letter: JSON can spell one, no database can keep it."""
    waiting: list[Json] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str) and _SURROGATE.search(item):
            _refuse("json_text", _("A text holds half of a letter (a lone surrogate)."))
        elif isinstance(item, dict):
            waiting += [*item.keys(), *item.values()]
        elif isinstance(item, list):
            waiting += item


def _shown(name: str) -> str:
    return "".join(sign if sign.isprintable() else "�" for sign in name[:40])


def _refuse(code: str, message: str) -> NoReturn:
    raise Malformed(message, code=code)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_integer,
    parse_float=_fraction,
    parse_constant=_constant,
)
