"""What stands before `<OFX>`: the version, and how the text is encoded (often wrongly said)."""

from __future__ import annotations

import re

_HEADER_BYTES_MAX = 4096
_BODY = re.compile(rb"<(?:\w+:)?OFX[\s>]", re.IGNORECASE)
# `VERSION:102` in SGML, `VERSION="211"` in the <?OFX … ?> of XML; never that of <?xml … ?>.
_VERSION = re.compile(r"\bVERSION\s*[:=>]\s*[\"']?\s*([0-9]{2,3})|VERSION:([0-9]{3})")
_XML_LINE = re.compile(r"<\?xml[^>]*\?>", re.IGNORECASE)
_CHARSET = re.compile(
    r"CHARSET\s*[:=>]\s*[\"']?(125\d|(?:ISO-?)?8859-?\d{1,2}|WINDOWS-125\d|CP\d{3,4}|UTF-?8)",
    re.IGNORECASE,
)
_ENCODING = re.compile(r"encoding\s*=\s*[\"']([\w.-]+)", re.IGNORECASE)


def header_of(data: bytes) -> str:
    """The first bytes up to `<OFX>` as text; wide encodings too, for their letters are ASCII."""
    start = data[:_HEADER_BYTES_MAX].replace(b"\0", b"")
    body = _BODY.search(start)
    return start[: body.start() if body else None].decode("latin-1")


def version_of(header: str) -> str | None:
    """`102`, `160`, `211`; None where the header has been left out."""
    found = _VERSION.search(_XML_LINE.sub("", header))
    return (found[1] or found[2]) if found else None


def charset_of(header: str) -> str | None:
    """The character set that the header names."""
    found = _CHARSET.search(header) or _ENCODING.search(header)
    return found[1] if found else None
