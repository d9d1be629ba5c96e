"""Statements in whatever order they come, and taken back again: the books agree with the bank."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from backoffice.firm.documents.models import Document
from backoffice.firm.work.models import WorkItem
from backoffice.foundation.errors import BadInput, Conflict, Refused
from backoffice.ledger import LedgerAccount, PeriodClosed, move_period
from backoffice.service_lines.banking.actions import coding
from backoffice.service_lines.banking.actions.accepting import accept_all_sure, undo_accepted
from backoffice.service_lines.banking.actions.releasing import undo_import
from backoffice.service_lines.banking.actions.ruling import make_rule
from backoffice.service_lines.banking.models import BankImport, BankLine
from backoffice.service_lines.banking.queries.grid import grid
from tests.service_lines.banking.coding_desk import Desk
from tests.service_lines.banking.files import SAVINGS, bought, statement
from tests.service_lines.banking.test_background import upload, work

BANK, MATERIALS, OPENING, RETAINED = "1201", "5000", "3100", "3200"
WAIT_SECONDS = 0.3  # long enough that a call that should wait would have returned


def code_what_is_open(desk: Desk) -> None:
    for line in desk.lines():
        if line.state == "open":
            desk.code(line, MATERIALS)


def newest_import(desk: Desk) -> UUID:
    with desk.acting() as session:
        newest = select(BankImport.id).order_by(BankImport.id.desc()).limit(1)
        return session.scalars(newest).one()


def test_an_older_statement_that_is_taken_back_leaves_the_opening_as_it_was(desk: Desk) -> None:
    desk.receive(statement(bought(10, -100), bought(11, -200), opening=5_000))
    first, second = desk.lines()
    desk.code(first, MATERIALS)
    desk.receive(statement(bought(2, -700), opening=5_700))
    desk.code(second, MATERIALS)  # the opening moves to the older statement
    with desk.acting() as session:
        undo_import(session, newest_import(desk), by=desk.cast.actor("priya"))
    assert desk.balances() == {BANK: 4_700, MATERIALS: 300, OPENING: -5_000}
    assert desk.failures() == []


def test_of_two_statements_of_one_day_the_first_begins_the_books(desk: Desk) -> None:
    desk.receive(statement(bought(2, -30), opening=900))  # the afternoon comes first
    desk.receive(statement(bought(2, -100), opening=1_000))
    code_what_is_open(desk)
    assert desk.balances() == {BANK: 870, MATERIALS: 130, OPENING: -1_000}


def test_a_transfer_to_an_account_in_another_currency_is_refused(desk: Desk) -> None:
    desk.receive(
        statement(bought(9, -500), opening=600),
        statement(bought(9, 640), opening=0, number=SAVINGS, currency="USD"),
    )
    out, came = desk.lines()
    dollars = desk.bank_account(SAVINGS[-4:])
    for other in (None, came.id):
        with pytest.raises(BadInput, match="another currency"):
            desk.transfer(out, dollars, other)
    assert desk.line(out.id).state == "open"


def test_a_coding_in_a_closed_month_is_not_undone(desk: Desk) -> None:
    line = desk.receive_lines(bought(2, -100), opening=100)[0]
    desk.code(line, MATERIALS)
    with desk.acting("nadia") as session:
        move_period(session, date(2026, 11, 1), to="closed")
    with pytest.raises(PeriodClosed, match="November 2026 is closed"):
        desk.undo(desk.line(line.id))
    with pytest.raises(PeriodClosed):
        desk.code(desk.line(line.id), "7000")
    assert desk.line(line.id).state == "coded"


def test_a_line_of_a_closed_month_is_not_coded(desk: Desk) -> None:
    line = desk.receive_lines(bought(2, -100), opening=0)[0]
    with desk.acting("nadia") as session:
        move_period(session, date(2026, 11, 1), to="closed")
    with pytest.raises(PeriodClosed, match="November 2026 is closed"):
        desk.code(line, MATERIALS)
    assert (desk.line(line.id).state, desk.balances()) == ("open", {})


def test_a_line_long_before_the_books_opens_their_years(desk: Desk) -> None:
    old = replace(bought(1, -100), day=date(2019, 3, 5))
    desk.code(desk.receive_lines(old, opening=100)[0], MATERIALS)
    assert desk.balances() == {OPENING: -100, RETAINED: 100}
    assert desk.failures() == []


def test_a_line_of_another_age_is_refused_in_words(desk: Desk) -> None:
    ancient = desk.receive_lines(replace(bought(1, -100), day=date(1950, 3, 5)))[0]
    with pytest.raises(BadInput, match="more than 30 years away"):
        desk.code(ancient, MATERIALS)


def test_the_first_that_was_received_may_be_read_last(desk: Desk) -> None:
    """What is known was known from the other, whichever of the two began first."""
    one, two = bought(2, -100), bought(3, -200)
    upload(desk.cast, statement(one, two, opening=900), name="whole.xml")
    desk.receive(statement(one, opening=900))
    inline = newest_import(desk)
    work(desk.cast)
    assert len(desk.lines()) == 2
    with pytest.raises(Conflict, match="rests on them"), desk.acting() as session:
        undo_import(session, inline, by=desk.cast.actor("priya"))


def test_uploads_in_the_wrong_order_find_their_place(desk: Desk) -> None:
    first = statement(bought(2, -100), opening=10_000)
    second = statement(bought(5, -700), opening=first.closing_cents)
    third = statement(bought(9, 50), opening=second.closing_cents)
    for one in (first, third, second):
        upload(desk.cast, one, name="part.xml")
        work(desk.cast)
    assert [line.amount_minor for line in desk.lines()] == [-100, -700, 50]
    with desk.acting() as session:
        states = session.scalars(select(BankImport.state).order_by(BankImport.id)).all()
        assert states == ["shown", "undone", "shown", "shown"]
        assert set(session.scalars(select(Document.state))) == {"kept"}
        held = select(WorkItem.state).where(WorkItem.kind == "held_statement")
        assert session.scalars(held).all() == ["done"]


def test_a_large_import_keeps_within_the_time_of_a_page(desk: Desk) -> None:
    """The workbench's statements end after five seconds, and the planner has counted nothing."""
    priya = desk.cast.actor("priya")
    desk.receive(statement(*(bought(1 + n % 28, -n) for n in range(1, 12_001))))
    account = desk.lines()[0].bank_account_id
    with desk.acting() as session:
        materials = select(LedgerAccount.id).where(LedgerAccount.code == MATERIALS)
        make_rule(session, words="timber", account_id=session.scalars(materials).one(), by=priya)
    with desk.acting() as session:
        accepted = accept_all_sure(session, bank_account_id=account, by=priya, key="k")
        assert accepted.coded == 2_000
    with desk.acting() as session:
        assert len(grid(session, bank_account_id=account, tab="open").rows) == 200
        assert undo_accepted(session, key="k", by=priya) == 2_000
    desk.receive(statement(*(bought(1 + n % 28, -n) for n in range(1, 12_001)), number=SAVINGS))
    with desk.acting() as session:
        undo_import(session, newest_import(desk), by=priya)
    assert len(desk.lines()) == 12_000


