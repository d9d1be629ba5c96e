"""No wrong line gets in by any path: the same attempts in plain SQL, as the workbench logs in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from backoffice.foundation.ids import new_id
from backoffice.ledger import JournalEntry, Posting, move_period, trial_balance
from tests.ledger.conftest import TODAY, House, opened
from tests.support.databases import Database

RENT, SUSPENSE = "7000", "1390"

ENTRY = text(
    "INSERT INTO journal_entry (client_id, id, series, fiscal_year, number, sequence,"
    " accounting_date, tax_date, document_date, narration, source_kind, source_id, purpose,"
    " actor_kind, recorded_at, business_at, content_hash, previous_hash, hash)"
    " VALUES (:client_id, :id, 'journal', 2027, :number, :number, :on, :on, :on, '', :kind, :id,"
    " '', 'system', now(), now(), '', '', '')"
)
LINES = (
    "INSERT INTO posting (client_id, id, entry_id, line, account_id, accounting_date,"
    " amount_minor, currency, base_minor, narration) VALUES "
)


@dataclass
class Hand:
    """Somebody with the workbench's login and a terminal."""

    session: Session
    house: House
    number: int = 1

    def entry(self, on: date = TODAY, kind: str = "test", number: int = 1) -> UUID:
        entry_id = new_id()
        arguments = {"client_id": self.house.client_id, "id": entry_id, "on": on, "kind": kind}
        self.session.execute(ENTRY, arguments | {"number": number})
        return entry_id

    def lines(self, entry_id: UUID, *lines: tuple[str, int], **more: Any) -> None:
        """One INSERT of all lines."""
        on = more.get("on", TODAY)
        rows = [
            f"('{more.get('client_id', self.house.client_id)}', '{new_id()}', '{entry_id}',"
            f" {place + more.get('start', 0)}, '{more.get('codes', self.house.codes)[code]}',"
            f" '{on}', {amount}, '{more.get('currencies', ['GBP', 'GBP'])[place % 2]}',"
            f" {amount}, '')"
            for place, (code, amount) in enumerate(lines)
        ]
        self.session.execute(text(LINES + ", ".join(rows)))


def count(house: House, what: type) -> int:
    with house.acting() as session:
        return session.scalar(select(func.count(what.id))) or 0  # type: ignore[attr-defined]


def refused(error: pytest.ExceptionInfo[Any]) -> str:
    return str(error.value.orig.diag.constraint_name)


def test_a_balanced_entry_by_hand_is_taken_and_moves_the_balances(acorn: House) -> None:
    with acorn.acting() as session:
        hand = Hand(session, acorn)
        hand.lines(hand.entry(), (RENT, 100), (SUSPENSE, -100))
    with acorn.acting() as session:
        totals = {row.code: row.net_minor for row in trial_balance(session, TODAY).rows}
    assert totals == {RENT: 100, SUSPENSE: -100}


@pytest.mark.parametrize("amounts", [(100_00, -99_99), (1, -2), (5, 5)])
def test_lines_that_differ_by_a_penny_are_refused_at_the_statement(
    acorn: House, amounts: tuple[int, int]
) -> None:
    with acorn.acting() as session:
        hand = Hand(session, acorn)
        entry = hand.entry()
        with pytest.raises(IntegrityError) as error:
            hand.lines(entry, (RENT, amounts[0]), (SUSPENSE, amounts[1]))
        session.rollback()
    assert refused(error) == "lines_sum_to_zero"
    assert count(acorn, Posting) == count(acorn, JournalEntry) == 0


def test_mixed_currencies_are_refused_at_the_statement(acorn: House) -> None:
    with acorn.acting() as session:
        hand = Hand(session, acorn)
        entry = hand.entry()
        with pytest.raises(IntegrityError) as error:
            hand.lines(entry, (RENT, 100), (SUSPENSE, -100), currencies=["GBP", "USD"])
        session.rollback()
    assert refused(error) == "lines_sum_to_zero"


