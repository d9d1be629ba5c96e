"""Many at once: numbers without a gap, sources posted once, balances that agree."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date

from sqlalchemy import select, text

from backoffice.ledger import Draft, JournalEntry, Unbalanced, post, trial_balance
from backoffice.ledger.catalogue import COUNTS
from backoffice.ledger.chain import first_broken
from tests.ledger.conftest import TODAY, House

RENT, SUSPENSE = "7000", "1390"
THREADS = 8


def at_once(act: Callable[[int], None]) -> list[BaseException]:
    """Let all threads go together; answers what they raised."""
    raised: list[BaseException] = []
    together = threading.Barrier(THREADS)

    def run(number: int) -> None:
        together.wait()
        try:
            act(number)
        except Exception as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def sound(house: House) -> None:
    with house.acting() as session:
        for statement in COUNTS.values():
            assert session.scalar(text(statement), {"client_id": house.client_id}) == 0
        assert first_broken(session) is None


def test_numbers_have_no_gap_though_some_fail(acorn: House) -> None:
    def act(number: int) -> None:
        for attempt in range(6):
            amount = -100 if (number + attempt) % 3 else -99
            on = (TODAY, date(2026, 3, 1))[attempt % 2]
            try:
                acorn.post(on, (RENT, 100), (SUSPENSE, amount))
            except Unbalanced:
                continue

    assert at_once(act) == []
    with acorn.acting() as session:
        rows = session.execute(
            select(JournalEntry.fiscal_year, JournalEntry.number).order_by(JournalEntry.number)
        ).all()
    for year in (2026, 2027):
        numbers = [number for each, number in rows if each == year]
        assert numbers == list(range(1, len(numbers) + 1))
        assert numbers
    sound(acorn)


def test_a_transaction_that_fails_later_leaves_no_gap(acorn: House) -> None:
    def act(number: int) -> None:
        try:
            with acorn.acting() as session:
                post(session, [acorn.draft(TODAY, (RENT, 1), (SUSPENSE, -1))])
                if number % 2:
                    raise InterruptedError
        except InterruptedError:
            return

    assert at_once(act) == []
    with acorn.acting() as session:
        numbers = session.scalars(select(JournalEntry.number).order_by(JournalEntry.number)).all()
    assert numbers == [1, 2, 3, 4]
    sound(acorn)


def test_one_source_posted_by_many_is_one_entry(acorn: House) -> None:
    draft = acorn.draft(TODAY, (RENT, 5), (SUSPENSE, -5))
    answers = []

    def act(_number: int) -> None:
        with acorn.acting() as session:
            answers.extend(post(session, [draft]))

    assert at_once(act) == []
    assert len({answer.id for answer in answers}) == 1
    assert [answer.again for answer in answers].count(False) == 1
    sound(acorn)


def test_those_who_touch_the_same_balances_in_other_orders_do_not_deadlock(acorn: House) -> None:
    codes = ["7000", "7010", "7020", "7030", "7040", "7100"]

    def drafts(number: int) -> list[Draft]:
        turned = codes[number % 6 :] + codes[: number % 6]
        months = [date(2026, 4 + (number + n) % 8, 1) for n in range(4)]
        return [acorn.draft(on, *((code, 1) for code in turned), (SUSPENSE, -6)) for on in months]

    def act(number: int) -> None:
        for _ in range(3):
            with acorn.acting() as session:
                post(session, drafts(number))

    assert at_once(act) == []
    with acorn.acting() as session:
        assert trial_balance(session, date(2027, 3, 31)).total_debit_minor == THREADS * 3 * 4 * 6
    sound(acorn)