def test_who_takes_an_import_back_waits_for_who_codes(desk: Desk) -> None:
    line = desk.receive_lines(bought(2, -100))[0]
    refused: list[Refused] = []

    def take_back() -> None:
        try:
            with desk.acting("tom") as session:
                undo_import(session, line.import_id, by=desk.cast.actor("tom"))
        except Refused as refusal:
            refused.append(refusal)

    materials, taking_back = desk.account(MATERIALS), threading.Thread(target=take_back)
    with desk.acting() as session:
        coding.code_line(
            session,
            line.id,
            account_id=materials,
            version=line.version,
            by=desk.cast.actor("priya"),
            key="k",
        )
        taking_back.start()
        taking_back.join(WAIT_SECONDS)
        assert taking_back.is_alive()
    taking_back.join()
    assert [one.code for one in refused] == ["import_rests"]
    assert desk.line(line.id).state == "coded"


def test_who_codes_waits_for_nobody_who_has_a_like_line_in_hand(desk: Desk) -> None:
    one = desk.receive_lines(bought(2, -100), opening=100)[0]
    october = replace(bought(1, -100), day=date(2026, 10, 30))
    desk.receive(statement(october, opening=200))
    other = next(line for line in desk.lines() if line.id != one.id)
    with desk.acting("tom") as session:
        mine = select(BankLine).where(BankLine.id == other.id)
        session.scalars(mine.with_for_update()).one()
        desk.code(one, MATERIALS)
    assert desk.line(other.id).reason_times is None


def test_one_press_takes_back_what_another_has_not_changed(desk: Desk) -> None:
    desk.receive_lines(*(bought(day, -100) for day in range(2, 8)))
    with desk.acting() as session:
        make_rule(
            session,
            words="larkfield timber",
            account_id=session.scalars(
                select(LedgerAccount.id).where(LedgerAccount.code == MATERIALS)
            ).one(),
            by=desk.cast.actor("priya"),
        )
    account = desk.lines()[0].bank_account_id
    with desk.acting() as session:
        accept_all_sure(session, bank_account_id=account, by=desk.cast.actor("priya"), key="k")
    changed = desk.lines()[0]
    desk.code(changed, "7000", by="tom")
    with desk.acting() as session:
        assert undo_accepted(session, key="k", by=desk.cast.actor("priya")) == 5
    assert [line.state for line in desk.lines()] == ["coded", *["open"] * 5]
    assert desk.failures() == []
