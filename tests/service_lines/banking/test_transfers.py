"""Transfers between own accounts: two legs, each with its own day, through money in transit."""

from __future__ import annotations

import pytest

from backoffice.foundation.errors import BadInput, Conflict
from backoffice.service_lines.banking.queries.line import transfer_candidates
from backoffice.service_lines.banking.queries.month import waiting_legs
from tests.service_lines.banking.coding_desk import Desk
from tests.service_lines.banking.files import NUMBER, SAVINGS, bought, statement

CURRENT_END, SAVINGS_END = NUMBER[-4:], SAVINGS[-4:]


@pytest.fixture
def both(desk: Desk) -> Desk:
    """5,000.00 goes to savings on the 9th and arrives on the 11th."""
    desk.receive(
        statement(bought(9, -500_000, "To savings"), opening=600_000),
        statement(bought(11, 500_000, "From current"), opening=0, number=SAVINGS),
    )
    return desk


def test_both_legs_are_coded_at_once(both: Desk) -> None:
    out, came = both.lines()
    both.transfer(out, both.bank_account(SAVINGS_END), came.id)
    assert both.balances() == {"1201": 100_000, "1202": 500_000, "3100": -600_000}
    legs = both.codings()
    assert len({leg.transfer_id for leg in legs}) == 1
    assert both.failures() == []


def test_one_leg_waits_in_transit_and_the_other_finds_it(both: Desk) -> None:
    out, came = both.lines()
    both.transfer(out, both.bank_account(SAVINGS_END))
    assert both.balances() == {"1201": 100_000, "1300": 500_000, "3100": -600_000}
    with both.acting() as session:
        assert [leg.line.id for leg in waiting_legs(session)] == [out.id]
    assert both.failures() == []
    both.transfer(came, both.bank_account(CURRENT_END))
    assert "1300" not in both.balances()
    with both.acting() as session:
        assert waiting_legs(session) == []
    assert both.failures() == []


def test_what_may_be_the_other_leg_is_offered(both: Desk) -> None:
    out, came = both.lines()
    with both.acting() as session:
        assert [one.line_id for one in transfer_candidates(session, out.id)] == [came.id]
    both.transfer(out, both.bank_account(SAVINGS_END), came.id)
    with both.acting() as session:
        assert transfer_candidates(session, out.id) == []  # it has its leg


def test_an_undone_leg_leaves_the_other_waiting(both: Desk) -> None:
    out, came = both.lines()
    both.transfer(out, both.bank_account(SAVINGS_END), came.id)
    both.undo(both.line(came.id))
    with both.acting() as session:
        assert [leg.line.id for leg in waiting_legs(session)] == [out.id]
    assert both.failures() == []


def test_a_third_line_cannot_be_a_leg(both: Desk) -> None:
    out, came = both.lines()
    both.transfer(out, both.bank_account(SAVINGS_END), came.id)
    both.receive(statement(bought(12, -500_000), opening=100_000))
    third = both.lines()[-1]
    with pytest.raises(Conflict, match="matched by somebody else"):
        both.transfer(third, both.bank_account(SAVINGS_END), came.id)
    assert both.failures() == []


def test_legs_need_the_same_amount_and_another_account(both: Desk) -> None:
    both.receive(statement(bought(12, -7), opening=100_000))
    out, came, small = both.lines()
    with pytest.raises(BadInput, match="the same amount"):
        both.transfer(small, both.bank_account(SAVINGS_END), came.id)
    with pytest.raises(BadInput, match="goes to another account"):
        both.transfer(out, both.bank_account(CURRENT_END))
