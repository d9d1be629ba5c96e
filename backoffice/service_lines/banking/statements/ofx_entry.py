"""One `STMTTRN` of an OFX file, and the reading of amounts and days in a part of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NoReturn

from backoffice.foundation.language import _

from .figures import ofx_day, point_amount, typed_amount
from .ofx_tags import value_of
from .records import Entry
from .refusals import UnreadableStatement, refuse_amount, refuse_date
from .wording import place_of, tidy, tidy_or_none

FIELDS = re.compile(r"<([A-Z][A-Z0-9._]*)>([^<]*)")
_ONCE = ("TRNAMT", "DTPOSTED", "FITID", "TRNTYPE")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the text, with its fields as written."""

    text: str
    start: int
    end: int

    def fields(self) -> list[tuple[str, str]]:
        """Name and value of each field in file order."""
        return FIELDS.findall(self.text, self.start, self.end)

    def amount(self, name: str, *, optional: bool = False) -> Decimal | None:
        """The amount in the field; None where it is optional and absent or empty."""
        written = dict(self.fields()).get(name, "").strip()
        if not written and optional:
            return None
        amount = typed_amount(value_of(written))
        if amount is None:
            self.refuse_amount(name, written)
        return amount

    def day(self, name: str) -> date | None:
        """The day in the field; None where it is absent, empty or all zeros."""
        written = dict(self.fields()).get(name, "").strip()
        try:
            return ofx_day(written)
        except ValueError:
            self.refuse_day(name, written)

    def refuse_amount(self, name: str, written: str) -> NoReturn:
        """Refuse an amount, with its place."""
        line, column = self._place(name)
        refuse_amount(written, line=line, column=column, field=name)

    def refuse_day(self, name: str, written: str) -> NoReturn:
        """Refuse a date, with its place."""
        line, column = self._place(name)
        refuse_date(written, line=line, column=column, field=name)

    def refuse_repeated(self, name: str) -> NoReturn:
        """Refuse a part that says the same thing twice."""
        line, column = self._place(name)
        message = _(
            "An entry has %(field)s twice. Download the file from the bank again.", field=name
        )
        raise UnreadableStatement(
            message, code="ofx_malformed", line=line, column=column, field=name
        )

    def _place(self, name: str) -> tuple[int, int]:
        """Of the value where the field is there, else of the part."""
        tag = self.text.find(f"<{name}>", self.start, self.end)
        return place_of(self.text, tag + len(name) + 2 if tag >= 0 else self.start)


def entry_of(part: Part, tag: str, line: int) -> Entry:
    """The entry; `STMTTRNP` is one that the bank has not booked yet."""
    pairs = part.fields()
    fields = dict(pairs)
    if len(fields) < len(pairs):
        _refuse_repeated(part, pairs)
    get = fields.get
    written = get("TRNAMT", "").strip()
    amount = point_amount(written)
    if amount is None:
        amount = typed_amount(value_of(written))
        if amount is None:
            part.refuse_amount("TRNAMT", written)
    day_name = "DTPOSTED" if tag == "STMTTRN" or "DTPOSTED" in fields else "DTTRAN"
    day_written = get(day_name, "").strip()
    try:
        booked = ofx_day(day_written)
    except ValueError:
        part.refuse_day(day_name, day_written)
    name, memo = _text(get("NAME")), _text(get("MEMO"))
    return Entry(
        amount,
        booked,
        booked,
        _text(get("CURSYM")) if "CURRENCY" in fields else None,
        tag != "STMTTRN",
        False,
        name or _text(get("EXTDNAME")),
        _text(get("ACCTID")),
        _text(get("CHECKNUM") or get("CHKNUM") or get("REFNUM")),
        _identifier(get("FITID", "")),
        _text(get("TRNTYPE")),
        memo or name or "",
        line,
    )


def _text(written: str | None) -> str | None:
    if not written:
        return None
    return tidy_or_none(value_of(written)) if "&" in written else tidy(written) or None


def _identifier(written: str) -> str | None:
    """The bank's id of the entry; all zeros is what some write for none."""
    return _text(written) if written.strip("0 \t\n") else None


def _refuse_repeated(part: Part, pairs: list[tuple[str, str]]) -> None:
    """An amount, day or id given twice could be either; a repeated text does no harm."""
    names = [name for name, _value in pairs]
    for name in _ONCE:
        if names.count(name) > 1:
            part.refuse_repeated(name)
