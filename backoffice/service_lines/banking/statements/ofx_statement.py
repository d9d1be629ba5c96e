"""One `STMTRS` or `CCSTMTRS` of an OFX file: account, ledger balance and entries.

The parts may come in any order, and lack their end tags: a part ends where the next begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .limits import ENTRIES_MAX
from .ofx_entry import FIELDS, Part, entry_of
from .ofx_tags import value_of
from .records import Entry, Statement
from .refusals import refuse_too_many_entries
from .wording import tidy_or_none

_PART = re.compile(r"<(/?)(STMTTRNP?|LEDGERBAL|AVAILBAL|BALLIST|BANKTRANLISTP?)>")
_LISTS = ("BANKTRANLIST", "BANKTRANLISTP")
_ENTRIES = ("STMTTRN", "STMTTRNP")


def statement_of(text: str, start: int, end: int) -> Statement:
    """The statement between two places of the text. OFX tells no opening balance."""
    entries: list[Entry] = []
    around: list[str] = []
    ledger: Part | None = None
    line, counted_to = 0, 0
    for tag, part_start, part_end in _slices(text, start, end):
        if tag in _ENTRIES:
            line += text.count("\n", counted_to, part_start)
            counted_to = part_start
            entries.append(entry_of(Part(text, part_start, part_end), tag, line + 1))
            if len(entries) > ENTRIES_MAX:
                refuse_too_many_entries(ENTRIES_MAX)
        elif tag == "LEDGERBAL":
            ledger = ledger or Part(text, part_start, part_end)
        elif not tag:
            around.append(text[part_start:part_end])
    frame = dict(reversed(FIELDS.findall("".join(around))))
    return Statement(
        account=_told(frame, "ACCTID"),
        currency=_told(frame, "CURDEF"),
        opening=None,
        closing=ledger.amount("BALAMT", optional=True) if ledger else None,
        opening_on=None,
        closing_on=ledger.day("DTASOF") if ledger else None,
        identifier=None,
        bank=_told(frame, "BANKID"),
        entries=tuple(entries),
    )


def _slices(text: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Tag, start and end of each part, in order; what belongs to no part has no tag."""
    tag, cut = "", start
    for found in _PART.finditer(text, start, end):
        part_end, following = found.span()
        if cut < part_end:
            yield tag, cut, part_end
        slash, name = found.groups()
        tag = "" if slash or name in _LISTS else name
        cut = following
    yield tag, cut, end


def _told(frame: dict[str, str], name: str) -> str | None:
    return tidy_or_none(value_of(frame.get(name, "")))
