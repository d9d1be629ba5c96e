"""Acorn's month on the desk of the workbench's tests: lines with a history and lines without."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from backoffice.foundation.ids import new_id
from tests.service_lines.banking.coding_desk import Desk
from tests.service_lines.banking.files import SAVINGS, bought, statement
from tests.support.browsers import Tab
from tests.support.cast import Cast
from tests.support.databases import Template

TIMBER = "Larkfield Timber"
LAST_FOUR, SAVINGS_LAST_FOUR = "6819", "3459"


def a_month(cast: Cast, folder: Path) -> Desk:
    """Three lines of a timber yard are coded; six more wait: three sure, three first seen."""
    desk = Desk(cast, folder)
    desk.receive(
        statement(
            *(bought(day, -120_00, TIMBER, f"DD {day}") for day in (2, 3, 4)),
            *(bought(day, -240_00, TIMBER, f"DD {day}") for day in (5, 6, 9)),
            bought(10, -684_00, "Tolbooth Trade Supplies", "20931"),
            bought(11, -500_00, "To savings", "TFR"),
            bought(12, -250_00, "R Calder", "CASHPT"),
        ),
        statement(bought(12, 500_00, "From current", "TFR"), number=SAVINGS, opening=0),
    )
    for line in desk.lines()[:3]:
        desk.code(line, "5000", "P20")
    return desk


def said(line: Any, **more: Any) -> dict[str, Any]:
    """What the page sends with an act on a line."""
    return {"version": line.version, "key": str(new_id()), **more}


def act(tab: Tab, desk: Desk, line: Any, name: str, **more: Any) -> Any:
    """An act on a line as the grid sends it."""
    path = f"/clients/{desk.cast[desk.client]}/lines/{line.id}/{name}"
    return tab.post(path, said(line, **more), headers={"HX-Request": "true"})


def grid_path(desk: Desk, last_four: str = LAST_FOUR) -> str:
    account: UUID = desk.bank_account(last_four)
    return f"/clients/{desk.cast[desk.client]}/bank-accounts/{account}/lines"


@pytest.fixture(scope="session")
def month_template(
    template: Template, cast_template: Cast, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cast]:
    """The month, built once a process; each test copies it."""
    folder = tmp_path_factory.mktemp("month")
    of_cast = Template(template.servers, folder, cast_template.database.name)
    with of_cast.copy(folder) as built:
        cast = replace(cast_template, database=built)
        a_month(cast, folder)
        built.close()  # a database is copied only while nobody is connected to it
        yield cast


@pytest.fixture
def cast(template: Template, month_template: Cast, tmp_path: Path) -> Iterator[Cast]:
    """The cast with Acorn's month, in a fresh database."""
    of_month = Template(template.servers, tmp_path, month_template.database.name)
    with of_month.copy(tmp_path) as fresh:
        yield replace(month_template, database=fresh)


@pytest.fixture
def desk(cast: Cast, tmp_path: Path) -> Desk:
    return Desk(cast, tmp_path)
