"""Reading OFX 1 (SGML) and OFX 2 (XML) bank and credit card statements by a strict tokenizer.

Each `STMTRS` and `CCSTMTRS` is a statement; `INVSTMTRS` are securities accounts, which are left
out where there is a bank account too, and refused where there is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from backoffice.foundation.language import _

from .detect import refuse_document_type, securities_alone
from .encodings import text_of
from .limits import ENTRIES_MAX
from .ofx_header import charset_of, header_of, version_of
from .ofx_statement import statement_of
from .ofx_tags import plain_tags
from .records import Statement, StatementFile
from .refusals import UnreadableStatement, refuse_too_many_entries
from .wording import place_of, with_line_feeds

# Statements, and the answers around them, which end a statement that has no end tag.
_FRAME = re.compile(r"<(/?)((?:CC|INV)?STMT(?:TRN)?RS|OFX)>")
_STATEMENTS = ("STMTRS", "CCSTMTRS", "INVSTMTRS")
_SECURITIES = "INVSTMTRS"


class Span(NamedTuple):
    """Where the inside of a statement begins and ends in the text."""

    tag: str
    start: int
    end: int


def read_ofx(data: bytes, *, name: str) -> StatementFile:
    """The statements of an OFX file in file order; refused with line and column."""
    refuse_document_type(data)
    header = header_of(data)
    text = plain_tags(with_line_feeds(text_of(data, charset_of(header))))
    spans = list(_spans(text))
    _refuse_stray_entries(text, spans)
    statements = tuple(_statements(text, spans))
    securities = sum(span.tag == _SECURITIES for span in spans)
    if securities and not statements:
        raise securities_alone()
    return StatementFile(name, "ofx", version_of(header), statements, securities)


def _statements(text: str, spans: list[Span]) -> Iterator[Statement]:
    count = 0
    for span in spans:
        if span.tag != _SECURITIES:
            statement = statement_of(text, span.start, span.end)
            count += len(statement.entries)
            if count > ENTRIES_MAX:
                refuse_too_many_entries(ENTRIES_MAX)
            yield statement


def _spans(text: str) -> Iterator[Span]:
    """Each statement up to its end tag, or up to the next tag that cannot be inside it."""
    tag, start = "", 0
    for found in _FRAME.finditer(text):
        slash, name = found.groups()
        if tag and (slash or name in _STATEMENTS):
            yield Span(tag, start, found.start())
            tag = ""
        if not slash and name in _STATEMENTS:
            tag, start = name, found.end()
    if tag:
        _refuse_cut_off(text)


def _refuse_cut_off(text: str) -> None:
    line, column = place_of(text, len(text.rstrip()))
    raise UnreadableStatement(
        _(
            "The file ends in the middle of a statement: it has been cut off. "
            "Download it from the bank again."
        ),
        code="ofx_cut_off",
        line=line,
        column=column,
    )


def _refuse_stray_entries(text: str, spans: list[Span]) -> None:
    """An entry outside every statement is of no account, and must not be lost in silence."""
    before = 0
    for span in (*spans, Span("", len(text), len(text))):
        stray = text.find("<STMTTRN>", before, span.start)
        if stray >= 0:
            line, column = place_of(text, stray)
            raise UnreadableStatement(
                _(
                    "An entry stands outside every statement, so that its account is unknown. "
                    "Download the file from the bank again."
                ),
                code="ofx_malformed",
                line=line,
                column=column,
            )
        before = span.end
