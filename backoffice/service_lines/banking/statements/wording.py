"""Texts as they are kept: white space made single, no control characters, no endless ones."""

from __future__ import annotations

import re

from .limits import TEXT_CHARACTERS_MAX

# Controls and lone surrogates, which no database column can hold, and the marks that turn the
# direction of writing, behind which a text can hide what it says.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def tidy(text: str) -> str:
    """The text on one line, fit to be stored and shown."""
    single = text.strip()
    # True of most texts: no character but letters, signs and single spaces.
    if not single.isprintable() or "  " in single:
        single = " ".join(_UNPRINTABLE.sub(" ", single).split())
    return single[:TEXT_CHARACTERS_MAX]


def tidy_or_none(text: str | None) -> str | None:
    """The text on one line, None where nothing is left."""
    return (tidy(text) or None) if text else None


def place_of(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of a place in a text whose lines end in a line feed."""
    line = text.count("\n", 0, offset) + 1
    return line, offset - text.rfind("\n", 0, offset)


def with_line_feeds(text: str) -> str:
    """The text with every kind of line end (Windows, old Mac, doubled) made a line feed."""
    if "\r" not in text:
        return text
    return text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
