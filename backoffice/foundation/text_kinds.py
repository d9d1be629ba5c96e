"""Which kind of text a file is: bank formats are known by their own marks, never by the name."""

from __future__ import annotations

import re
from typing import BinaryIO

from backoffice.foundation.errors import BadInput
from backoffice.foundation.language import _

HEAD_BYTES = 64 * 1024
_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_XML_ENCODINGS = re.compile(
    r"(?i)utf-?8|utf-?16(le|be)?|us-?ascii|ascii|iso-8859-\d+|windows-125\d"
)
_XML_SKIP = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_XML_ROOT = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")
_XML_DECLARED = re.compile(r"""<\?xml[^>]*?encoding\s*=\s*["']([^"']*)""")
_PAGE_ROOTS = {"html", "svg", "stylesheet", "transform"}
_MT940 = re.compile(
    r"\A\s*(\x01?\{1:|:20:|:940:|:942:)|^:20:.*\n(?:.*\n){0,6}?:25P?:", re.MULTILINE
)
# Tab, line ends, form feed, and the marks around a SWIFT message or at the end of an old file.
_CONTROLS = re.compile(r"[\x00\x02\x04-\x08\x0b\x0e-\x19\x1b-\x1f\x7f]")


def text_kind(stream: BinaryIO) -> str | None:
    """`xml`, `ofx`, `mt940` or `text`; None when it is no text at all."""
    stream.seek(0)
    head = _decoded(stream.read(HEAD_BYTES))
    if head is None or _CONTROLS.search(head) or _has_nul(stream):
        return None
    begin = head.lstrip("\ufeff\x01 \t\r\n")
    if begin.upper().startswith(("OFXHEADER", "<OFX>")):
        return "ofx"
    if begin.startswith("<"):
        return _xml_kind(begin)
    return "mt940" if _MT940.search(head.replace("\r", "")) else "text"


def _decoded(head: bytes) -> str | None:
    """The text; a byte that is no UTF-8 is read as Latin-1, as old banks write it."""
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if head.startswith(mark):
            return head.decode(encoding, "replace")
    if head[:2] in (b"<\0", b"\0<"):
        return head.decode("utf-16-le" if head[1] == 0 else "utf-16-be", "replace")
    if b"\0" in head:
        return None
    try:
        return head.decode("utf-8")
    except UnicodeDecodeError:
        return head.decode("latin-1")


def _has_nul(stream: BinaryIO) -> bool:
    """Whether a zero byte comes later, in a text that is not of two bytes a letter."""
    stream.seek(0)
    if stream.read(2) in (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"):
        return False
    return any(b"\0" in piece for piece in iter(lambda: stream.read(HEAD_BYTES), b""))


def _xml_kind(text: str) -> str:
    declared = _XML_DECLARED.match(text)
    if declared and not _XML_ENCODINGS.fullmatch(declared[1].strip()):
        raise BadInput(
            _("This XML file is written in an unusual encoding. Save it as UTF-8 and send that."),
            code="xml_encoding",
        )
    position, says_ofx = 0, False
    while skipped := _XML_SKIP.match(text, position):
        says_ofx |= skipped.group().upper().startswith("<?OFX")
        position = skipped.end()
    if text.startswith("<!", position):
        raise BadInput(
            _(
                "This XML file brings its own definitions (DOCTYPE), which could read files or "
                "fill the memory. Ask its sender for one without them."
            ),
            code="xml_dtd",
        )
    if says_ofx:
        return "ofx"
    root = _XML_ROOT.match(text, position)
    if root is None:
        raise BadInput(_("This XML file is damaged: it has no first element."), code="xml_damaged")
    if root[1].lower() in _PAGE_ROOTS:
        raise BadInput(_("This is a web page or a drawing. Send it as a PDF."), code="web_page")
    return "ofx" if root[1].upper() == "OFX" else "xml"
