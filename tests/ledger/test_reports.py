"""The reports: what they show on any day, and that they agree with one another."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from backoffice.foundation.clock import real_now
from backoffice.foundation.errors import NotFound
from backoffice.ledger import (
    After,
    LedgerPage,
    account_choices,
    balance_sheet,
    books_of,
    general_ledger,
    post,
    profit_and_loss,
    trial_balance,
)
from backoffice.ledger.models import JournalEntry
from tests.ledger.conftest import TODAY, House

RENT, SALES, SUSPENSE, RETAINED = "7000", "4000", "1390", "3200"
YEAR_START, YEAR_END = date(2026, 4, 1), date(2027, 3, 31)


def nets(house: House, day: date) -> dict[str, int]:
    with house.acting() as session:
        return {row.code: row.net_minor for row in trial_balance(session, day).rows}


def test_a_day_within_a_month_sees_the_lines_up_to_it(acorn: House) -> None:
    for day, amount in ((1, 1), (15, 10), (30, 100)):
        acorn.post(date(2026, 11, day), (RENT, amount), (SUSPENSE, -amount))
    assert nets(acorn, date(2026, 10, 31)) == {}
    assert nets(acorn, date(2026, 11, 1))[RENT] == 1
    assert nets(acorn, date(2026, 11, 29))[RENT] == 11
    assert nets(acorn, date(2026, 11, 30))[RENT] == 111
    assert nets(acorn, date(2026, 12, 1))[RENT] == 111


def test_each_account_stands_on_one_side_and_the_sides_agree(acorn: House) -> None:
    acorn.post(TODAY, (RENT, 120_00), (SUSPENSE, -120_00))
    acorn.post(TODAY, (SUSPENSE, 500_00), (SALES, -500_00))
    with acorn.acting() as session:
        balance = trial_balance(session, TODAY)
    sides = {row.code: (row.debit_minor, row.credit_minor) for row in balance.rows}
    assert sides == {SUSPENSE: (380_00, 0), SALES: (0, 500_00), RENT: (120_00, 0)}
    assert balance.total_debit_minor == balance.total_credit_minor == 500_00
    assert [row.code for row in balance.rows] == sorted(sides)


def test_an_account_that_came_back_to_zero_was_used_and_is_shown(acorn: House) -> None:
    acorn.post(TODAY, (RENT, 1), (SUSPENSE, -1))
    acorn.post(TODAY, (RENT, -1), (SUSPENSE, 1))
    assert nets(acorn, TODAY) == {RENT: 0, SUSPENSE: 0}


def test_a_new_year_begins_with_the_profit_in_retained_earnings(acorn: House) -> None:
    acorn.post(date(2026, 3, 31), (SUSPENSE, 900_00), (SALES, -900_00))
    acorn.post(date(2026, 3, 31), (RENT, 200_00), (SUSPENSE, -200_00))
    assert nets(acorn, date(2026, 3, 31)) == {SUSPENSE: 700_00, SALES: -900_00, RENT: 200_00}
    assert nets(acorn, YEAR_START) == {SUSPENSE: 700_00, RETAINED: -700_00}
    acorn.post(YEAR_START, (RENT, 5), (RETAINED, -5))
    assert nets(acorn, YEAR_START) == {SUSPENSE: 700_00, RETAINED: -700_05, RENT: 5}


@pytest.mark.parametrize("day", [date(2026, 3, 31), YEAR_START, TODAY, YEAR_END])
def test_the_balance_sheet_balances_on_every_day(acorn: House, day: date) -> None:
    some_history(acorn)
    with acorn.acting() as session:
        sheet = balance_sheet(session, day)
    assert sheet.assets_minor == sheet.liabilities_minor + sheet.equity_minor


def test_the_profit_of_the_months_is_that_of_the_year(acorn: House) -> None:
    some_history(acorn)
    with acorn.acting() as session:
        year = profit_and_loss(session, YEAR_START, YEAR_END)
        alone = [
            profit_and_loss(session, month, (month + timedelta(days=31)).replace(day=1) - ONE_DAY)
            for month in year.months
        ]
        sheet = balance_sheet(session, YEAR_END)
    assert [each.profit_minor for each in alone] == year.profit_by_month
    assert sum(year.profit_by_month) == year.profit_minor == sheet.profit_of_year_minor
    assert len(year.months) == 12
    assert any(year.profit_by_month)


def test_a_profit_and_loss_of_odd_days_counts_those_days(acorn: House) -> None:
    for day in (1, 10, 20, 30):
        acorn.post(date(2026, 11, day), (RENT, day), (SUSPENSE, -day))
    with acorn.acting() as session:
        report = profit_and_loss(session, date(2026, 11, 5), date(2026, 11, 20))
    assert [(line.account.code, line.by_month) for line in report.expenses] == [(RENT, [30])]
    assert report.profit_minor == -30


def test_as_known_at_leaves_out_what_was_recorded_later(acorn: House) -> None:
    acorn.post(date(2026, 3, 1), (RENT, 1), (SUSPENSE, -1))
    acorn.post(date(2026, 11, 3), (RENT, 10), (SUSPENSE, -10))
    then = real_now()
    acorn.post(date(2026, 3, 2), (RENT, 100), (SUSPENSE, -100))
    acorn.post(date(2026, 11, 2), (RENT, 1000), (SUSPENSE, -1000))
    acorn.post(date(2026, 11, 30), (SALES, -5), (SUSPENSE, 5))
    with acorn.acting() as session:
        known = trial_balance(session, TODAY, known_at=then)
        now = trial_balance(session, TODAY)
        page = general_ledger(
            session, acorn.codes[SUSPENSE], date(2026, 11, 1), TODAY, known_at=then
        )
        profit = profit_and_loss(session, YEAR_START, TODAY, known_at=then)
    assert {row.code: row.net_minor for row in known.rows} == {
        RENT: 10, SUSPENSE: -11, RETAINED: 1,
    }  # fmt: skip
    assert {row.code: row.net_minor for row in now.rows} == {
        RENT: 1010, SUSPENSE: -1111, RETAINED: 101,
    }  # fmt: skip
    assert (page.opening_minor, [line.net_minor for line in page.lines]) == (-1, [-10])
    assert profit.profit_minor == -10


def test_the_general_ledger_runs_on_over_its_pages(acorn: House) -> None:
    with acorn.acting() as session:
        drafts = [
            acorn.draft(date(2026, 11, 1 + n % 28), (SUSPENSE, n + 1), (RENT, -n - 1))
            for n in range(45)
        ]
        post(session, [acorn.draft(date(2026, 10, 1), (SUSPENSE, 7), (RENT, -7)), *drafts])
    pages: list[LedgerPage] = []
    after: After | None = None
    with acorn.acting() as session:
        while not pages or after:
            pages.append(
                general_ledger(
                    session,
                    acorn.codes[SUSPENSE],
                    date(2026, 11, 1),
                    TODAY + timedelta(days=7),
                    after=after,
                    limit=10,
                )
            )
            after = pages[-1].after
    lines = [line for page in pages for line in page.lines]
    assert [len(page.lines) for page in pages] == [10, 10, 10, 10, 5]
    assert pages[0].opening_minor == 7
    assert [line.on for line in lines] == sorted(line.on for line in lines)
    assert len({line.posting_id for line in lines}) == 45
    balance = 7
    for line in lines:
        balance += line.net_minor
        assert line.balance_minor == balance
    assert nets(acorn, TODAY + timedelta(days=7))[SUSPENSE] == pages[-1].closing_minor == balance


def test_the_ledger_of_an_expense_begins_at_zero_with_the_year(acorn: House) -> None:
    acorn.post(date(2026, 3, 31), (RENT, 5), (SUSPENSE, -5))
    acorn.post(date(2026, 4, 30), (RENT, 7), (SUSPENSE, -7))
    with acorn.acting() as session:
        april = general_ledger(session, acorn.codes[RENT], YEAR_START, TODAY)
        may = general_ledger(session, acorn.codes[RENT], date(2026, 5, 1), TODAY)
        suspense = general_ledger(session, acorn.codes[SUSPENSE], date(2026, 5, 1), TODAY)
    assert (april.opening_minor, april.closing_minor) == (0, 7)
    assert (may.opening_minor, suspense.opening_minor) == (7, -12)


def test_another_clients_account_has_no_ledger(acorn: House, birch: House) -> None:
    with acorn.acting() as session, pytest.raises(NotFound):
        general_ledger(session, birch.codes["6100"], YEAR_START, TODAY)


def test_the_most_used_accounts_are_offered_first(acorn: House) -> None:
    for _ in range(3):
        acorn.post(TODAY, (RENT, 1), (SUSPENSE, -1))
    acorn.post(TODAY, (SALES, -1), (SUSPENSE, 1))
    with acorn.acting() as session:
        choices = account_choices(session)
    assert [(choice.code, choice.times_used) for choice in choices[:3]] == [
        (SUSPENSE, 4), (RENT, 3), (SALES, 1),
    ]  # fmt: skip
    assert "1200" not in {choice.code for choice in choices}


def test_a_client_reads_its_own_books_alone(acorn: House, birch: House) -> None:
    birch.post(TODAY, ("6100", 1), ("1390", -1))
    with acorn.acting("portal") as session:
        assert trial_balance(session, TODAY).rows == []
        assert books_of(session).currency == "GBP"
        assert session.scalars(select(JournalEntry)).all() == []


def test_the_time_of_a_trial_balance_does_not_grow_with_its_lines(acorn: House) -> None:
    """It reads no line at the end of a month, however many there are."""
    with acorn.acting() as session:
        post(session, [acorn.draft(TODAY, (RENT, 1), (SUSPENSE, -1)) for _ in range(500)])
    with acorn.acting() as session:
        before = lines_read(session)
        assert trial_balance(session, date(2026, 11, 30)).total_debit_minor == 500
        assert lines_read(session) == before


def lines_read(session) -> int:  # type: ignore[no-untyped-def]
    return session.scalar(
        text(
            "SELECT pg_stat_get_xact_tuples_returned('posting'::regclass)"
            " + pg_stat_get_xact_tuples_fetched('posting'::regclass)"
            " + coalesce(sum(pg_stat_get_xact_tuples_returned(indexrelid)), 0)"
            " FROM pg_index WHERE indrelid = 'posting'::regclass"
        )
    )


ONE_DAY = timedelta(days=1)


def some_history(house: House) -> None:
    """Two years, every account kind, uneven amounts."""
    codes = [RENT, SALES, "2110", "3010", "1110", "4910", "5000"]
    day, drafts = date(2025, 5, 3), []
    while day < YEAR_END:
        amount = day.toordinal() % 97 - 48
        code = codes[day.toordinal() % len(codes)]
        drafts.append(house.draft(day, (code, amount), (SUSPENSE, -amount)))
        day += timedelta(days=9)
    with house.acting() as session:
        post(session, drafts)
