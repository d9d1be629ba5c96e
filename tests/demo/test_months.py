"""Which months are played, and that each statement goes on where the one before ended."""

from __future__ import annotations

from datetime import date

import pytest

from backoffice.demo.cast import CLIENTS
from backoffice.demo.months import months

CURRENCIES = {"acorn": "GBP", "birch": "USD", "cendana": "IDR"}
CAME = date(2026, 11, 23)


def played(client, today, *, came_on=CAME):
    return months(client, currency=CURRENCIES[client.slug], came_on=came_on, today=today)


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.slug)
def test_the_month_before_is_whole_and_this_month_ends_yesterday(client):
    before, running = played(client, CAME)
    assert (before.period, before.is_running) == ("2026-10", False)
    assert (running.period, running.is_running) == ("2026-11", True)
    assert before.sheets[0].until == date(2026, 10, 31)
    assert max(line.on for line in running.lines) <= date(2026, 11, 22)


def test_on_the_first_day_of_a_month_two_whole_months_are_played():
    first = date(2026, 12, 1)
    found = played(CLIENTS[0], first, came_on=first)
    assert [(month.period, month.is_running) for month in found] == [
        ("2026-10", False),
        ("2026-11", True),
    ]
    # A day later the first month is still the same: what was in the bank then has not moved.
    later = played(CLIENTS[0], date(2026, 12, 2), came_on=first)
    assert [month.period for month in later] == ["2026-10", "2026-11", "2026-12"]
    assert later[0].sheets == found[0].sheets


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.slug)
def test_each_statement_begins_with_what_the_one_before_ended_with(client):
    found = played(client, date(2027, 3, 9))
    for account in client.accounts:
        sheets = [
            sheet for month in found for sheet in month.sheets if sheet.account == account.number
        ]
        assert sheets[0].opening.minor == account.opening_minor
        for earlier, later in zip(sheets, sheets[1:], strict=False):
            assert later.opening == earlier.closing


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.slug)
def test_parts_of_a_split_sum_to_their_line(client):
    for line in played(client, CAME)[0].lines:
        if line.parts:
            assert sum(part.amount.minor for part in line.parts) == line.amount.minor