def test_lines_that_balance_over_two_entries_only_are_refused(acorn: House) -> None:
    with acorn.acting() as session:
        hand = Hand(session, acorn)
        first, second = hand.entry(number=1), hand.entry(number=2)
        rows = [
            f"('{acorn.client_id}', '{new_id()}', '{entry}', 1, '{acorn.codes[RENT]}',"
            f" '{TODAY}', {amount}, 'GBP', {amount}, '')"
            for entry, amount in ((first, 100), (second, -100))
        ]
        with pytest.raises(IntegrityError) as error:
            session.execute(text(LINES + ", ".join(rows)))
        session.rollback()
    assert refused(error) == "lines_sum_to_zero"


def test_an_entry_without_lines_does_not_survive_the_commit(acorn: House) -> None:
    with pytest.raises(IntegrityError) as error, acorn.acting() as session:
        Hand(session, acorn).entry()
    assert refused(error) == "entry_has_lines"
    assert count(acorn, JournalEntry) == 0


def test_balanced_lines_appended_later_are_refused(acorn: House) -> None:
    posted = acorn.post(TODAY, (RENT, 100), (SUSPENSE, -100))
    with acorn.acting() as session:
        with pytest.raises(IntegrityError) as error:
            Hand(session, acorn).lines(posted.id, (RENT, 7), (SUSPENSE, -7), start=10)
        session.rollback()
    assert refused(error) == "line_in_its_own_entry"
    assert count(acorn, Posting) == 2


def test_the_transaction_of_an_entry_cannot_be_claimed(acorn: House) -> None:
    with acorn.acting() as session:
        with pytest.raises(DBAPIError, match="permission denied"):
            session.execute(
                text("INSERT INTO journal_entry (client_id, id, posted_in) VALUES (:c, :i, 1)"),
                {"c": acorn.client_id, "i": new_id()},
            )
        session.rollback()


def test_lines_stand_on_the_date_of_their_entry(acorn: House) -> None:
    with acorn.acting() as session:
        hand = Hand(session, acorn)
        entry = hand.entry()
        with pytest.raises(IntegrityError) as error:
            hand.lines(entry, (RENT, 1), (SUSPENSE, -1), on=date(2026, 10, 1))
        session.rollback()
    assert refused(error) == "line_in_its_own_entry"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE posting SET amount_minor = amount_minor",
        "UPDATE journal_entry SET narration = 'other'",
        "DELETE FROM posting",
        "DELETE FROM journal_entry",
        "TRUNCATE posting",
        "UPDATE account_balance SET debit_minor = 0",
        "INSERT INTO account_balance SELECT * FROM account_balance",
        "DELETE FROM account_balance",
        "UPDATE account SET kind = 'income'",
        "UPDATE period SET fiscal_year = 1",
    ],
)
def test_what_is_posted_is_changed_by_nobody(acorn: House, statement: str) -> None:
    acorn.post(TODAY, (RENT, 100), (SUSPENSE, -100))
    for role in ("portal", "workbench", "worker"):
        with acorn.acting(role) as session:
            with pytest.raises(DBAPIError, match="permission denied"):
                session.execute(text(statement))
            session.rollback()


