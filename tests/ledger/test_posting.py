"""The posting call: what it writes, refuses, and answers a second time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from backoffice.foundation.audit import AuditEvent
from backoffice.foundation.errors import BadInput, Refused
from backoffice.foundation.ids import new_id
from backoffice.ledger import (
    AccountTakesNoLines,
    JournalEntry,
    PeriodClosed,
    Posting,
    SourceDiffers,
    Unbalanced,
    open_periods,
    post,
    trial_balance,
)
from backoffice.ledger.chain import first_broken
from tests.ledger.conftest import PRIYA, TODAY, House

RENT, SALES, SUSPENSE, STOCK, BANK_PARENT = "7000", "4000", "1390", "1110", "1200"


def test_an_entry_is_written_with_its_lines_and_its_actor(acorn: House) -> None:
    posted = acorn.post(TODAY, (RENT, 120_00), (SUSPENSE, -120_00), narration="November rent")
    assert (posted.label, posted.again) == ("2027-00001", False)
    with acorn.acting() as session:
        entry = session.scalars(select(JournalEntry)).one()
        lines = session.scalars(select(Posting).order_by(Posting.line)).all()
        assert (entry.narration, entry.accounting_date) == ("November rent", TODAY)
        assert (entry.actor_kind, entry.actor_id) == ("staff", PRIYA.id)
        assert [(line.amount_minor, line.base_minor) for line in lines] == [
            (120_00, 120_00),
            (-120_00, -120_00),
        ]
        assert {line.entry_id for line in lines} == {entry.id}


def test_posting_is_audited_once_per_call(acorn: House) -> None:
    with acorn.acting() as session:
        post(session, [acorn.draft(TODAY, (RENT, 1), (SUSPENSE, -1)) for _ in range(3)])
    with acorn.acting() as session:
        found = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "ledger.posted")
        ).one()
        assert (found.details["entries"], found.details["lines"]) == (3, 6)


@pytest.mark.parametrize(
    ("pairs", "more"),
    [
        (((RENT, 100_00), (SUSPENSE, -99_99)), {}),
        (((RENT, 100_00),), {}),
    ],
)
def test_an_unbalanced_draft_is_refused(acorn: House, pairs: tuple, more: dict) -> None:  # type: ignore[type-arg]
    with pytest.raises(Unbalanced) as refused:
        acorn.post(TODAY, *pairs, **more)
    assert (refused.value.code, refused.value.http_status) == ("unbalanced", 422)
    with acorn.acting() as session:
        assert session.scalar(select(func.count(JournalEntry.id))) == 0


def test_currencies_do_not_balance_one_another(acorn: House) -> None:
    lines = [
        acorn.line(RENT, 100_00),
        acorn.line(SUSPENSE, -125_00, currency="USD", base_minor=-100_00),
    ]
    with pytest.raises(Unbalanced):
        acorn.post(TODAY, lines=lines)


def test_a_foreign_entry_balances_in_both_currencies(acorn: House) -> None:
    foreign = {"currency": "USD"}
    acorn.post(
        TODAY,
        lines=[
            acorn.line(SUSPENSE, 125_00, base_minor=100_00, **foreign),
            acorn.line(STOCK, -125_00, base_minor=-98_00, **foreign),
            acorn.line("7800", 0, base_minor=-2_00),
        ],
    )
    with acorn.acting() as session:
        rows = {row.code: row.net_minor for row in trial_balance(session, TODAY).rows}
    assert rows == {STOCK: -98_00, SUSPENSE: 100_00, "7800": -2_00}


def test_a_foreign_line_needs_its_base_amount(acorn: House) -> None:
    lines = [acorn.line(RENT, 1, currency="USD"), acorn.line(SUSPENSE, -1, currency="USD")]
    with pytest.raises(BadInput, match="currency of the books"):
        acorn.post(TODAY, lines=lines)


def test_an_entry_without_lines_is_refused(acorn: House) -> None:
    with pytest.raises(BadInput, match="needs lines"):
        acorn.post(TODAY)


@pytest.mark.parametrize("day", [date(2025, 3, 31), date(2028, 4, 1)])
def test_a_month_that_was_never_opened_is_refused(acorn: House, day: date) -> None:
    with pytest.raises(PeriodClosed) as refused:
        acorn.post(day, (RENT, 1), (SUSPENSE, -1))
    assert (refused.value.code, refused.value.http_status) == ("period_closed", 409)


def test_more_years_can_be_opened_on_either_side(acorn: House) -> None:
    with acorn.acting() as session:
        assert open_periods(session, through=date(2023, 5, 1)) == 24
        assert open_periods(session, through=date(2029, 1, 1)) == 12
        assert open_periods(session, through=TODAY) == 0
    assert acorn.post(date(2023, 5, 1), (RENT, 1), (SUSPENSE, -1)).label == "2024-00001"


def test_a_heading_takes_no_lines(acorn: House) -> None:
    with pytest.raises(AccountTakesNoLines, match="1200"):
        acorn.post(TODAY, (BANK_PARENT, 1), (SUSPENSE, -1))


def test_a_control_account_takes_no_manual_lines(acorn: House) -> None:
    with pytest.raises(AccountTakesNoLines, match="1130"):
        acorn.post(TODAY, ("1130", 1), (SUSPENSE, -1), source_kind="manual")
    acorn.post(TODAY, ("1130", 1), (SUSPENSE, -1), source_kind="invoice")


def test_the_same_source_again_answers_the_entry_it_became(acorn: House) -> None:
    draft = acorn.draft(TODAY, (RENT, 5), (SUSPENSE, -5))
    answers = []
    for _attempt in range(3):
        with acorn.acting() as session:
            answers += post(session, [draft])
    assert [answer.again for answer in answers] == [False, True, True]
    assert len({(answer.id, answer.number) for answer in answers}) == 1
    with acorn.acting() as session:
        assert session.scalar(select(func.count(JournalEntry.id))) == 1


def test_the_same_source_twice_in_one_call_is_one_entry(acorn: House) -> None:
    draft = acorn.draft(TODAY, (RENT, 5), (SUSPENSE, -5))
    with acorn.acting() as session:
        first, second = post(session, [draft, draft])
    assert first == second


def test_the_same_source_with_other_content_is_refused(acorn: House) -> None:
    source = new_id()
    acorn.post(TODAY, (RENT, 5), (SUSPENSE, -5), source_id=source)
    with pytest.raises(SourceDiffers):
        acorn.post(TODAY, (RENT, 6), (SUSPENSE, -6), source_id=source)
    other_purpose = acorn.post(
        TODAY, (RENT, 6), (SUSPENSE, -6), source_id=source, purpose="accrual"
    )
    assert not other_purpose.again


def test_numbers_run_per_fiscal_year_and_series(acorn: House) -> None:
    with acorn.acting() as session:
        posted = post(
            session,
            [
                acorn.draft(day, (RENT, 1), (SUSPENSE, -1), series=series)
                for day, series in [
                    (TODAY, "journal"),
                    (date(2026, 3, 31), "journal"),
                    (TODAY + timedelta(days=1), "journal"),
                    (TODAY, "pay"),
                ]
            ],
        )
    assert [entry.label for entry in posted] == [
        "2027-00001",
        "2026-00001",
        "2027-00002",
        "PAY-2027-00001",
    ]


def test_a_call_posts_all_or_nothing(acorn: House) -> None:
    drafts = [
        acorn.draft(TODAY, (RENT, 1), (SUSPENSE, -1)),
        acorn.draft(TODAY, (RENT, 1), (BANK_PARENT, -1)),
    ]
    with pytest.raises(AccountTakesNoLines), acorn.acting() as session:
        post(session, drafts)
    with acorn.acting() as session:
        assert session.scalar(select(func.count(JournalEntry.id))) == 0
        assert trial_balance(session, TODAY).rows == []
    assert acorn.post(TODAY, (RENT, 1), (SUSPENSE, -1)).number == 1


@pytest.mark.parametrize("narration", ["\0", "before\0after", "x" * 4001])
def test_a_text_that_cannot_be_kept_is_refused(acorn: House, narration: str) -> None:
    with pytest.raises(Refused):
        acorn.post(TODAY, (RENT, 1), (SUSPENSE, -1), narration=narration)
    with pytest.raises(Refused):
        lines = [acorn.line(RENT, 1, narration=narration), acorn.line(SUSPENSE, -1)]
        acorn.post(TODAY, lines=lines)


@pytest.mark.parametrize(
    "narration",
    [
        'say "hello"',
        "back\\slash",
        "{1,2}",
        "NULL",
        "Größe — 木工",
        "a, b",
        "line\nbreak",
        "  ",
        "%s :x",
    ],
)
def test_any_other_text_is_kept_as_it_is(acorn: House, narration: str) -> None:
    lines = [acorn.line(RENT, 1, narration=narration), acorn.line(SUSPENSE, -1)]
    acorn.post(TODAY, lines=lines, narration=narration, purpose=narration)
    with acorn.acting() as session:
        entry = session.scalars(select(JournalEntry)).one()
        texts = session.scalars(select(Posting.narration).order_by(Posting.line)).all()
        assert (entry.narration, entry.purpose, texts) == (narration, narration, [narration, ""])
        assert first_broken(session) is None
