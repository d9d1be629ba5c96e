"""Elm Bakery's first month at the bank, where each line belongs, and what the books must say then.

The expected figures are worked out from the lines by plain arithmetic, not by the code under test.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from backoffice.demo.recipes import Happening
from backoffice.demo.statement_files import Sheet, written
from backoffice.foundation.clock import real_now
from backoffice.foundation.money import Money

NAME = "Elm Bakery Ltd"
NUMBER = "GB33BUKB20201555555555"
OPENING = 4_210_35
BANK, OPENING_BALANCES, VAT_IN, VAT_OUT = "1201", "3100", "1170", "2200"
RATES = {"P20": (20, VAT_IN), "S20": (20, VAT_OUT)}  # of all other codes nothing is due


@dataclass(frozen=True)
class Part:
    """Pence as the bank signs them, the account, and the tax code that is typed, if any."""

    minor: int
    account: str
    tax: str = ""

    @property
    def tax_minor(self) -> int:
        """What of it is tax: the pence of these lines are chosen so that nothing is rounded."""
        rate, _account = RATES.get(self.tax, (0, ""))
        tax, rest = divmod(self.minor * rate, 100 + rate)
        assert rest == 0
        return tax


@dataclass(frozen=True)
class Line:
    """A line of the bank, and the parts that it is coded in."""

    day: int
    who: str
    words: str
    parts: tuple[Part, ...]

    @property
    def minor(self) -> int:
        return sum(part.minor for part in self.parts)


LINES = (
    Line(1, "Ruby Owen", "To start with", (Part(1_000_00, "2270"),)),
    Line(2, "Harrow Mill", "Flour 8841", (Part(-1_240_80, "5000", "P0"),)),
    Line(3, "Corner Cafe", "Loaves", (Part(864_00, "4000", "S0"),)),
    Line(5, "Castle Estates", "Shop rent", (Part(-950_00, "7000", "PX"),)),
    Line(6, "Dover Street Hotel", "Standing order", (Part(1_512_00, "4000", "S0"),)),
    Line(9, "Brightwater Energy", "DD 20117", (Part(-378_00, "7020", "P20"),)),
    Line(10, "Penfold Ovens", "Service visit", (Part(-216_00, "7030", "P20"),)),
    Line(12, "Swift Telecom", "DD 5520", (Part(-54_00, "7100", "P20"),)),
    Line(13, "Till takings", "Cards week 2", (Part(2_436_60, "4000", "S0"),)),
    Line(16, "Abbey Catering", "Wedding, hot food", (Part(720_00, "4010", "S20"),)),
    Line(18, "Parish Insurance", "Policy 7712", (Part(-148_00, "7400", "PX"),)),
    Line(20, "Cartwright Vans", "Diesel", (Part(-96_00, "7200", "P20"),)),
    Line(
        24,
        "Market Square Wholesale",
        "Sugar and a mixer",
        (Part(-504_00, "5000", "P0"), Part(-180_00, "5030", "P20")),
    ),
    Line(28, "Lowland Bank", "Charges", (Part(-18_50, "7420"),)),
)
CLOSING = OPENING + sum(line.minor for line in LINES)


def month() -> tuple[date, date]:
    """The first and the last day of the month before this one: a whole month, lately over."""
    last = real_now().date().replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def statement(folder: Path) -> Path:
    """The month as the bank writes it: camt.053, with opening and closing."""
    since, until = month()
    sheet = Sheet(1, NUMBER, None, "GBP", since, until, Money(OPENING, "GBP"), happenings(since))
    assert sheet.closing.minor == CLOSING
    name, data = written(sheet, as_format="camt")
    path = folder / name
    path.write_bytes(data)
    return path


def happenings(since: date) -> list[Happening]:
    return [
        Happening(since.replace(day=line.day), line.who, line.words, Money(line.minor, "GBP"), None)
        for line in LINES
    ]


def balances() -> dict[str, int]:
    """Code of an account → debit less credit in pence, once all of it is coded."""
    books = Counter({BANK: CLOSING, OPENING_BALANCES: -OPENING})
    for part in (part for line in LINES for part in line.parts):
        books[part.account] -= part.minor - part.tax_minor
        if part.tax in RATES:
            books[RATES[part.tax][1]] -= part.tax_minor
    assert sum(books.values()) == 0
    return dict(books)


def pence(shown: str) -> int:
    """From `1,234.56` as the pages write it; an empty cell is nothing."""
    return int(re.sub(r"[^\d]", "", shown) or 0)


def pounds(minor: int) -> str:
    """As the pages and a bookkeeper write it."""
    return f"{abs(minor) / 100:,.2f}"
