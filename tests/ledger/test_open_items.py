"""Open items: a residual never passes zero, whoever writes the allocation."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from backoffice.foundation.errors import BadInput, NotFound, Refused
from backoffice.foundation.ids import new_id
from backoffice.ledger import (
    NotSettled,
    OpenItem,
    Posting,
    add_party,
    allocate,
    open_item,
    post,
    residuals,
    undo_allocation,
)
from tests.ledger.conftest import TODAY, House

EARLIER = TODAY - timedelta(days=10)
INSERT = text(
    "INSERT INTO allocation (client_id, id, debit_item_id, credit_item_id, amount_minor,"
    " allocated_on, actor_kind, recorded_at)"
    " VALUES (:client_id, :id, :debit, :credit, :amount, :on, 'system', now())"
)


def item(
    house: House, amount: int, *, party: str = "Oak & Sons", on: date = TODAY, **more: Any
) -> UUID:
    """An item of a party, on its own posted line."""
    with house.acting() as session:
        found = session.scalar(text("SELECT id FROM party WHERE name = :name"), {"name": party})
        party_id = found or add_party(session, name=party, kind="customer").id
        line = house.line("1130", amount, party_id=party_id, **more)
        against = replace(line, amount_minor=-amount, base_minor=-line.base, party_id=None)
        against = replace(against, account_id=house.codes["1390"])
        [entry] = post(session, [house.draft(on, lines=[line, against])])
        posted = session.scalars(
            select(Posting.id).where(Posting.entry_id == entry.id, Posting.line == 1)
        ).one()
        return open_item(session, posted, reference="INV-1", due_on=on).id


def settle(house: House, debit: UUID, credit: UUID, amount: int, **more: Any) -> UUID:
    more.setdefault("on", TODAY)
    with house.acting() as session:
        return allocate(
            session, debit_item_id=debit, credit_item_id=credit, amount_minor=amount, **more
        ).id


def left(house: House) -> dict[UUID, int]:
    with house.acting() as session:
        return {each.id: each.residual_minor for each in session.scalars(select(OpenItem))}


def test_a_payment_settles_an_invoice_in_part_and_then_whole(acorn: House) -> None:
    invoice, payment = item(acorn, 100), item(acorn, -70)
    settle(acorn, invoice, payment, 30)
    assert left(acorn) == {invoice: 70, payment: -40}
    settle(acorn, invoice, payment, 40)
    assert left(acorn) == {invoice: 30, payment: 0}


@pytest.mark.parametrize("amount", [71, 101, 10**15])
def test_more_than_is_open_of_either_is_refused(acorn: House, amount: int) -> None:
    invoice, payment = item(acorn, 100), item(acorn, -70)
    with pytest.raises(NotSettled):
        settle(acorn, invoice, payment, amount)
    assert left(acorn) == {invoice: 100, payment: -70}


def test_the_database_refuses_it_too(acorn: House) -> None:
    invoice, payment = item(acorn, 100), item(acorn, -70)
    for amount, rule in ((71, "ck_open_item_residual"), (0, "ck_allocation_amount")):
        with acorn.acting() as session:
            with pytest.raises(IntegrityError, match=rule):
                session.execute(
                    INSERT,
                    {
                        "client_id": acorn.client_id,
                        "id": new_id(),
                        "debit": invoice,
                        "credit": payment,
                        "amount": amount,
                        "on": TODAY,
                    },
                )
            session.rollback()
    assert left(acorn) == {invoice: 100, payment: -70}


def test_a_residual_is_written_by_nobody(acorn: House) -> None:
    invoice = item(acorn, 100)
    with acorn.acting() as session:
        with pytest.raises(Exception, match="permission denied"):
            session.execute(text("UPDATE open_item SET residual_minor = 0"))
        session.rollback()
    assert left(acorn) == {invoice: 100}


def test_two_that_do_not_settle_one_another_are_refused(acorn: House) -> None:
    invoice = item(acorn, 100)
    pairs = {
        "another party": item(acorn, -50, party="Elm Ltd"),
        "the same side": item(acorn, 50),
        "another currency": item(acorn, -50, currency="USD", base_minor=-40),
    }
    for other in pairs.values():
        with pytest.raises(NotSettled):
            settle(acorn, invoice, other, 10)
    settle(acorn, invoice, pairs["another party"], 10, offset_reason="One group of companies.")


def test_an_allocation_is_not_dated_before_its_items(acorn: House) -> None:
    invoice, payment = item(acorn, 100, on=EARLIER), item(acorn, -70)
    with pytest.raises(NotSettled):
        settle(acorn, invoice, payment, 10, on=TODAY - timedelta(days=1))


def test_another_clients_item_is_refused(acorn: House, birch: House) -> None:
    invoice = item(acorn, 100)
    with birch.acting() as session:
        party = add_party(session, name="Stranger", kind="customer")
        line = birch.line("1110", -50, party_id=party.id)
        [entry] = post(session, [birch.draft(TODAY, lines=[line, birch.line("1390", 50)])])
        posted = session.scalars(
            select(Posting.id).where(Posting.entry_id == entry.id, Posting.line == 1)
        ).one()
        foreign = open_item(session, posted, reference="X").id
    with pytest.raises((NotSettled, IntegrityError)):
        settle(acorn, invoice, foreign, 10)


def test_an_allocation_is_undone_once_and_opens_the_items_again(acorn: House) -> None:
    invoice, payment = item(acorn, 100), item(acorn, -70)
    allocation = settle(acorn, invoice, payment, 70)
    with acorn.acting() as session:
        undo_allocation(session, allocation, on=TODAY)
    assert left(acorn) == {invoice: 100, payment: -70}
    with pytest.raises((Refused, IntegrityError)), acorn.acting() as session:
        undo_allocation(session, allocation, on=TODAY)
    assert left(acorn) == {invoice: 100, payment: -70}


def test_what_was_open_on_a_day_goes_by_the_dates_of_allocation(acorn: House) -> None:
    invoice, payment = item(acorn, 100, on=EARLIER), item(acorn, -70, on=EARLIER)
    settle(acorn, invoice, payment, 30, on=EARLIER + timedelta(days=2))
    settle(acorn, invoice, payment, 40, on=TODAY)
    with acorn.acting() as session:
        open_on = {
            day: {each.id: amount for each, amount in residuals(session, EARLIER + day)}
            for day in (timedelta(days=-1), timedelta(0), timedelta(days=5), timedelta(days=10))
        }
    assert list(open_on.values()) == [
        {},
        {invoice: 100, payment: -70},
        {invoice: 70, payment: -40},
        {invoice: 30, payment: 0},
    ]


def test_of_many_who_take_the_last_of_an_item_the_sum_fits(acorn: House) -> None:
    invoice = item(acorn, 100)
    payments = [item(acorn, -40) for _ in range(6)]
    together = threading.Barrier(6)
    refused = []

    def take(payment: UUID) -> None:
        together.wait()
        try:
            settle(acorn, invoice, payment, 40)
        except NotSettled as refusal:
            refused.append(refusal)

    threads = [threading.Thread(target=take, args=(payment,)) for payment in payments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 4
    assert left(acorn)[invoice] == 20


def test_an_item_needs_a_line_of_a_party(acorn: House) -> None:
    acorn.post(TODAY, ("7000", 1), ("1390", -1))
    with acorn.acting() as session:
        line = session.scalars(select(Posting.id).limit(1)).one()
        for unknown in (line, new_id()):
            with pytest.raises(NotFound):
                open_item(session, unknown, reference="1")
    with pytest.raises(BadInput):
        settle(acorn, line, line, 0)
