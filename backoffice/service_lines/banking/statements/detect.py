"""What kind of file it is, by what is in it: names and endings are wrong too often."""

from __future__ import annotations

import re
from typing import Literal

from backoffice.foundation.errors import Refused
from backoffice.foundation.language import _

from .encodings import marked_encoding
from .limits import DETECTION_BYTES
from .refusals import DocumentTypeRefused, SecuritiesStatement, UnknownFormat

Family = Literal["zip", "ofx", "camt", "mt940"]

_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_DOCUMENT_TYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_OFX = re.compile(r"<(?:\w+:)?OFX[\s>]|OFXHEADER|DATA:OFXSGML", re.IGNORECASE)
_CAMT = re.compile(r"camt\.05[234]\b|BkToCstmr(?:Stmt|AcctRpt|DbtCdtNtfctn)")
_MT94X = re.compile(r"^:(?:20|25P?|60[FM]|61|62[FM]|34F|90[DC]):|^:94[012]:", re.MULTILINE)
_SECURITIES = re.compile(r"\bsemt\.0\d\d|SctiesBalCtdyRpt|\{2:[IO]53[5-7]|^:16R:GENL", re.MULTILINE)


def family_of(data: bytes) -> Family:
    """Which reader a file is for; refused where none knows it or it has a document type."""
    if data.startswith(_ZIP_STARTS):
        return "zip"
    head = _head(data)
    is_markup = head.lstrip("\ufeff \t\r\n\0").startswith("<")
    if is_markup:
        refuse_document_type(data)
    if _OFX.search(head):
        return "ofx"
    if is_markup and _CAMT.search(head):
        return "camt"
    if not is_markup and _MT94X.search(head.replace("\r", "\n").lstrip("\ufeff")):
        return "mt940"
    raise _unknown(data, head)


def refuse_document_type(data: bytes) -> None:
    """Refuse `<!DOCTYPE` and `<!ENTITY` wherever they stand, before any parser sees the bytes."""
    narrow = data
    if (encoding := marked_encoding(data)) and encoding != "utf-8-sig":
        narrow = data.decode(encoding, errors="replace").encode("ascii", errors="replace")
    found = _DOCUMENT_TYPE.search(narrow)
    if found is None:
        return
    start = narrow.rfind(b"\n", 0, found.start()) + 1
    raise DocumentTypeRefused(
        _(
            "The file has a document type (DOCTYPE), which can make a reader fetch or repeat "
            "other files. Banks send statements without one: ask for the file again."
        ),
        line=narrow.count(b"\n", 0, start) + 1,
        column=found.start() - start + 1,
    )


def _head(data: bytes) -> str:
    start = data[:DETECTION_BYTES]
    return start.decode(marked_encoding(start) or "latin-1", errors="replace")


def _unknown(data: bytes, head: str) -> Refused:
    """Why no reader knows the file."""
    if not data.strip(b"\0 \t\r\n"):
        return UnknownFormat(_("The file is empty. Download it from the bank again."), code="empty")
    if _SECURITIES.search(head):
        return securities_alone()
    return UnknownFormat(
        _(
            "The file is not a bank statement that can be read. Ask the bank for camt.052, "
            "camt.053, camt.054, MT940, MT942 or OFX, or a zip of these."
        ),
        line=1,
        column=1,
    )


def securities_alone() -> SecuritiesStatement:
    """The refusal of a file that has custody accounts and no bank account."""
    return SecuritiesStatement(
        _(
            "The file is a statement of a securities account, not of a bank account. "
            "Ask the bank for the statement of the cash account."
        )
    )
