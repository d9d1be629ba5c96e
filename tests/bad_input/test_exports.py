"""Texts that a spreadsheet would calculate: kept as they came, shown as text, exported harmless."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from markupsafe import escape
from sqlalchemy import select

from backoffice.ledger import LedgerAccount
from tests.service_lines.banking.coding_desk import Desk
from tests.service_lines.banking.files import statement
from tests.service_lines.banking.statements.written import Movement
from tests.support.browsers import Web
from tests.support.cast import Cast

FORMULAS = [
    '=HYPERLINK("http://127.0.0.1:9/?"&A1,"Refund")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
]


@pytest.fixture
def desk(cast: Cast, tmp_path: Path) -> Desk:
    """A payment of 12.50 from each of them, coded to sales."""
    desk = Desk(cast, tmp_path)
    desk.receive(
        statement(
            *(
                Movement(-1250, date(2026, 11, day), formula, "Oak", f"F{day:08}")
                for day, formula in enumerate(FORMULAS, start=2)
            )
        )
    )
    for line in desk.lines():
        desk.code(line, "5000")
    return desk


def table_of(web: Web, address: str) -> list[list[str]]:
    answer = web.signed_in("leah").get(address)
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def materials(desk: Desk) -> str:
    with desk.acting() as session:
        found = session.scalars(select(LedgerAccount.id).where(LedgerAccount.code == "5000")).one()
        return f"/clients/{desk.cast['acorn']}/books/accounts/{found}"


def test_they_are_stored_as_they_came(desk: Desk) -> None:
    assert [line.counterparty for line in desk.lines()] == FORMULAS


def test_they_are_shown_as_text(desk: Desk, web: Web) -> None:
    page = web.signed_in("leah").get(materials(desk) + "?since=2026-11-01&until=2026-11-30")
    for formula in FORMULAS:
        assert str(escape(formula)) in page.text


def test_no_cell_of_the_export_begins_like_a_formula(desk: Desk, web: Web) -> None:
    rows = table_of(web, materials(desk) + ".csv?since=2026-11-01&until=2026-11-30")
    cells = [cell for row in rows for cell in row]
    for formula in FORMULAS:
        assert any(cell.startswith("'" + formula) for cell in cells), formula
    begins = [cell for cell in cells if cell[:1] in ("=", "+", "@", "\t", "\r")]
    assert begins == []
    minus = [cell for cell in cells if cell.startswith("-")]
    assert all(cell.replace("-", "", 1).replace(".", "", 1).isdigit() for cell in minus)


def test_numbers_stay_numbers(desk: Desk, web: Web) -> None:
    rows = table_of(web, materials(desk) + ".csv?since=2026-11-01&until=2026-11-30")
    debit = [row[rows[0].index("Debit")] for row in rows]
    assert debit.count("12.50") == len(FORMULAS)
    assert not any(cell.startswith("'") for cell in debit)
