"""Cutting an MT940 or MT942 file into its fields: `:61:…` up to the next tag.

Only the tags of these messages count as tags, so that a wrapped text that begins with `:KO:`
stays a part of its field. What stands between two messages (SWIFT's envelope, the bank's own
header lines, `-` at the end) belongs to no field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

TAGS = frozenset(
    ("13", "13D", "20", "21", "25", "25P", "28", "28C", "34F", "60F", "60M", "61", "62F", "62M")
    + ("64", "65", "86", "90C", "90D")
)
HEADERS = frozenset(("940", "941", "942"))  # `:940:` on a line of its own begins a message
# The end of a message, or the envelope of the next one where the end was left out.
_MESSAGE_END = re.compile(r"\n(?:-\}|-[ \t$]*(?:\n|\Z)|[\x00-\x03]?\{[1-5]:|:94[012]:)")
_IS_942 = re.compile(r"\{2:[IO]942|^:?942:?\s*$", re.MULTILINE)


class Field(NamedTuple):
    """A field with its value as written, and the line on which its tag stands."""

    tag: str
    value: str
    line: int


class MessageEnd(NamedTuple):
    """The place between two messages; `says_942` when the next one says that it is an MT942."""

    says_942: bool


def fields_of(text: str) -> Iterator[Field | MessageEnd]:
    """The fields in file order. Lines of the text end in a line feed."""
    text = f"\n{text}".replace("{4::", "{4:\n:")
    line, tag = 0, ""
    pieces: list[str] = []
    for chunk in text.split("\n:"):
        found, colon, rest = chunk.partition(":")
        if colon and (found in TAGS or found in HEADERS):
            value = pieces[0] if len(pieces) == 1 else "\n:".join(pieces)
            yield from _field(tag, value, line)
            line += value.count("\n") + 1
            tag, pieces = found, [rest]
        else:
            pieces.append(chunk)
    yield from _field(tag, "\n:".join(pieces), line)


def _field(tag: str, value: str, line: int) -> Iterator[Field | MessageEnd]:
    if not tag or tag in HEADERS:
        yield MessageEnd(tag == "942" or _IS_942.search(value) is not None)
        return
    ended = _MESSAGE_END.search(value) if "\n" in value else None
    if ended is None:
        yield Field(tag, value, line)
        return
    yield Field(tag, value[: ended.start()], line)
    yield MessageEnd(_IS_942.search(value, ended.start()) is not None)
