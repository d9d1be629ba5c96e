"""`backoffice check` on the books: clean where they are, and naming what is wrong where not.

The wrongs are made as nobody could in service: by the superuser, with the triggers switched off.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from backoffice.foundation.registry import registry
from backoffice.ledger import add_party, allocate, open_item, post
from backoffice.ledger.catalogue import sentences
from backoffice.ledger.chain import first_broken
from tests.ledger.conftest import TODAY, House
from tests.support.databases import Database

RENT, SUSPENSE = "7000", "1390"
ENTRIES = 6


@pytest.fixture
def books(acorn: House) -> House:
    """Acorn with some entries, taxed and foreign lines, and a settled item."""
    with acorn.acting() as session:
        party = add_party(session, name="Oak & Sons", kind="customer")
        for amount in range(1, ENTRIES - 1):
            post(session, [acorn.draft(TODAY, (RENT, amount), (SUSPENSE, -amount))])
        lines = {}
        for code, amount in (("1130", 50), ("1130", -50)):
            line = acorn.line(code, amount, party_id=party.id)
            [entry] = post(
                session, [acorn.draft(TODAY, lines=[line, acorn.line(SUSPENSE, -amount)])]
            )
            lines[amount] = session.scalar(
                text("SELECT id FROM posting WHERE entry_id = :id AND line = 1"), {"id": entry.id}
            )
        debit, credit = (open_item(session, lines[n], reference="1") for n in (50, -50))
        allocate(
            session, debit_item_id=debit.id, credit_item_id=credit.id, amount_minor=20, on=TODAY
        )
    return acorn


@pytest.fixture
def hand(database: Database) -> Iterator[Connection]:
    """Above all rules."""
    with database.as_superuser().connect() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        connection.commit()
        yield connection


def broken(house: House) -> set[str]:
    with house.acting("worker") as session:
        runtime = house.database["worker"]
        return {
            failure.invariant
            for name, check in registry.checks.items()
            if name.startswith("ledger.")
            for failure in check.find(session, runtime)
        }


def test_sound_books_have_no_failure(books: House) -> None:
    assert broken(books) == set()
    assert {name for name in registry.checks if name.startswith("ledger.")} == {
        *sentences(),
        "ledger.chain_unbroken",
    }


@pytest.mark.parametrize(
    ("wrong", "invariant"),
    [
        ("UPDATE account_balance SET debit_minor = debit_minor + 1", "trial_balance_zero"),
        ("UPDATE account_balance SET lines = lines + 1", "balances_equal_rebuild"),
        ("DELETE FROM account_balance", "balances_equal_rebuild"),
        ("UPDATE posting SET amount_minor = 0 WHERE amount_minor = 3", "entries_balanced"),
        ("UPDATE posting SET base_minor = 0 WHERE amount_minor = 3", "entries_balanced"),
        ("DELETE FROM posting WHERE abs(amount_minor) = 3", "entries_have_lines"),
        ("UPDATE journal_entry SET number = 99 WHERE number = 2", "numbers_gapless"),
        ("UPDATE number_series SET next_number = 99", "numbers_gapless"),
        ("DELETE FROM period WHERE month = '2026-12-01'", "periods_contiguous"),
        ("UPDATE period SET fiscal_year = 1999", "entries_in_their_year"),
        (
            "UPDATE open_item SET residual_minor = 1 WHERE original_minor = 50",
            "open_item_residuals",
        ),
        ("DELETE FROM allocation", "open_item_residuals"),
    ],
)
def test_each_wrong_is_named(books: House, hand: Connection, wrong: str, invariant: str) -> None:
    hand.execute(text(wrong))
    hand.commit()
    assert f"ledger.{invariant}" in broken(books)


@pytest.mark.parametrize(
    ("forged", "place"),
    [
        ("UPDATE posting SET narration = 'x' WHERE amount_minor = 3", 3),
        ("UPDATE posting SET account_id = :other WHERE amount_minor = 3", 3),
        ("UPDATE posting SET accounting_date = accounting_date - 1 WHERE amount_minor = 3", 3),
        ("DELETE FROM posting WHERE amount_minor = 2", 2),
        ("UPDATE journal_entry SET narration = 'x' WHERE sequence = 1", 1),
        ("UPDATE journal_entry SET actor_kind = 'person' WHERE sequence = 4", 4),
        ("UPDATE journal_entry SET recorded_at = now() WHERE sequence = 4", 4),
        ("UPDATE journal_entry SET number = 77 WHERE sequence = 4", 4),
        ("UPDATE journal_entry SET previous_hash = '' WHERE sequence = 4", 4),
        ("DELETE FROM journal_entry WHERE sequence = 2", 2),
        ("DELETE FROM journal_entry WHERE sequence = 6", 6),
        ("UPDATE journal_entry SET sequence = sequence + 1 WHERE sequence = 6", 6),
        ("UPDATE ledger_head SET sequence = sequence + 1", ENTRIES + 1),
        ("UPDATE ledger_head SET hash = ''", ENTRIES + 1),
    ],
)
def test_the_chain_names_the_first_entry_that_was_touched(
    books: House, hand: Connection, forged: str, place: int
) -> None:
    hand.execute(text(forged), {"other": books.codes["7010"]} if ":other" in forged else {})
    hand.commit()
    with books.acting() as session:
        assert first_broken(session) == place
    assert "ledger.chain_unbroken" in broken(books)


def test_a_line_slipped_into_an_old_entry_breaks_the_chain(books: House, hand: Connection) -> None:
    hand.execute(
        text(
            "INSERT INTO posting SELECT client_id, gen_random_uuid(), entry_id, line + 10,"
            " account_id, accounting_date, amount_minor, currency, base_minor, narration"
            " FROM posting WHERE abs(amount_minor) = 2"
        )
    )
    hand.commit()
    with books.acting() as session:
        assert first_broken(session) == 2
