"""The text of an OFX file made plain: one spelling of tags, no comments, values without entities.

OFX 1 is SGML whose values have no end tag, OFX 2 is XML; both are cut by the same tags here. No
parser of SGML or XML is involved, so nothing is ever expanded or fetched.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NoReturn

from backoffice.foundation.language import _

from .refusals import UnreadableStatement
from .wording import place_of

_ODD_TAG = re.compile(r"<(/?)\s?(?:[A-Za-z]\w*:)?([A-Za-z][\w.]*)(?:\s[^<>]*)?(/?)>")
# A tag in lower case, of a namespace, with attributes, with a space: then all are made plain.
_NOT_PLAIN = re.compile(r"<(?!/?+[A-Z][A-Z0-9._]*+>)")
_BODY = re.compile(r"<(?:\w+:)?OFX[\s>]", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#([0-9]{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-z]{2,4}));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'", "nbsp": " "}
_CODE_POINT_MAX = 0x10FFFF


def plain_tags(text: str) -> str:
    """The text with tags as `<NAME>` and `</NAME>` alone; line numbers stay as they are."""
    text = _replaced(text, "<!--", "-->", _blank)
    text = _replaced(text, "<![CDATA[", "]]>", _escape)
    body = _BODY.search(text)
    if _NOT_PLAIN.search(text, body.start() if body else 0):
        text = _ODD_TAG.sub(_plain, text)
    return text


def value_of(written: str) -> str:
    """A value without the white space around it and with its entities replaced."""
    text = written.strip()
    return _ENTITY.sub(_character, text) if "&" in text else text


def _replaced(text: str, opening: str, closing: str, by: Callable[[str], str]) -> str:
    """The text with each section between the two marks replaced; read once, however many."""
    if opening not in text:
        return text
    pieces, at = [], 0
    while (start := text.find(opening, at)) >= 0:
        end = text.find(closing, start + len(opening))
        if end < 0:
            _refuse_open_section(text, start)
        pieces += [text[at:start], by(text[start + len(opening) : end])]
        at = end + len(closing)
    return "".join((*pieces, text[at:]))


def _blank(comment: str) -> str:
    """As many characters and lines, so that places stay right and `1<!---->000` is no amount."""
    return "    " + re.sub(r"[^\n]", " ", comment) + "   "


def _refuse_open_section(text: str, start: int) -> NoReturn:
    line, column = place_of(text, start)
    raise UnreadableStatement(
        _("A comment begins here and never ends. Download the file from the bank again."),
        code="ofx_malformed",
        line=line,
        column=column,
    )


def _escape(text: str) -> str:
    """Characters that are meant as text: none of them may be taken for a tag."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain(found: re.Match[str]) -> str:
    """The tag in capitals; an empty element is left out like an absent one."""
    return "" if found[3] else f"<{found[1]}{found[2].upper()}>"


def _character(found: re.Match[str]) -> str:
    """The character that an entity names; one that no text can hold becomes a space."""
    if found[3]:
        return _NAMED.get(found[3], found[0])
    number = int(found[1]) if found[1] else int(found[2], 16)
    if number > _CODE_POINT_MAX or 0xD800 <= number <= 0xDFFF or number == 0:
        return " "
    return chr(number)
