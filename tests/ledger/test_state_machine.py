"""Whatever is done, in whatever order, the trial balance is the oracle's after each step.

Promise P2. `LEDGER_EXAMPLES` and `LEDGER_STEPS` raise the figures for a long run.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from backoffice.foundation.clock import real_now
from backoffice.foundation.errors import BadInput
from backoffice.ledger import (
    AlreadyReversed,
    PeriodClosed,
    Unbalanced,
    move_period,
    post,
    reverse,
    trial_balance,
)
from backoffice.ledger.catalogue import COUNTS
from backoffice.ledger.chain import first_broken
from backoffice.ledger.rules import months
from tests.ledger.conftest import House, opened
from tests.ledger.oracle import Oracle
from tests.support.databases import Database

EXAMPLES = int(os.environ.get("LEDGER_EXAMPLES", "50"))
STEPS = int(os.environ.get("LEDGER_STEPS", "30"))

FIRST, LAST = date(2025, 4, 1), date(2028, 3, 31)
YEAR_STARTS = [date(year, 4, 1) for year in (2025, 2026, 2027)]
PROFIT_AND_LOSS = {"4000", "4910", "5000", "7000"}
CODES = st.sampled_from(sorted({*PROFIT_AND_LOSS, "1110", "1390", "2110", "3010", "3200"}))
DAYS = st.dates(FIRST, LAST)
AMOUNTS = st.integers(-(10**6), 10**6) | st.sampled_from([-(10**15), 10**15])


@st.composite
def balanced(draw: Callable[..., Any]) -> list[tuple[str, int]]:
    lines = draw(st.lists(st.tuples(CODES, AMOUNTS), min_size=1, max_size=4))
    return [*lines, (draw(CODES), -sum(amount for _code, amount in lines))]


class Books(RuleBasedStateMachine):
    """One client's books beside the oracle."""

    house: House

    def __init__(self) -> None:
        super().__init__()
        self.oracle = Oracle(YEAR_STARTS, PROFIT_AND_LOSS, "3200")
        self.ids: list[Any] = []
        self.as_known: list[tuple[Any, date, dict[str, int]]] = []

    @initialize()
    def open(self) -> None:
        self.house = opened(self.database)

    database: Database

    @rule(day=DAYS, lines=balanced())
    def post(self, day: date, lines: list[tuple[str, int]]) -> None:
        try:
            posted = self.house.post(day, *lines)
        except PeriodClosed:
            assert not self.oracle.takes(day, lines)
            return
        assert self.oracle.takes(day, lines)
        self.ids.append(posted.id)
        self.oracle.post(day, lines)

    @rule(entries=st.lists(st.tuples(DAYS, balanced()), min_size=1, max_size=5))
    def post_in_bulk(self, entries: list[tuple[date, list[tuple[str, int]]]]) -> None:
        drafts = [self.house.draft(day, *lines) for day, lines in entries]
        try:
            with self.house.acting() as session:
                posted = post(session, drafts)
        except PeriodClosed:
            assert not all(self.oracle.takes(day, lines) for day, lines in entries)
            return
        for entry, (day, lines) in zip(posted, entries, strict=True):
            self.ids.append(entry.id)
            self.oracle.post(day, lines)

    @rule(day=DAYS, lines=balanced(), by=st.sampled_from([-1, 1]))
    def post_unbalanced(self, day: date, lines: list[tuple[str, int]], by: int) -> None:
        wrong = [*lines[:-1], (lines[-1][0], lines[-1][1] + by)]
        with pytest.raises((Unbalanced, PeriodClosed)):
            self.house.post(day, *wrong)

    @precondition(lambda self: self.ids)
    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(self.ids) - 1))
        day, lines = self.oracle.entries[place]
        on = self.oracle.first_open_day(day, LAST)
        try:
            with self.house.acting() as session:
                [mirror] = reverse(session, [self.ids[place]], reason="Wrong.")
        except AlreadyReversed:
            assert place in self.oracle.reversed
            return
        except PeriodClosed:
            assert on is None
            return
        assert place not in self.oracle.reversed
        assert on is not None
        self.oracle.reversed.add(place)
        self.ids.append(mirror.id)
        self.oracle.post(on, [(code, -amount) for code, amount in lines.items()])

    @rule(day=DAYS)
    def close(self, day: date) -> None:
        month = day.replace(day=1)
        if month not in self.oracle.closed:
            with self.house.acting() as session:
                move_period(session, month, to="closed")
            self.oracle.closed.add(month)

    @precondition(lambda self: self.oracle.closed)
    @rule(data=st.data())
    def open_again(self, data: st.DataObject) -> None:
        month = data.draw(st.sampled_from(sorted(self.oracle.closed)))
        with self.house.acting() as session:
            move_period(session, month, to="open", reason="A late bill.")
        self.oracle.closed.remove(month)

    @rule()
    def post_nothing(self) -> None:
        with pytest.raises((BadInput, PeriodClosed)):
            self.house.post(date(2026, 11, 1))

    @rule(day=DAYS)
    def remember(self, day: date) -> None:
        """What is known now must be answered the same later."""
        self.as_known.append((real_now(), day, self.oracle.trial_balance(day)))

    @rule(day=DAYS | st.sampled_from([*YEAR_STARTS, LAST, date(2026, 3, 31)]))
    def ask(self, day: date) -> None:
        with self.house.acting() as session:
            assert nets(session, day) == self.oracle.trial_balance(day)

    @invariant()
    def the_trial_balance_is_the_oracles(self) -> None:
        if not hasattr(self, "house"):
            return
        with self.house.acting() as session:
            balance = trial_balance(session, LAST)
            assert balance.total_debit_minor == balance.total_credit_minor
            found = {row.code: row.net_minor for row in balance.rows}
            assert found == self.oracle.trial_balance(LAST)

    def teardown(self) -> None:
        if not hasattr(self, "house"):
            return
        with self.house.acting() as session:
            for known_at, day, expected in self.as_known:
                found = trial_balance(session, day, known_at=known_at)
                assert {row.code: row.net_minor for row in found.rows} == expected
            for statement in COUNTS.values():
                given = {"client_id": self.house.client_id}
                assert session.scalar(text(statement), given) == 0
            assert first_broken(session) is None


def nets(session: Any, day: date) -> dict[str, int]:
    return {row.code: row.net_minor for row in trial_balance(session, day).rows}


def test_the_books_are_the_oracles(database: Database) -> None:
    class OnThisDatabase(Books):
        pass

    OnThisDatabase.database = database
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        OnThisDatabase,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_oracle_finds_the_first_open_day() -> None:
    oracle = Oracle(YEAR_STARTS, PROFIT_AND_LOSS, "3200")
    oracle.closed = set(months(FIRST, date(2026, 5, 1)))
    assert oracle.first_open_day(date(2025, 12, 24), LAST) == date(2026, 6, 1)
    assert oracle.first_open_day(LAST, LAST - timedelta(days=1)) is None
