"""Bytes to text, whatever the file declares: many banks declare one encoding and write another."""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Only plain character sets: Python's list also has escapes and compressions.
_PLAIN_SETS = re.compile(
    r"(?:iso-?8859-?\d{1,2}|windows-?125\d|cp\d{3,4}|us-?ascii|utf-?8|latin-?1"
    r"|koi8-[ru]|gb2312|gbk|gb18030|big5|shift_jis|euc-(?:jp|kr))"
)


def marked_encoding(data: bytes) -> str | None:
    """The wide encoding or UTF-8 that the first bytes give away; None where they do not."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    if len(data) > 3 and data[1] == 0 and data[3] == 0 and data[0]:
        return "utf-16-le"
    if len(data) > 3 and data[0] == 0 and data[2] == 0 and data[1]:
        return "utf-16-be"
    return None


def encoding_of(data: bytes, declared: str | None = None) -> str:
    """The encoding that reads these bytes: UTF-8 if it can, for nothing else looks like it."""
    if marked := marked_encoding(data):
        return marked
    if data.isascii() or _reads(data, "utf-8"):
        return "utf-8"
    named = plain_set(declared)
    if named is not None and _reads(data, named):
        return named
    return "cp1252" if _reads(data, "cp1252") else "iso-8859-1"


def text_of(data: bytes, declared: str | None = None) -> str:
    """The bytes as text; a byte that fits nothing is read as Latin-1, never refused."""
    return data.decode(encoding_of(data, declared), errors="replace")


def plain_set(declared: str | None) -> str | None:
    """Python's name of a declared character set; `1252` and `8859-1` are short for two of them."""
    name = (declared or "").strip().lower()
    if re.fullmatch(r"125\d", name):
        name = f"cp{name}"
    elif re.fullmatch(r"8859-\d{1,2}", name):
        name = f"iso-{name}"
    if not _PLAIN_SETS.fullmatch(name):
        return None
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None


def _reads(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
