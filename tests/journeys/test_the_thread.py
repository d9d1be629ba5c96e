"""The first thread from end to end, by the pages alone: from a new client to a month signed off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from backoffice.command_line.check import failures_of
from backoffice.foundation.registry import load_catalogues
from tests.journeys import elm_bakery as elm
from tests.journeys.elm_hands import (
    OWNER,
    adds_elm_bakery,
    assigns,
    comes_in,
    invites_a_colleague,
    invites_the_owner,
    releases_the_import,
    sees_that_the_statement_was_read,
    sends_a_statement_and_a_program,
    signs_in,
    toast,
)
from tests.support.browser import chromium, complaints, served
from tests.support.browsers import Web
from tests.support.cast import Cast
from tests.support.mails import mails_to
from worker.run_batch import Runner

pytestmark = pytest.mark.journey

HAND = '[data-row][aria-current="true"]'


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def work(web: Web) -> Iterator[str]:
    with served(web.app("workbench")) as place:
        yield place.replace("127.0.0.1", "work.localhost")


@pytest.fixture
def portal(web: Web) -> Iterator[str]:
    with served(web.app("portal")) as place:
        yield place.replace("127.0.0.1", "portal.localhost")


def test_from_a_new_client_to_a_month_signed_off(
    cast: Cast, browser: Browser, work: str, portal: str, tmp_path: Path
) -> None:
    sofia = signs_in(a_page(browser, work), cast, "sofia")
    adds_elm_bakery(sofia)
    cast = replace(cast, clients={**cast.clients, "elm": client_in(sofia)})
    assigns(sofia, "Priya Nair", "Prepares")
    assigns(sofia, "Tom Adeyemi", "Reviews")
    invites_the_owner(sofia)

    ruby = a_page(browser, portal)
    heard = complaints(ruby)
    comes_in(ruby, mails_to(cast, "elm", OWNER)[-1], "Ruby Owen")
    invites_a_colleague(ruby)
    sends_a_statement_and_a_program(ruby, tmp_path)
    Runner(cast.database["worker"], load_catalogues()).drain()
    sees_that_the_statement_was_read(ruby)
    assert [words for words in heard if "422" not in words] == []  # the refusal of the program

    priya = signs_in(a_page(browser, work), cast, "priya")
    heard = complaints(priya)
    releases_the_import(priya)
    codes_one_wrong_and_undoes_it(priya)
    for line in elm.LINES:
        codes(priya, line)
    sends_it_to_review(priya)
    cannot_sign_off(priya)
    assert heard == []

    tom = signs_in(a_page(browser, work), cast, "tom")
    signs_off(tom)
    reads_the_trial_balance(tom)
    opens_the_lines_of_the_bank(tom)
    assert failures(cast) == []


def a_page(browser: Browser, address: str) -> Page:
    return browser.new_page(base_url=address, viewport={"width": 1440, "height": 900})


def client_in(page: Page) -> UUID:
    found = re.search(r"/clients/([0-9a-f-]{36})", page.url)
    assert found
    return UUID(found[1])


def failures(cast: Cast) -> list[str]:
    runtime = cast.database["workbench"]
    with cast.acting_for("elm", by="sofia") as session:
        return [f"{one.invariant}: {one.message}" for one in failures_of(session, runtime)]


# Code, by keys alone.


def in_hand(page: Page, line: elm.Line) -> None:
    expect(page.locator(f"{HAND} b").first).to_have_text(line.who)


def types(page: Page, part: elm.Part) -> None:
    """The account, and with Tab the tax code; whichever is last waits for its Enter."""
    page.keyboard.type(part.account)
    if part.tax:
        page.keyboard.press("Tab")
        page.keyboard.type(part.tax)


def codes_one_wrong_and_undoes_it(page: Page) -> None:
    wrong, following = elm.LINES[:2]
    in_hand(page, wrong)
    page.keyboard.press("/")
    page.keyboard.type("sales of serv")
    page.keyboard.press("Enter")
    toast(page, f"{wrong.who} coded to 4010 Sales of services.")
    in_hand(page, following)
    page.keyboard.press("z")
    toast(page, f"{wrong.who} is open again.")
    page.keyboard.press("k")


def codes(page: Page, line: elm.Line) -> None:
    """The line in hand; the hand then goes down to the next by itself."""
    in_hand(page, line)
    if len(line.parts) > 1:
        splits(page, line)
        toast(page, f"{line.who} split in {len(line.parts)}.")
    else:
        page.keyboard.press("/")
        expect(page.locator("#edit-account")).to_be_focused()
        types(page, line.parts[0])
        page.keyboard.press("Enter")
        toast(page, f"{line.who} coded to {line.parts[0].account}")
    done = elm.LINES.index(line) + 1
    expect(page.locator("#grid-progress")).to_contain_text(f"{done} of {len(elm.LINES)} coded")


def splits(page: Page, line: elm.Line) -> None:
    first, second = line.parts
    page.keyboard.press("s")
    expect(page.locator("[data-split-amount]").first).to_be_focused()
    page.keyboard.type(elm.pounds(first.minor))
    page.keyboard.press("Tab")
    types(page, first)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("[data-split-amount]").nth(1)).to_have_value(elm.pounds(second.minor))
    expect(page.locator("#split-sum")).to_contain_text("the parts add up")
    page.keyboard.press("Tab")
    types(page, second)
    page.keyboard.press("Control+Enter")


# Send to review, sign off, and read the books.


def sends_it_to_review(page: Page) -> None:
    page.get_by_role("button", name="Send to review").press("Enter")
    expect(page.locator("main")).to_contain_text("You prepared this month")


def cannot_sign_off(page: Page) -> None:
    expect(page.get_by_role("button", name="Sign off")).to_have_count(0)
    page.keyboard.press("s")
    page.reload()
    expect(page.locator("main")).to_contain_text("Prepared by Priya Nair")
    expect(page.locator("main")).not_to_contain_text("signed off by")


def signs_off(page: Page) -> None:
    page.get_by_role("link", name="For my review").click()
    page.get_by_role("row").filter(has_text=elm.NAME).get_by_role("link").click()
    agreed = page.get_by_role("listitem").filter(has_text="Bank agrees to statement")
    expect(agreed).to_contain_text(elm.pounds(elm.CLOSING))
    page.get_by_role("button", name="Sign off").click()
    toast(page, "Signed off.")
    expect(page.locator("main")).to_contain_text("signed off by Tom Adeyemi")


def reads_the_trial_balance(page: Page) -> None:
    """As of the last day of the month, whatever the fiscal year does after it."""
    page.get_by_role("link", name=elm.NAME).first.click()
    page.get_by_role("link", name="Trial balance").click()
    page.get_by_role("link", name=f"{elm.month()[0]:%B %Y}").click()
    expect(page.get_by_label("As of")).to_have_value(f"{elm.month()[1]}")
    shown = {}
    for row in page.locator("tr[data-row]").all():
        code, _name, debit, credit = row.locator("td").all_inner_texts()
        shown[code] = elm.pence(debit) - elm.pence(credit)
    assert shown == elm.balances()
    debits = sum(net for net in elm.balances().values() if net > 0)
    total = page.locator("tr.total td.number").all_inner_texts()
    assert [elm.pence(one) for one in total[-2:]] == [debits, debits]


def opens_the_lines_of_the_bank(page: Page) -> None:
    page.get_by_role("link", name=elm.pounds(elm.CLOSING)).click()
    expect(page.locator("tr.total")).to_contain_text(elm.pounds(elm.CLOSING))
    lines = page.locator("tr[data-row]")
    for line in elm.LINES:
        posted = lines.filter(has_text=line.who).filter(has_text=elm.pounds(line.minor))
        # The one that was undone stands there thrice: posted, reversed, and posted right.
        expect(posted).to_have_count(3 if line == elm.LINES[0] else 1)
