"""Coding lines: what is posted, what is refused, and that undoing leaves no trace in the sums."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from backoffice.foundation.errors import BadInput, Conflict, NotFound, Refused
from backoffice.foundation.ids import new_id
from backoffice.service_lines.banking.actions import coding
from backoffice.service_lines.banking.actions.accepting import (
    accept,
    accept_all_sure,
    undo_accepted,
)
from backoffice.service_lines.banking.actions.ruling import make_rule, retire_rule
from backoffice.service_lines.banking.queries.line import line_detail
from backoffice.service_lines.banking.rules.coding import PartDraft
from tests.service_lines.banking.coding_desk import Desk
from tests.service_lines.banking.files import bought, imported, statement, written


def test_a_line_with_a_tax_code_is_cut_into_net_and_tax(desk: Desk) -> None:
    (line,) = desk.receive_lines(bought(6, -12_000))
    desk.code(line, "5000", "P20")
    assert desk.balances() == {"1201": -12_000, "5000": 10_000, "1170": 2_000}
    assert desk.failures() == []


def test_money_that_came_in_with_tax_on_sales(desk: Desk) -> None:
    (line,) = desk.receive_lines(bought(3, 480_000, "Marsh & Pell"))
    desk.code(line, "4000", "S20")
    assert desk.balances() == {"1201": 480_000, "4000": -400_000, "2200": -80_000}


def test_tax_that_the_buyer_owes_itself_adds_to_both_sides(desk: Desk) -> None:
    (line,) = desk.receive_lines(bought(6, -10_000))
    desk.code(line, "7110", "RC20")
    assert desk.balances() == {"1201": -10_000, "7110": 10_000, "1170": 2_000, "2200": -2_000}
    assert desk.failures() == []


def test_what_was_in_the_bank_before_is_posted_with_the_first_coding(desk: Desk) -> None:
    (line,) = desk.receive_lines(bought(6, -12_000), opening=1_000_000)
    assert desk.balances() == {}
    desk.code(line, "5000")
    assert desk.balances() == {"1201": 988_000, "3100": -1_000_000, "5000": 12_000}


def test_an_earlier_statement_moves_the_opening_balance(desk: Desk) -> None:
    first = statement(bought(2, 500), opening=700)
    second = statement(bought(6, -100), opening=first.closing_cents)
    desk.receive(second)
    desk.code(desk.lines()[0], "5000")
    assert desk.balances()["3100"] == -1_200
    desk.receive(first)
    earlier = next(line for line in desk.lines() if line.amount_minor == 500)
    desk.code(earlier, "4000")
    assert desk.balances() == {"1201": 1_100, "3100": -700, "4000": -500, "5000": 100}
    assert desk.failures() == []


def test_pressing_twice_codes_once(desk: Desk) -> None:
    (line,) = desk.receive_lines(bought(6, -12_000))
    first = desk.code(line, "5000", key="one press")
    assert desk.code(line, "5000", key="one press") == first
    assert len(desk.codings()) == 1


def test_who_comes_second_is_told_how_the_line_stands(desk: Desk) -> None:
    (line,) = desk.receive_lines(bought(6, -12_000))
    desk.code(line, "5000", by="tom")
    with pytest.raises(Conflict, match="Tom Adeyemi coded it to 5000 Materials") as refused:
        desk.code(line, "5010")
    assert refused.value.code == "line_changed"
    assert len(desk.codings()) == 1


def test_of_many_who_code_at_once_one_wins(desk: Desk) -> None:
    (line,) = desk.receive_lines(bought(6, -12_000))

    def press(number: int) -> str:
        try:
            desk.code(line, "5000", key=f"press {number}")
        except Conflict as refused:
            return refused.code
        return "coded"

    with ThreadPoolExecutor(8) as people:
        answers = sorted(people.map(press, range(8)))
    assert answers == ["coded"] + ["line_changed"] * 7
    assert desk.balances() == {"1201": -12_000, "5000": 12_000}


def test_an_undone_coding_is_reversed_and_remembered(desk: Desk) -> None:
    (line,) = desk.receive_lines(bought(6, -12_000))
    desk.code(line, "5000", "P20")
    desk.undo(desk.line(line.id))
    again = desk.line(line.id)
    assert again.state == "open"
    assert desk.balances() == {}
    desk.code(again, "5010")
    with desk.acting() as session:
        events = line_detail(session, desk.cast.database["workbench"], line.id).events
    assert [(one.account.code if one.account else None, one.undone_because) for one in events] == [
        ("5000", "Undone"),
        ("5010", None),
    ]
    assert desk.balances() == {"1201": -12_000, "5010": 12_000}
    assert desk.failures() == []


def test_a_coded_line_is_coded_anew_by_whoever_has_seen_it(desk: Desk) -> None:
    (line,) = desk.receive_lines(bought(6, -12_000))
    desk.code(line, "5000")
    desk.code(desk.line(line.id), "5010", "P20")
    assert desk.balances() == {"1201": -12_000, "5010": 10_000, "1170": 2_000}
    assert [one.undone_because for one in desk.codings()] == ["Coded anew", None]


def test_what_is_not_coded_cannot_be_undone(desk: Desk) -> None:
    (line,) = desk.receive_lines(bought(6, -12_000))
    with pytest.raises(Conflict, match="not coded"):
        desk.undo(line)


def test_a_line_is_coded_only_after_its_import_was_released(desk: Desk) -> None:
    path = written(desk.folder, statement(bought(6, -12_000)))
    imported(desk.cast, path, release=False)
    with pytest.raises(Conflict, match="not been released"):
        desk.code(desk.lines()[0], "5000")
    assert desk.codings() == []


@pytest.mark.parametrize("code", ["1201", "1300", "1130", "2100"])
def test_accounts_of_other_ledgers_are_refused(desk: Desk, code: str) -> None:
    (line,) = desk.receive_lines(bought(6, -12_000))
    with pytest.raises(BadInput) as refused:
        desk.code(line, code)
    assert (refused.value.code, refused.value.field) == ("account_takes_no_lines", "account_id")


def test_a_heading_takes_no_lines(desk: Desk) -> None:
    (line,) = desk.receive_lines(bought(6, -12_000))
    with pytest.raises(Refused) as refused:
        desk.code(line, "2000")
    assert refused.value.code == "account_takes_no_lines"
    assert desk.line(line.id).state == "open"


def test_an_account_of_another_client_does_not_exist(desk: Desk) -> None:
    (line,) = desk.receive_lines(bought(6, -12_000))
    foreign = Desk(desk.cast, desk.folder, "birch").account("6100")
    with desk.acting() as session, pytest.raises(NotFound):
        coding.code_line(
            session,
            line.id,
            account_id=foreign,
            version=line.version,
            by=desk.cast.actor("priya"),
            key="k",
        )


def test_another_clients_line_does_not_exist(desk: Desk) -> None:
    (line,) = desk.receive_lines(bought(6, -12_000))
    for line_id in (line.id, new_id()):
        with desk.cast.acting_for("birch", by="omar") as session, pytest.raises(NotFound) as no:
            coding.undo(session, line_id, version=1, by=desk.cast.actor("omar"))
        assert no.value.message == "There is no such bank line."


def test_a_split_sums_to_its_line(desk: Desk) -> None:
    (line,) = desk.receive_lines(bought(6, -68_400, "Tolbooth Trade Supplies"))
    tax = desk.tax("P20")
    desk.split(
        line,
        PartDraft(desk.account("5000"), -33_600, tax, "Hardwood lipping"),
        PartDraft(desk.account("5030"), -28_800, tax),
        PartDraft(desk.account("5020"), -6_000),
    )
    assert desk.balances() == {
        "1201": -68_400, "5000": 28_000, "5030": 24_000, "5020": 6_000, "1170": 10_400,
    }  # fmt: skip
    with desk.acting() as session:
        detail = line_detail(session, desk.cast.database["workbench"], line.id)
    assert [part.note for part in detail.parts] == ["Hardwood lipping", "", ""]
    assert desk.failures() == []


def test_a_split_that_does_not_sum_says_what_is_left(desk: Desk) -> None:
    (line,) = desk.receive_lines(bought(6, -68_400))
    parts = [PartDraft(desk.account("5000"), -33_600), PartDraft(desk.account("5020"), -4_800)]
    with pytest.raises(BadInput, match="−300.00 are left to place"):
        desk.split(line, *parts)
    with pytest.raises(BadInput, match="two parts or more"):
        desk.split(line, parts[0])
    assert desk.line(line.id).state == "open"


def test_the_database_refuses_parts_that_do_not_sum(desk: Desk) -> None:
    (line,) = desk.receive_lines(bought(6, -68_400))
    coded = desk.code(line, "5000")
    one_more = text(
        "INSERT INTO coding_part (client_id, id, coding_id, coding_amount_minor, parts, position,"
        " account_id, gross_minor, net_minor, tax_minor, note)"
        " SELECT client_id, :id, coding_id, coding_amount_minor, parts, :position, account_id,"
        " :gross, :gross, 0, '' FROM coding_part WHERE coding_id = :coding"
    )
    for position, gross in ((1, -68_400), (2, -1), (2, -68_400)):
        with desk.acting() as session, pytest.raises(IntegrityError):
            values = {"id": new_id(), "position": position, "gross": gross, "coding": coded}
            session.execute(one_more, values)


def test_what_the_bank_said_cannot_be_changed(desk: Desk) -> None:
    (line,) = desk.receive_lines(bought(6, -68_400))
    with desk.acting() as session, pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(
            text("UPDATE bank_line SET amount_minor = 1 WHERE id = :id"), {"id": line.id}
        )


def test_what_was_coded_before_is_suggested_with_its_count(desk: Desk) -> None:
    lines = desk.receive_lines(*(bought(day, -100 - day) for day in range(2, 7)))
    for line in lines[:3]:
        desk.code(line, "5000", "P20")
    left = desk.lines()[3]
    assert (left.confidence, left.reason_times, left.reason_of) == ("sure", 3, 3)
    assert left.suggested_account_id == desk.account("5000")
    assert left.version == lines[3].version  # nobody has changed it
    desk.undo(desk.lines()[0])
    assert desk.lines()[3].reason_of == 2


def test_a_suggestion_is_accepted_as_it_was_seen(desk: Desk) -> None:
    lines = desk.receive_lines(*(bought(day, -100) for day in range(2, 5)))
    for line in lines[:2]:
        desk.code(line, "5000")
    left = desk.lines()[2]
    actor = desk.cast.actor("priya")
    with desk.acting() as session, pytest.raises(Conflict, match="suggestion changed"):
        accept(
            session, left.id, version=left.version, by=actor, key="k",
            shown_account_id=desk.account("5010"),
        )  # fmt: skip
    with desk.acting() as session:
        accept(
            session, left.id, version=left.version, by=actor, key="k",
            shown_account_id=left.suggested_account_id,
        )  # fmt: skip
    assert desk.balances()["5000"] == 300


def test_nothing_suggested_is_nothing_to_accept(desk: Desk) -> None:
    (line,) = desk.receive_lines(bought(6, -12_000))
    with desk.acting() as session, pytest.raises(BadInput, match="Choose an account"):
        accept(session, line.id, version=1, by=desk.cast.actor("priya"), key="k")


def test_all_that_are_sure_are_accepted_by_one_press_and_undone_by_one(desk: Desk) -> None:
    timber = [bought(day, -1_200) for day in range(2, 12)]
    desk.receive_lines(*timber, bought(12, -77, "R Calder"))
    with desk.acting() as session:
        actor = desk.cast.actor("priya")
        make_rule(
            session,
            words="Larkfield, timber",
            account_id=desk.account("5000"),
            tax_code_id=desk.tax("P20"),
            by=actor,
        )
    account = desk.lines()[0].bank_account_id
    for _press in range(2):
        with desk.acting() as session:
            done = accept_all_sure(session, bank_account_id=account, by=actor, key="all")
        assert (done.coded, done.left) == (10, 0)
    assert desk.balances() == {"1201": -12_000, "5000": 10_000, "1170": 2_000}
    assert desk.failures() == []
    with desk.acting() as session:
        assert undo_accepted(session, key="all", by=actor) == 10
    assert desk.balances() == {}
    assert {line.state for line in desk.lines()} == {"open"}
    assert desk.failures() == []


def test_a_rule_speaks_from_the_day_it_is_written_until_it_is_retired(desk: Desk) -> None:
    desk.receive_lines(bought(6, -12_000), bought(7, -5, "Brightwire Energy"))
    actor = desk.cast.actor("priya")
    with desk.acting() as session:
        made = make_rule(session, words="brightwire", account_id=desk.account("7020"), by=actor)
        rule_id = made.rule.id
        assert made.looked_at == 1
    energy = desk.lines()[1]
    assert (energy.reason_kind, energy.confidence) == ("rule", "sure")
    assert energy.reason_rule_id == rule_id
    later = bought(9, -6, "BRIGHTWIRE ENERGY LTD")
    desk.receive(statement(bought(8, -1), later, opening=-12_005))
    assert desk.lines()[3].reason_rule_id == rule_id
    with desk.acting() as session:
        retire_rule(session, rule_id, by=actor)
    assert {line.reason_kind for line in desk.lines()} == {"first_time"}


def test_a_rule_without_words_or_for_a_bank_account_is_refused(desk: Desk) -> None:
    desk.receive_lines(bought(6, -12_000))
    actor = desk.cast.actor("priya")
    with desk.acting() as session, pytest.raises(BadInput, match="at least one word"):
        make_rule(session, words=" .,", account_id=desk.account("7020"), by=actor)
    with desk.acting() as session, pytest.raises(BadInput, match="kept by its own ledger"):
        make_rule(session, words="oak", account_id=desk.account("1201"), by=actor)


def test_a_note_is_kept_and_a_stale_one_refused(desk: Desk) -> None:
    (line,) = desk.receive_lines(bought(6, -12_000))
    actor = desk.cast.actor("priya")
    with desk.acting() as session:
        coding.write_note(session, line.id, note="  Ask Martin ", version=1, by=actor)
    assert (desk.line(line.id).note, desk.line(line.id).version) == ("Ask Martin", 2)
    with desk.acting() as session, pytest.raises(Conflict, match="open again"):
        coding.write_note(session, line.id, note="", version=1, by=actor)


def test_a_line_in_another_currency_waits_for_a_rate(desk: Desk) -> None:
    desk.receive(statement(bought(6, -12_000), currency="EUR", number="DE02100100109307118603"))
    with pytest.raises(BadInput) as refused:
        desk.code(desk.lines()[0], "5000")
    assert refused.value.code == "rate_missing"
