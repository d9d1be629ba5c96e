"""Each invariant of the bank lines is found to be broken when it is."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from backoffice.foundation.registry import load_catalogues
from tests.service_lines.banking.coding_desk import Desk
from tests.service_lines.banking.files import SAVINGS, bought, statement

BREAKS = {
    "bank.statements_add_up": "UPDATE bank_statement SET sum_minor = sum_minor + 1",
    "bank.lines_are_whole": "DELETE FROM bank_line WHERE state = 'open'",
    "bank.coded_once": "UPDATE bank_line SET state = 'open'",
    "bank.coding_is_its_entry": "UPDATE posting SET amount_minor = amount_minor * 2",
    "bank.parts_sum_to_the_line": "DELETE FROM coding_part",
    "bank.in_transit_explained": "DELETE FROM coding WHERE kind = 'transfer'",
    "bank.transfer_legs_fit": (
        "UPDATE coding SET transfer_id = (SELECT transfer_id FROM coding WHERE kind = 'transfer')"
        " WHERE kind = 'code'"
    ),
}


@pytest.fixture
def books(desk: Desk) -> Desk:
    """A coded line, an open one, and a transfer of which one leg is here."""
    lines = desk.receive_lines(bought(6, -12_000), bought(7, -500_000), bought(8, -7))
    desk.receive(statement(bought(6, 9), number=SAVINGS))
    desk.code(lines[0], "5000", "P20")
    desk.transfer(lines[1], desk.bank_account(SAVINGS[-4:]))
    return desk


def test_nothing_is_found_where_nothing_is_broken(books: Desk) -> None:
    assert books.failures() == []


@pytest.mark.parametrize("invariant", BREAKS)
def test_what_is_broken_is_found(books: Desk, invariant: str) -> None:
    with books.cast.database.as_superuser().begin() as connection:
        # As a restored or damaged database would have it: past triggers, keys and checks.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(
            text("ALTER TABLE bank_statement DROP CONSTRAINT ck_bank_statement_adds_up")
        )
        connection.execute(text("ALTER TABLE coding DROP CONSTRAINT ck_coding_transfer"))
        connection.execute(text("DROP INDEX uq_coding_transfer_leg"))
        connection.execute(text(BREAKS[invariant]))
    find = load_catalogues().checks[invariant].find
    with books.acting() as session:
        (failure,) = find(session, books.cast.database["workbench"])
    assert failure.invariant == invariant
    assert failure.records > 0


def test_every_check_has_its_break() -> None:
    names = {name for name in load_catalogues().checks if name.startswith("bank.")}
    assert names == set(BREAKS)
