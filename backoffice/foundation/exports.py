"""Tables for other programs: CSV by RFC 4180, row by row, with nothing in it that would run.

A text that a spreadsheet would take for a formula gets an apostrophe in front. Numbers are typed:
they are written plainly (`-12.50`) and stay numbers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from backoffice.foundation.money import Money
from backoffice.foundation.secret import Secret

Cell = str | int | Decimal | Money | date | datetime | UUID | Secret[str] | None

# The full-width forms are formulas to a spreadsheet that is set to an East Asian language.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")
ROWS_PER_PIECE = 200


def csv_pieces(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The file in UTF-8, some rows at a time, so that its length does not matter."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([harmless(name) for name in header])
    for number, row in enumerate(rows, start=1):
        if len(row) != len(header):
            raise ValueError(f"Row {number} has {len(row)} cells under {len(header)} heads")
        writer.writerow([_written(cell) for cell in row])
        if number % ROWS_PER_PIECE == 0:
            yield _taken(text)
    yield _taken(text)


def harmless(text: str) -> str:
    """The text as a cell that no spreadsheet calculates."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _written(cell: Cell) -> str:
    """A cell's text: amounts without their currency, which has a column of its own."""
    match cell:
        case None:
            return ""
        case str():
            return harmless(cell)
        case bool():
            raise TypeError("Write what is meant by yes and no")
        case Money():
            return cell.plain
        case Decimal():
            return f"{cell:f}"
        case datetime():
            return cell.isoformat(timespec="seconds")
        case date():
            return cell.isoformat()
        case int() | UUID() | Secret():
            return str(cell)
    raise TypeError(f"A {type(cell).__name__} has no form in a table")


def _taken(text: io.StringIO) -> bytes:
    taken = text.getvalue().encode("utf-8", "replace")
    text.seek(0)
    text.truncate()
    return taken
