"""The coding grid: what each act answers, what is refused, and how many queries a page takes."""

from __future__ import annotations

from datetime import date

import pytest

from backoffice.ledger import move_period
from tests.provider.books import TIMBER, act, cast, desk, grid_path, month_template, said
from tests.service_lines.banking.coding_desk import Desk
from tests.service_lines.banking.files import bought, statement
from tests.support.browsers import Tab, Web
from tests.support.queries import queries_of

__all__ = ["cast", "desk", "month_template"]


@pytest.fixture
def priya(web: Web) -> Tab:
    return web.signed_in("priya")


def named(desk: Desk, name: str, state: str = "open"):  # type: ignore[no-untyped-def]
    return next(one for one in desk.lines() if one.counterparty == name and one.state == state)


def test_the_grid_shows_lines_with_their_reasons_and_counts(priya: Tab, desk: Desk) -> None:
    text = priya.get(grid_path(desk)).text
    assert text.count("<tbody id=") == 6
    assert "3 of 3 times" in text
    assert "First time seen" in text
    assert 'id="count-sure">3<' in text
    assert "Statement adds up" in text
    assert "Send to review: 6 left" in text


@pytest.mark.parametrize(
    ("tab", "rows"), [("sure", 3), ("look_twice", 3), ("coded", 3), ("all", 9)]
)
def test_each_tab_has_its_lines(priya: Tab, desk: Desk, tab: str, rows: int) -> None:
    assert priya.get(f"{grid_path(desk)}?tab={tab}").text.count("<tbody id=") == rows


def test_accepting_answers_with_the_line_the_figures_and_a_way_back(priya: Tab, desk: Desk) -> None:
    line = named(desk, TIMBER)
    answer = act(priya, desk, line, "accept", shown=str(desk.account("5000")))
    assert answer.status_code == 200
    assert 'class="done"' in answer.text
    assert "Larkfield Timber coded to 5000 Materials." in answer.text
    assert f"/lines/{line.id}/undo" in answer.text
    assert "<b>4</b> of 9 coded" in answer.text
    assert desk.line(line.id).state == "coded"


def test_undo_opens_the_line_again(priya: Tab, desk: Desk) -> None:
    line = named(desk, TIMBER)
    act(priya, desk, line, "accept")
    answer = act(priya, desk, desk.line(line.id), "undo")
    assert "Larkfield Timber is open again." in answer.text
    assert desk.line(line.id).state == "open"


def test_an_overtaken_press_shows_theirs_and_offers_ours_on_top(web: Web, desk: Desk) -> None:
    line = named(desk, "R Calder")
    tom, priya = web.signed_in("tom"), web.signed_in("priya")
    act(tom, desk, line, "code", account_id=str(desk.account("7210")))
    answer = act(priya, desk, line, "code", account_id=str(desk.account("1390")))
    assert answer.status_code == 409
    assert "Tom Adeyemi coded it to 7210 Travel and subsistence" in answer.text
    assert "Put mine on top" in answer.text
    mine = act(priya, desk, desk.line(line.id), "code", account_id=str(desk.account("1390")))
    assert mine.status_code == 200
    assert "R Calder coded to 1390 Suspense." in mine.text


def test_what_is_refused_stands_in_the_line(priya: Tab, desk: Desk) -> None:
    line = named(desk, "R Calder")
    answer = act(priya, desk, line, "accept")
    assert answer.status_code == 422
    assert "data-problem" in answer.text
    assert "Nothing is suggested for this line. Choose an account." in answer.text
    assert desk.line(line.id).state == "open"


def test_an_account_that_its_own_ledger_keeps_is_refused(priya: Tab, desk: Desk) -> None:
    line = named(desk, "R Calder")
    answer = act(priya, desk, line, "code", account_id=str(desk.account("1130")))
    assert answer.status_code == 422
    assert "Account 1130 is kept by its own ledger." in answer.text


def test_all_that_is_sure_is_accepted_and_taken_back_by_one_press_each(
    priya: Tab, desk: Desk
) -> None:
    path = grid_path(desk).replace("/lines", "/accept-sure")
    press = {"period": "2026-11", "key": "one press"}
    assert "3 lines were coded." in priya.post(path, press).text
    assert [line.state for line in desk.lines()].count("coded") == 6
    assert "3 lines are open again." in priya.post(f"{path}/undo", press).text
    assert [line.state for line in desk.lines()].count("coded") == 3


def part(desk: Desk, amount: str, code: str, tax: str | None = None) -> dict[str, str]:
    tax_id = str(desk.tax(tax)) if tax else ""
    return {
        "amount": amount,
        "account_id": str(desk.account(code)),
        "tax_code_id": tax_id,
        "note": "",
    }


def columns(*parts: dict[str, str]) -> dict[str, list[str]]:
    """As a browser sends fields of the same name."""
    return {name: [one[name] for one in parts] for name in parts[0]}


def test_a_split_shows_net_and_tax_while_it_is_typed(priya: Tab, desk: Desk) -> None:
    line = named(desk, "Tolbooth Trade Supplies")
    typed = columns(part(desk, "504.00", "5030", "P20"), part(desk, "", "5000"))
    answer = act(priya, desk, line, "split/figures", **typed)
    assert "Net 420.00 + tax 84.00" in answer.text
    assert "504.00 of 684.00: 180.00 left to place" in answer.text
    assert desk.line(line.id).state == "open"


