"""The shell of a camt file: how its bytes are encoded, which message it is, of which version."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backoffice.foundation.language import _

from .camt_tree import line_of, local_name
from .encodings import encoding_of, marked_encoding
from .refusals import UnknownFormat

if TYPE_CHECKING:
    from lxml import etree

_MESSAGES = {
    "BkToCstmrAcctRpt": "camt.052",
    "BkToCstmrStmt": "camt.053",
    "BkToCstmrDbtCdtNtfctn": "camt.054",
}
_MESSAGE = re.compile(r"(BkToCstmr(?:AcctRpt|Stmt|DbtCdtNtfctn))(?:V(\d\d))?")
_VERSION = re.compile(r"camt\.05[234]\.(\d{3}\.\d{2})")
_DECLARATION = re.compile(rb"<\?xml\s[^>]{0,200}?\?>")
_DECLARED = re.compile(rb"encoding\s*=\s*[\"']([\w.-]+)[\"']")
_PADDING = b" \t\r\n\0\x1a"


def for_the_parser(data: bytes) -> tuple[bytes, str, int]:
    """The bytes, the encoding that reads them, and how many lines were cut off before them.

    The encoding is decided here and not by the parser, so that what was searched for a document
    type is what the parser reads.
    """
    marked = marked_encoding(data)
    if marked is not None:
        data = data.decode(marked, errors="replace").lstrip("\ufeff").encode("utf-8", "replace")
    start = len(data) - len(data.lstrip(_PADDING))
    lines_before = data.count(b"\n", 0, start)
    if start or data[-1:] in (b"\0", b"\x1a"):
        data = data.strip(_PADDING)
    declaration = _DECLARATION.match(data)
    declared = _DECLARED.search(declaration[0]) if declaration else None
    if marked is not None:
        return data, "utf-8", lines_before
    return data, encoding_of(data, declared[1].decode() if declared else None), lines_before


def format_and_version(root: etree._Element) -> tuple[str, str | None]:
    """`camt.053` and `001.08`, from the message's element and its namespace."""
    for element in root.iter():
        found = _MESSAGE.fullmatch(local_name(element))
        if found:
            return _MESSAGES[found[1]], _version(element, root) or _oldest(found[2])
    raise UnknownFormat(
        _(
            "The file names camt and holds no statement, report or notification of an account. "
            "Ask the bank for camt.052, camt.053 or camt.054."
        ),
        line=line_of(root),
        column=1,
    )


def _version(message: etree._Element, root: etree._Element) -> str | None:
    """The version that the namespace names, else what the schema's location does."""
    namespace = str(message.tag).partition("}")[0]
    found = _VERSION.search(namespace) or _VERSION.search(" ".join(map(str, root.values())))
    return found[1] if found else None


def _oldest(suffix: str | None) -> str | None:
    """`BkToCstmrStmtV01` names its version in the element."""
    return f"001.{suffix}" if suffix else None
