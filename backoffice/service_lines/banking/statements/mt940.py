"""Reading MT940 and MT942: every page (`:20:` to the closing balance) is a statement of its own.

A file may also be a fragment: without `:20:`, without account or balances, cut off at the end.
"""

from __future__ import annotations

from .limits import ENTRIES_MAX
from .mt940_entry import entry_of
from .mt940_fields import Field, MessageEnd, fields_of
from .mt940_page import Page
from .records import Statement, StatementFile
from .refusals import refuse_too_many_entries
from .wording import with_line_feeds


def read_mt940(text: str, *, name: str) -> StatementFile:
    """The pages of a file in file order; refused with line and column."""
    reading = _Reading()
    for field in fields_of(with_line_feeds(text.removeprefix("\ufeff"))):
        reading.take(field)
    reading.end_page()
    return StatementFile(name, reading.format, None, tuple(reading.statements))


class _Reading:
    """The pages that have ended, and the one that is being read."""

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self._says_942 = False
        self._has_floor = False
        self._has_balance = False
        self._count = 0
        self._page = Page()
        self._entry: Field | None = None
        self._texts: list[str] = []

    @property
    def format(self) -> str:
        """What the file says it is; else an MT942 has a floor limit and no balances."""
        is_942 = self._says_942 or (self._has_floor and not self._has_balance)
        return "mt942" if is_942 else "mt940"

    def take(self, field: Field | MessageEnd) -> None:
        """One field. An entry waits for the `:86:` that explain it, so it ends with the next."""
        if isinstance(field, MessageEnd):
            self._says_942 = self._says_942 or field.says_942
            self.end_page()
        elif field.tag == "86":
            self._texts.append(field.value)
        else:
            self._end_entry()
            if field.tag == "61":
                self._entry = field
            else:
                self._take_frame(field)

    def _take_frame(self, field: Field) -> None:
        """A field around the entries; it may belong to the next page."""
        if self._page.ends_before(field.tag):
            following = self._page.following(field.tag)
            self.end_page()
            self._page = following
        self._page.take(field)
        self._has_floor = self._has_floor or field.tag == "34F"
        self._has_balance = self._has_balance or field.tag[:2] in ("60", "62")

    def _end_entry(self) -> None:
        entry, texts = self._entry, self._texts
        self._entry, self._texts = None, []
        if entry is None:  # a text that explains the page: the bank's own summary
            return
        self._count += 1
        if self._count > ENTRIES_MAX:
            refuse_too_many_entries(ENTRIES_MAX)
        self._page.add(entry_of(entry, texts))

    def end_page(self) -> None:
        """Keep what has been read of the page, if anything has."""
        self._end_entry()
        if self._page.has_begun:
            self.statements.append(self._page.statement())
        self._page = Page()
