"""Importing a statement: what is new, known, contradicted or held back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from backoffice.firm.documents.models import Document
from backoffice.firm.work.models import WorkItem
from backoffice.foundation.audit import AuditEvent
from backoffice.foundation.errors import Conflict, Refused
from backoffice.service_lines.banking.actions.importing import import_of
from backoffice.service_lines.banking.actions.releasing import (
    release_import,
    settle_conflict,
    undo_import,
)
from backoffice.service_lines.banking.inline import Imported
from backoffice.service_lines.banking.models import BankAccount, BankImport, BankLine
from tests.service_lines.banking.files import (
    NUMBER,
    SAVINGS,
    bought,
    imported,
    lines_of,
    statement,
    written,
)
from tests.service_lines.banking.statements.written import as_camt
from tests.support.cast import Cast


def test_the_lines_of_a_statement_are_stored_once(cast: Cast, tmp_path: Path) -> None:
    path = written(tmp_path, statement(bought(2, -184_260), bought(3, 480_000)))
    first = imported(cast, path)
    again = imported(cast, path)
    assert (first["new"], first["known"], first["held_back"]) == (2, 0, 0)
    assert (again["new"], again["known"], again["held_back"]) == (0, 2, 0)
    assert [line.amount_minor for line in lines_of(cast)] == [-184_260, 480_000]


def test_a_statement_that_overlaps_brings_only_what_is_new(cast: Cast, tmp_path: Path) -> None:
    first, second, third = bought(2, -100), bought(3, -200), bought(4, 300)
    imported(cast, written(tmp_path, statement(first, second)))
    both = written(tmp_path, statement(third, second, first))  # newest first, as some banks do
    assert imported(cast, both)["new"] == 1
    assert [line.amount_minor for line in lines_of(cast)] == [-100, -200, 300]


def test_real_twins_are_two_lines(cast: Cast, tmp_path: Path) -> None:
    twin = bought(13, -210_600, reference="DD88344")
    path = written(tmp_path, statement(twin, twin))
    assert imported(cast, path)["new"] == 2
    assert imported(cast, path)["new"] == 0
    assert [line.occurrence for line in lines_of(cast)] == [1, 2]
    assert len({line.fingerprint for line in lines_of(cast)}) == 1


def test_a_twin_in_the_next_statement_of_the_same_day_is_another_line(
    cast: Cast, tmp_path: Path
) -> None:
    twin = bought(13, -210_600, reference="DD88344")
    morning = statement(twin, opening=1_000_000)
    afternoon = statement(twin, opening=morning.closing_cents)
    assert imported(cast, written(tmp_path, morning))["new"] == 1
    assert imported(cast, written(tmp_path, afternoon))["new"] == 1
    whole_day = written(tmp_path, statement(twin, twin, opening=1_000_000))
    assert imported(cast, whole_day)["known"] == 2
    assert imported(cast, written(tmp_path, morning))["new"] == 0
    assert len(lines_of(cast)) == 2


def test_the_pages_of_one_file_are_one_statement(cast: Cast, tmp_path: Path) -> None:
    twin = bought(13, -500, reference="DD88344")
    one = statement(twin, bought(13, 900), opening=1_000)
    two = statement(twin, opening=one.closing_cents)
    path = written(tmp_path, one, two, kind="mt940")
    assert imported(cast, path)["new"] == 3
    assert imported(cast, path)["new"] == 0


def test_the_same_reference_with_another_amount_is_a_conflict(cast: Cast, tmp_path: Path) -> None:
    imported(cast, written(tmp_path, statement(bought(2, -5_000, reference="BR77"))))
    changed = written(tmp_path, statement(bought(2, -5_500, reference="BR77"), bought(3, -10)))
    answer = imported(cast, changed)
    assert (answer["new"], answer["known"], answer["conflicts"]) == (1, 0, 1)
    assert [line.state for line in lines_of(cast)] == ["open", "conflict", "open"]


def test_a_reference_that_the_bank_repeats_identifies_nothing(cast: Cast, tmp_path: Path) -> None:
    fee = [bought(2, -5_000, reference="R1"), bought(2, -25, text="Fee", reference="R1")]
    imported(cast, written(tmp_path, statement(*fee)))
    more = written(tmp_path, statement(*fee, bought(3, -30, text="Fee", reference="R1")))
    answer = imported(cast, more)
    assert (answer["new"], answer["known"], answer["conflicts"]) == (1, 2, 0)


@pytest.mark.parametrize(("keep", "state"), [(True, "open"), (False, "left_out")])
def test_a_person_decides_about_a_conflict(
    cast: Cast, tmp_path: Path, keep: bool, state: str
) -> None:
    imported(cast, written(tmp_path, statement(bought(2, -5_000, reference="BR77"))))
    imported(cast, written(tmp_path, statement(bought(2, -5_500, reference="BR77"))))
    contradicting = next(line for line in lines_of(cast) if line.state == "conflict")
    with cast.acting_for("acorn") as session:
        settle_conflict(session, contradicting.id, keep=keep, by=cast.actor("priya"))
    assert next(one for one in lines_of(cast) if one.id == contradicting.id).state == state


def test_figures_that_do_not_add_up_are_held_back_with_the_difference(
    cast: Cast, tmp_path: Path
) -> None:
    whole = as_camt([statement(bought(2, -3_000), bought(3, 400_000), opening=1_820_411)])
    start = whole.index("<Ntry>")
    path = tmp_path / "short.xml"
    path.write_text(whole[:start] + whole[whole.index("</Ntry>") + len("</Ntry>") :])
    answer = imported(cast, path)
    assert (answer["new"], answer["held_back"]) == (0, 1)
    assert "18,204.11" in str(answer["reason"])
    assert "A line of −30.00 is probably missing" in str(answer["reason"])
    assert lines_of(cast) == []
    with cast.acting_for("acorn") as session:
        document = session.scalars(select(Document)).one()
        work = session.scalars(select(WorkItem)).one()
        assert (document.state, document.held_code) == ("held", "does_not_add_up")
        assert (work.kind, work.reason) == ("held_statement", answer["reason"])


def test_a_statement_after_a_gap_is_held_back_until_the_missing_one_came(
    cast: Cast, tmp_path: Path
) -> None:
    first = statement(bought(2, -100), opening=10_000)
    missing = statement(bought(5, -700), opening=first.closing_cents)
    last = statement(bought(9, 50), opening=missing.closing_cents)
    imported(cast, written(tmp_path, first))
    late = written(tmp_path, last)
    answer = imported(cast, late)
    assert answer["held_back"] == 1
    assert "ended on 2 Nov 2026 with 99.00" in str(answer["reason"])
    assert imported(cast, written(tmp_path, missing))["new"] == 1
    assert imported(cast, late)["new"] == 1


def test_an_amount_finer_than_its_currency_is_held_back(cast: Cast, tmp_path: Path) -> None:
    fine = as_camt([statement(bought(2, -3_000))]).replace(">30.00<", ">30.0049<")
    path = tmp_path / "fine.xml"
    path.write_text(fine)
    answer = imported(cast, path)
    assert answer["held_back"] == 1
    assert "30.0049" in str(answer["reason"])
    assert lines_of(cast) == []


def test_an_unreadable_file_leaves_nothing(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "broken.xml"
    path.write_text(as_camt([statement(bought(2, -3_000))]).replace(">30.00<", ">1e3<"))
    with pytest.raises(Refused) as refused:
        imported(cast, path)
    assert refused.value.line is not None
    with cast.acting_for("acorn") as session:
        for table in (Document, BankImport, BankAccount, WorkItem):
            assert session.scalar(select(func.count()).select_from(table)) == 0


def test_an_unknown_account_is_opened_under_the_next_free_code(cast: Cast, tmp_path: Path) -> None:
    imported(cast, written(tmp_path, statement(bought(2, -1))))
    imported(cast, written(tmp_path, statement(bought(2, -1), number=SAVINGS)))
    with cast.acting_for("acorn") as session:
        codes = session.scalars(
            text(
                "SELECT a.code FROM bank_account b JOIN account a"
                " ON a.client_id = b.client_id AND a.id = b.ledger_account_id ORDER BY b.id"
            )
        )
        assert list(codes) == ["1201", "1202"]


def test_of_a_file_with_several_accounts_one_is_picked(cast: Cast, tmp_path: Path) -> None:
    path = written(tmp_path, statement(bought(2, -1)), statement(bought(2, -2), number=SAVINGS))
    spaced = f"{SAVINGS[:4]} {SAVINGS[4:]}".lower()
    assert imported(cast, path, account=spaced)["new"] == 1
    assert [line.amount_minor for line in lines_of(cast)] == [-2]
    assert imported(cast, path, account="1201")["known"] == 1
    assert imported(cast, path)["new"] == 1
    with pytest.raises(Refused, match="no statement of account"):
        imported(cast, path, account="GB00UNKNOWN")


def test_a_file_without_an_account_asks_which(cast: Cast, tmp_path: Path) -> None:
    nameless = replace(statement(bought(2, -1)), number="")
    path = written(tmp_path, nameless, kind="mt940")
    with pytest.raises(Refused) as refused:
        imported(cast, path)
    assert refused.value.code == "account_not_named"
    assert imported(cast, path, account="12345678")["new"] == 1
    assert imported(cast, path, account="1201")["new"] == 0


def test_an_import_is_shown_before_it_is_released(cast: Cast, tmp_path: Path) -> None:
    imported(cast, written(tmp_path, statement(bought(2, -1))), release=False)
    with cast.acting_for("acorn") as session:
        shown = session.scalars(select(BankImport)).one()
        assert shown.state == "shown"
        release_import(session, shown.id, by=cast.actor("priya"))
        assert shown.state == "released"
        assert shown.released_by_id == cast["priya"]


def test_an_import_is_undone_as_a_whole_and_may_come_again(cast: Cast, tmp_path: Path) -> None:
    path = written(tmp_path, statement(bought(2, -1), bought(3, -2)))
    answer = imported(cast, path)
    with cast.acting_for("acorn") as session:
        undo_import(session, _id(answer), by=cast.actor("priya"))
    assert lines_of(cast) == []
    with cast.acting_for("acorn") as session:
        work = session.scalars(select(WorkItem)).one()
        assert work.state == "cancelled"
        assert import_of(session, _id(answer)).state == "undone"
    assert imported(cast, path)["new"] == 2


def test_an_import_that_a_later_one_rests_on_stays(cast: Cast, tmp_path: Path) -> None:
    one, two = bought(2, -1), bought(3, -2)
    first = imported(cast, written(tmp_path, statement(one)))
    second = imported(cast, written(tmp_path, statement(one, two)))
    with cast.acting_for("acorn") as session, pytest.raises(Conflict, match="Undo that one"):
        undo_import(session, _id(first), by=cast.actor("priya"))
    with cast.acting_for("acorn") as session:
        undo_import(session, _id(second), by=cast.actor("priya"))
        undo_import(session, _id(first), by=cast.actor("priya"))
    assert lines_of(cast) == []


def test_the_coding_of_each_month_becomes_one_piece_of_work(cast: Cast, tmp_path: Path) -> None:
    october = replace(bought(1, -5), day=date(2026, 10, 31))
    imported(cast, written(tmp_path, statement(october, bought(2, -1))))
    imported(cast, written(tmp_path, statement(october, bought(2, -1), bought(3, -1))))
    with cast.acting_for("acorn") as session:
        work = session.scalars(select(WorkItem).order_by(WorkItem.period)).all()
        assert [(one.kind, one.period) for one in work] == [
            ("coding", "2026-10"),
            ("coding", "2026-11"),
        ]
        assert work[1].title == f"Code Bank account ··{NUMBER[-4:]}, November 2026"


def test_each_step_of_an_import_is_audited(cast: Cast, tmp_path: Path) -> None:
    imported(cast, written(tmp_path, statement(bought(2, -1))))
    with cast.acting_for("acorn") as session:
        acts = session.scalars(select(AuditEvent.action).order_by(AuditEvent.sequence)).all()
    steps = [act for act in acts if act.startswith(("document.", "statement.", "bank_account."))]
    assert steps == [
        "document.received",
        "statement.import_started",
        "bank_account.opened",
        "statement.lines_stored",
        "statement.shown",
        "statement.released",
    ]


def test_lines_belong_to_their_client(cast: Cast, tmp_path: Path) -> None:
    imported(cast, written(tmp_path, statement(bought(2, -1))))
    with cast.acting_for("birch", by="omar") as session:
        assert session.scalar(select(func.count()).select_from(BankLine)) == 0


def _id(answer: Imported) -> UUID:
    return UUID(answer["import"])