@pytest.mark.parametrize("table", ["posting", "journal_entry", "period_event", "allocation"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_not_even_the_owner_changes_what_is_posted(
    acorn: House, database: Database, table: str, verb: str
) -> None:
    with database.as_superuser().connect() as connection:
        connection.execute(text("SET ROLE backoffice_owner"))
        with pytest.raises(IntegrityError, match="never changed"):
            connection.execute(text(verb.format(table)))


def test_another_clients_account_is_refused(acorn: House, birch: House) -> None:
    with acorn.acting() as session:
        hand = Hand(session, acorn)
        entry = hand.entry()
        with pytest.raises(IntegrityError, match="fk_posting_client_id_account_id"):
            hand.lines(entry, ("6100", 1), ("1390", -1), codes=birch.codes)
        session.rollback()


def test_a_line_for_another_client_is_refused(acorn: House, birch: House) -> None:
    entry = birch.post(TODAY, ("6100", 1), ("1390", -1))
    with acorn.acting() as session:
        with pytest.raises(DBAPIError, match="row-level security"):
            Hand(session, acorn).lines(
                entry.id, ("6100", 1), ("1390", -1), codes=birch.codes, client_id=birch.client_id
            )
        session.rollback()


@pytest.mark.parametrize("state", ["closed", "locked"])
def test_a_closed_period_is_refused(acorn: House, state: str) -> None:
    with acorn.acting() as session:
        move_period(session, TODAY, to="closed")
        if state == "locked":
            move_period(session, TODAY, to="locked")
    with acorn.acting() as session:
        with pytest.raises(IntegrityError) as error:
            Hand(session, acorn).entry()
        session.rollback()
    assert refused(error) == "period_takes_entries"


def test_a_missing_period_is_refused(acorn: House) -> None:
    with acorn.acting() as session:
        with pytest.raises(IntegrityError) as error:
            Hand(session, acorn).entry(on=date(2031, 1, 1))
        session.rollback()
    assert refused(error) == "period_takes_entries"


def test_a_manual_line_on_a_control_account_is_refused(acorn: House) -> None:
    with acorn.acting() as session:
        hand = Hand(session, acorn)
        entry = hand.entry(kind="manual")
        with pytest.raises(IntegrityError) as error:
            hand.lines(entry, ("1130", 1), (SUSPENSE, -1))
        session.rollback()
    assert refused(error) == "control_account_takes_no_manual_line"


@pytest.mark.parametrize("rule", ["heading", "archived"])
def test_a_heading_and_an_archived_account_are_refused(acorn: House, rule: str) -> None:
    code = "1200" if rule == "heading" else "7040"
    with acorn.acting() as session:
        if rule == "archived":
            session.execute(text("UPDATE account SET archived_at = now() WHERE code = '7040'"))
        hand = Hand(session, acorn)
        entry = hand.entry()
        with pytest.raises(IntegrityError) as error:
            hand.lines(entry, (code, 1), (SUSPENSE, -1))
        session.rollback()
    assert refused(error) == "account_takes_lines"


def test_a_shadow_table_does_not_fool_the_triggers(acorn: House) -> None:
    posted = acorn.post(TODAY, (RENT, 100), (SUSPENSE, -100))
    with acorn.acting() as session:
        session.execute(
            text(
                "CREATE TEMP TABLE journal_entry AS SELECT client_id, id, accounting_date,"
                " source_kind, pg_current_xact_id()::text::bigint AS posted_in"
                " FROM public.journal_entry"
            )
        )
        with pytest.raises(IntegrityError) as error:
            Hand(session, acorn).lines(posted.id, (RENT, 7), (SUSPENSE, -7), start=10)
        session.rollback()
    assert refused(error) == "line_in_its_own_entry"


@pytest.mark.parametrize(
    ("trigger", "table"),
    [("a_lines_sum_to_zero", "posting"), ("b_lines_fit", "posting"),
     ("entry_has_lines", "journal_entry"), ("period_takes_entries", "journal_entry")],
)  # fmt: skip
def test_each_trigger_is_what_refuses(database: Database, trigger: str, table: str) -> None:
    """The mutation of these tests: without the trigger the wrong rows do get in."""
    acorn = opened(database)
    with database.as_superuser().begin() as connection:
        connection.execute(text(f"DROP TRIGGER {trigger} ON {table}"))
    with acorn.acting() as session:
        hand = Hand(session, acorn)
        match trigger:
            case "a_lines_sum_to_zero":
                hand.lines(hand.entry(), (RENT, 100), (SUSPENSE, -99))
            case "b_lines_fit":
                hand.lines(hand.entry(kind="manual"), ("1130", 1), ("1200", -1))
            case "entry_has_lines":
                hand.entry()
            case "period_takes_entries":
                hand.lines(
                    hand.entry(on=date(2031, 1, 1)),
                    (RENT, 1),
                    (SUSPENSE, -1),
                    on=date(2031, 1, 1),
                )
    assert count(acorn, JournalEntry) == 1
