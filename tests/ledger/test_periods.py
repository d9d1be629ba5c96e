"""Closing: who wins when a close and a posting meet, and what may follow what."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from sqlalchemy import func, select

from backoffice.foundation.errors import BadInput, Conflict
from backoffice.ledger import JournalEntry, PeriodClosed, move_period, post, reverse, trial_balance
from backoffice.ledger.models import PeriodEvent
from tests.ledger.conftest import PRIYA, TODAY, House

RENT, SUSPENSE = "7000", "1390"
WAIT_SECONDS = 0.3  # long enough that a call that should wait would have returned


def test_a_closed_period_takes_no_entries(acorn: House) -> None:
    with acorn.acting() as session:
        move_period(session, TODAY, to="closed")
    with pytest.raises(PeriodClosed, match="November 2026") as refused:
        acorn.post(TODAY, (RENT, 1), (SUSPENSE, -1))
    assert (refused.value.code, refused.value.http_status) == ("period_closed", 409)


def test_a_soft_closed_period_takes_adjusting_entries_alone(acorn: House) -> None:
    with acorn.acting() as session:
        move_period(session, TODAY, to="soft_closed")
    with pytest.raises(PeriodClosed):
        acorn.post(TODAY, (RENT, 1), (SUSPENSE, -1))
    with acorn.acting() as session:
        post(session, [acorn.draft(TODAY, (RENT, 1), (SUSPENSE, -1))], adjusting=True)


def test_opening_again_needs_a_reason_and_is_an_event(acorn: House) -> None:
    with acorn.acting() as session:
        move_period(session, TODAY, to="closed")
        with pytest.raises(BadInput, match="why"):
            move_period(session, TODAY, to="open")
        move_period(session, TODAY, to="open", reason="The bank sent a late correction.")
        events = session.scalars(select(PeriodEvent).order_by(PeriodEvent.id)).all()
        assert [(e.from_state, e.to_state, e.actor_id) for e in events] == [
            ("open", "closed", PRIYA.id),
            ("closed", "open", PRIYA.id),
        ]


@pytest.mark.parametrize("to", ["open", "soft_closed", "closed"])
def test_locked_never_opens_again(acorn: House, to: str) -> None:
    with acorn.acting() as session:
        move_period(session, TODAY, to="closed")
        move_period(session, TODAY, to="locked")
        with pytest.raises(Conflict):
            move_period(session, TODAY, to=to, reason="please")


def test_a_close_waits_for_what_is_being_posted(acorn: House) -> None:
    closed = threading.Event()

    def close() -> None:
        with acorn.acting() as session:
            move_period(session, TODAY, to="closed")
        closed.set()

    closing = threading.Thread(target=close)
    with acorn.acting() as session:
        post(session, [acorn.draft(TODAY, (RENT, 100), (SUSPENSE, -100))])
        closing.start()
        assert not closed.wait(WAIT_SECONDS)
    closing.join()
    assert closed.is_set()
    with acorn.acting() as session:
        assert session.scalar(select(func.count(JournalEntry.id))) == 1


def test_a_posting_that_waited_for_a_close_is_refused_and_moves_no_balance(acorn: House) -> None:
    refusals: list[Exception] = []

    def late() -> None:
        try:
            acorn.post(TODAY, (RENT, 100), (SUSPENSE, -100))
        except PeriodClosed as refused:
            refusals.append(refused)

    posting = threading.Thread(target=late)
    with acorn.acting() as session:
        move_period(session, TODAY, to="closed")
        posting.start()
        posting.join(WAIT_SECONDS)
        assert posting.is_alive()
    posting.join()
    assert len(refusals) == 1
    with acorn.acting() as session:
        assert trial_balance(session, TODAY).rows == []


def test_a_reversal_falls_on_the_first_open_day(acorn: House) -> None:
    day = date(2026, 9, 15)
    posted = acorn.post(day, (RENT, 100), (SUSPENSE, -100))
    with acorn.acting() as session:
        for month in (9, 10):
            move_period(session, date(2026, month, 1), to="closed")
    with acorn.acting() as session:
        [mirror] = reverse(session, [posted.id], reason="Posted twice by the bank.")
        entry = session.get_one(JournalEntry, (acorn.client_id, mirror.id))
        assert entry.accounting_date == date(2026, 11, 1)
