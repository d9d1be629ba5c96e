"""A correction is a reversal and a new entry: mirror, linked, with a reason, once."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest
from sqlalchemy import select

from backoffice.foundation.errors import BadInput, NotFound, Refused
from backoffice.foundation.ids import new_id
from backoffice.ledger import (
    AlreadyReversed,
    DraftLine,
    JournalEntry,
    Posting,
    TaxCode,
    entry_with_lines,
    post,
    reverse,
    taxed_lines,
    trial_balance,
)
from tests.ledger.conftest import TODAY, House

RENT, SUSPENSE = "7000", "1390"


def test_the_mirror_takes_every_line_back(acorn: House) -> None:
    with acorn.acting() as session:
        code = session.scalars(select(TaxCode).where(TaxCode.code == "P20")).one()
        gross = DraftLine(account_id=acorn.codes[RENT], amount_minor=120_00, currency="GBP")
        lines = [*taxed_lines(gross, code), acorn.line(SUSPENSE, -120_00)]
        [posted] = post(session, [acorn.draft(TODAY, lines=lines)])
        [mirror] = reverse(session, [posted.id], reason="Wrong supplier.")
        entry = entry_with_lines(session, mirror.id)
        assert (entry.entry.reverses_id, entry.entry.reason) == (posted.id, "Wrong supplier.")
        assert [line.amount_minor for line, _account in entry.lines] == [-100_00, -20_00, 120_00]
        assert [line.tax_base_minor for line, _account in entry.lines] == [-100_00, -100_00, None]
        assert [line.tax_rate for line, _account in entry.lines][:2] == [Decimal("0.2")] * 2
        original = entry_with_lines(session, posted.id)
        assert original.reversed_by is not None
        assert {row.net_minor for row in trial_balance(session, TODAY).rows} == {0}


def test_an_entry_is_reversed_once(acorn: House) -> None:
    posted = acorn.post(TODAY, (RENT, 1), (SUSPENSE, -1))
    with acorn.acting() as session:
        reverse(session, [posted.id], reason="Wrong.")
    with pytest.raises(AlreadyReversed) as refused, acorn.acting() as session:
        reverse(session, [posted.id], reason="Wrong.")
    assert refused.value.http_status == 409


def test_of_many_who_reverse_at_once_one_wins(acorn: House) -> None:
    posted = acorn.post(TODAY, (RENT, 1), (SUSPENSE, -1))
    outcomes: list[str] = []
    together = threading.Barrier(8)

    def attempt() -> None:
        together.wait()
        try:
            with acorn.acting() as session:
                reverse(session, [posted.id], reason="Wrong.")
            outcomes.append("reversed")
        except Refused as refused:
            outcomes.append(refused.code)

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("reversed") == 1
    assert set(outcomes) == {"reversed", "already_reversed"}
    with acorn.acting() as session:
        assert len(session.scalars(select(JournalEntry.id)).all()) == 2
        assert sum(session.scalars(select(Posting.base_minor))) == 0


def test_a_reversal_can_itself_be_reversed_once(acorn: House) -> None:
    posted = acorn.post(TODAY, (RENT, 1), (SUSPENSE, -1))
    with acorn.acting() as session:
        [mirror] = reverse(session, [posted.id], reason="Wrong.")
        reverse(session, [mirror.id], reason="It was right.")
        totals = {row.code: row.net_minor for row in trial_balance(session, TODAY).rows}
    assert totals == {RENT: 1, SUSPENSE: -1}


def test_a_reversal_needs_a_reason_and_an_entry(acorn: House, birch: House) -> None:
    posted = birch.post(TODAY, ("6100", 1), ("1390", -1))
    with acorn.acting() as session:
        with pytest.raises(BadInput):
            reverse(session, [posted.id], reason="  ")
        for unknown in (posted.id, new_id()):
            with pytest.raises(NotFound):
                reverse(session, [unknown], reason="Wrong.")