def test_a_split_that_adds_up_is_kept(priya: Tab, desk: Desk) -> None:
    line = named(desk, "Tolbooth Trade Supplies")
    typed = columns(part(desk, "504.00", "5030", "P20"), part(desk, "180.00", "5000", "P20"))
    answer = act(priya, desk, line, "split", **typed)
    assert answer.status_code == 200
    assert "Tolbooth Trade Supplies split in 2." in answer.text
    balances = desk.balances()
    assert balances["5030"] == 420_00
    assert balances["1170"] == 3 * 20_00 + 114_00


def test_a_split_that_does_not_add_up_keeps_what_was_typed(priya: Tab, desk: Desk) -> None:
    line = named(desk, "Tolbooth Trade Supplies")
    typed = columns(part(desk, "504.00", "5030", "P20"), part(desk, "100.00", "5000"))
    answer = act(priya, desk, line, "split", **typed)
    assert answer.status_code == 422
    assert "604.00" in answer.text
    assert 'value="504.00"' in answer.text
    assert "80.00 left to place" in answer.text


def test_a_transfer_offers_the_other_leg_and_codes_both(priya: Tab, desk: Desk) -> None:
    out, into = named(desk, "To savings"), named(desk, "From current")
    client = desk.cast["acorn"]
    form = priya.get(f"/clients/{client}/lines/{out.id}/transfer").text
    choice = f"{into.bank_account_id}.{into.id}"
    assert choice in form
    answer = act(priya, desk, out, "transfer", to=choice)
    assert answer.status_code == 200
    assert {desk.line(out.id).state, desk.line(into.id).state} == {"coded"}
    assert "1300" not in desk.balances()


def test_a_rule_is_kept_and_suggests_at_once(priya: Tab, desk: Desk) -> None:
    line = named(desk, "R Calder")
    rule = {"words": "calder", "direction": "out", "account_id": str(desk.account("7210"))}
    answer = act(priya, desk, line, "rule", **rule, here_only="1", note="Cash for the road")
    assert answer.headers["HX-Retarget"] == "#grid"
    assert "Rule by Priya" in answer.text
    assert act(priya, desk, desk.line(line.id), "accept").status_code == 200
    assert desk.balances()["7210"] == 250_00


def test_a_note_is_kept_for_colleagues(priya: Tab, desk: Desk) -> None:
    line = named(desk, "R Calder")
    act(priya, desk, line, "note", note="Who is this?")
    assert "Who is this?" in priya.get(grid_path(desk)).text


def test_beside_the_grid_stands_what_came_before(priya: Tab, desk: Desk) -> None:
    line = named(desk, TIMBER)
    text = priya.get(f"/clients/{desk.cast['acorn']}/lines/{line.id}/side").text
    assert "Larkfield Timber before" in text
    assert "went to 5000 Materials 3 times" in text


def test_who_may_not_code_sees_no_key_for_it(web: Web, desk: Desk) -> None:
    text = web.signed_in("sofia").get(grid_path(desk)).text
    assert 'data-row-act="accept"' not in text
    assert "Accept 3 sure" not in text


def test_a_deep_link_shows_the_line_in_hand(priya: Tab, desk: Desk) -> None:
    line = named(desk, "R Calder")
    text = priya.get(f"{grid_path(desk)}?line={line.id}&period=2026-11").text
    assert f'data-row-first="line-{line.id}"' in text


def test_a_page_takes_the_same_queries_however_many_lines_there_are(
    web: Web, priya: Tab, desk: Desk
) -> None:
    def queries() -> int:
        with queries_of(web.app("workbench")) as sent:
            assert priya.get(grid_path(desk)).status_code == 200
        return len(sent)

    queries()  # what a reader sees once a minute is counted now
    few = queries()
    more = [bought(14 + n % 9, -100_00 - n, TIMBER, f"DD {n}") for n in range(120)]
    desk.receive(statement(*more, opening=1_820_411 - 2_514_00))
    assert len(desk.lines()) > 120
    assert queries() == few


def test_a_mistyped_mark_is_the_first_page(priya: Tab, desk: Desk) -> None:
    answer = priya.get(f"{grid_path(desk)}?after=2026-11-01.nonsense&tab=nothing")
    assert answer.status_code == 200
    assert answer.text.count("<tbody id=") == 6


def test_the_same_press_twice_codes_once(priya: Tab, desk: Desk) -> None:
    line = named(desk, TIMBER)
    press = said(line)
    path = f"/clients/{desk.cast['acorn']}/lines/{line.id}/accept"
    first = priya.post(path, press, headers={"HX-Request": "true"})
    again = priya.post(path, press, headers={"HX-Request": "true"})
    assert (first.status_code, again.status_code) == (200, 200)
    assert len([one for one in desk.codings() if one.bank_line_id == line.id]) == 1


def test_a_closed_month_says_so_in_the_line(priya: Tab, desk: Desk) -> None:
    with desk.acting("tom") as session:
        move_period(session, date(2026, 11, 1), to="closed")
    line = named(desk, TIMBER)
    answer = act(priya, desk, line, "accept")
    assert answer.status_code in (409, 422)
    assert "November 2026" in answer.text
    assert "Not saved." in answer.text
    assert desk.line(line.id).state == "open"
