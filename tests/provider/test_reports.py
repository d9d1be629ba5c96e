"""The reports: figures that open their lines, as it was known on an earlier day, and as files."""

from __future__ import annotations

import csv
import io
import re

import pytest

from tests.provider.books import LAST_FOUR, cast, desk, month_template
from tests.service_lines.banking.coding_desk import Desk
from tests.support.browsers import Tab, Web

__all__ = ["cast", "desk", "month_template"]

NOVEMBER = "since=2026-11-01&until=2026-11-30"


@pytest.fixture
def priya(web: Web) -> Tab:
    return web.signed_in("priya")


def books(desk: Desk, report: str) -> str:
    return f"/clients/{desk.cast['acorn']}/books/{report}"


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode())))


def test_the_trial_balance_balances_and_opens_its_lines(priya: Tab, desk: Desk) -> None:
    text = priya.get(books(desk, f"trial-balance?{NOVEMBER}")).text
    assert "the books of Acorn Joinery Ltd balance" in text
    account = desk.account("5000")
    assert f"/books/accounts/{account}?since=2026-11-01&amp;until=2026-11-30" in text
    assert ">300.00<" in text


def test_the_same_as_a_file(priya: Tab, desk: Desk) -> None:
    answer = priya.get(books(desk, f"trial-balance.csv?{NOVEMBER}"))
    assert "acorn-trial-balance-2026-11-30.csv" in answer.headers["Content-Disposition"]
    found = rows(answer.data)
    assert found[0] == ["Account", "Name", "Debit", "Credit", "Currency"]
    assert ["5000", "Materials", "300.00", "0.00", "GBP"] in found
    total = found[-1]
    assert total[2] == total[3]


def test_profit_and_loss_has_a_column_a_month(priya: Tab, desk: Desk) -> None:
    text = priya.get(books(desk, "profit-and-loss?since=2026-10-01&until=2026-11-30")).text
    assert "October 2026" in text
    assert "November 2026" in text
    assert "A loss of GBP\u00a0300.00" in text
    assert f"accounts/{desk.account('5000')}?since=2026-11-01&amp;until=2026-11-30" in text


def test_the_balance_sheet_has_both_sides(priya: Tab, desk: Desk) -> None:
    found = rows(priya.get(books(desk, f"balance-sheet.csv?{NOVEMBER}")).data)
    money = {row[0]: 0 for row in found[1:]}
    for kind, *_names, amount, _currency in found[1:]:
        money[kind] += round(float(amount) * 100)
    assert money["Assets"] == money.get("Liabilities", 0) + money["Equity"]


def test_an_accounts_lines_lead_to_the_entry_and_the_bank_line(priya: Tab, desk: Desk) -> None:
    text = priya.get(books(desk, f"accounts/{desk.account('5000')}?{NOVEMBER}")).text
    assert text.count('id="posting-') == 3
    entry = re.findall(r"/books/entries/[0-9a-f-]{36}", text)[0]
    text = priya.get(entry if entry.startswith("/clients") else books(desk, entry[7:])).text
    assert "VAT on purchases" in text
    assert "Posted by" in text
    assert "Priya Nair" in text
    source = re.search(r'href="([^"]*/lines\?[^"]*line=[^"]*)"', text)
    assert source is not None
    assert "data-row-first" in priya.get(source[1].replace("&amp;", "&")).text


def test_what_was_undone_says_so_on_both_entries(priya: Tab, desk: Desk) -> None:
    line = desk.lines()[0]
    desk.undo(line)
    coding = next(one for one in desk.codings() if one.undone_at is not None)
    text = priya.get(books(desk, f"entries/{coding.entry_id}")).text
    assert "Reversed" in text
    assert f"/books/entries/{coding.reversal_entry_id}" in text
    text = priya.get(books(desk, f"entries/{coding.reversal_entry_id}")).text
    assert "Open what it reverses" in text


def test_as_it_was_known_before_anything_was_posted(priya: Tab, desk: Desk) -> None:
    text = priya.get(books(desk, "trial-balance?until=2026-11-30&known=2020-01-01")).text
    assert "This is what the books said at the end of 1 Jan 2020" in text
    assert "Nothing is in the books for these days" in text


def test_days_that_are_none_are_refused_by_name(priya: Tab, desk: Desk) -> None:
    answer = priya.get(books(desk, "trial-balance?until=2026-02-30"))
    assert answer.status_code == 422
    assert "“2026-02-30” is not a day." in answer.text
    answer = priya.get(books(desk, "profit-and-loss?since=2026-11-30&until=2026-11-01"))
    assert answer.status_code == 422


def test_an_account_page_goes_on_where_the_page_before_ended(priya: Tab, desk: Desk) -> None:
    address = books(desk, f"accounts/{desk.account('5000')}?{NOVEMBER}")
    assert priya.get(f"{address}&after=nonsense").text.count('id="posting-') == 3
    ledger = rows(priya.get(address.replace("?", ".csv?")).data)
    assert [row[5] for row in ledger[1:]] == ["100.00", "200.00", "300.00"]


def test_the_general_ledger_lists_what_was_used(priya: Tab, desk: Desk) -> None:
    text = priya.get(books(desk, f"general-ledger?{NOVEMBER}")).text
    assert f"Bank account ··{LAST_FOUR}" in text
    assert "Subcontractors" not in text


def test_the_overviews_say_what_is_open(priya: Tab, desk: Desk) -> None:
    text = priya.get("/books").text
    assert "7 bank lines are open at 1 client." in text
    text = priya.get(books(desk, "")[:-1]).text
    assert "7 bank lines are open." in text
    assert "Code November 2026" in text


def test_a_client_without_books_work_is_shown_as_such(web: Web, desk: Desk) -> None:
    omar = web.signed_in("omar")
    assert "All bank lines are coded" in omar.get("/books").text
    text = omar.get(f"/clients/{desk.cast['birch']}/books").text
    assert "No bank account yet" in text
    text = omar.get(f"/clients/{desk.cast['birch']}/books/trial-balance").text
    assert "Nothing is in the books for these days" in text
