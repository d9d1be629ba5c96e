"""Priya codes a month without touching the mouse; Tom looks it over and signs it off."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from backoffice.firm.staff.sign_in import demo_link
from tests.provider.books import TIMBER, cast, desk, grid_path, month_template
from tests.service_lines.banking.coding_desk import Desk
from tests.support.browser import axe, chromium, complaints, served
from tests.support.browsers import Web
from tests.support.cast import Cast

__all__ = ["cast", "desk", "month_template"]

pytestmark = pytest.mark.journey

HAND = '[data-row][aria-current="true"]'


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def address(web: Web) -> Iterator[str]:
    with served(web.app("workbench")) as place:
        yield place.replace("127.0.0.1", "work.localhost")


def come_in(cast: Cast, browser: Browser, address: str, name: str) -> Page:
    runtime = cast.database["workbench"]
    with runtime.doors.firm_wide(because="a demo link") as session:
        token = demo_link(session, demo=True, staff_id=cast[name]).token
    size = {"width": 1440, "height": 900}
    page = browser.new_context(base_url=address, viewport=size).new_page()
    page.goto(f"/demo/{token}")
    page.get_by_role("button").first.click()
    expect(page.locator("nav.rail")).to_be_visible()
    return page


@pytest.fixture
def priya(cast: Cast, browser: Browser, address: str) -> Iterator[Page]:
    page = come_in(cast, browser, address, "priya")
    yield page
    page.context.close()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def takes(page: Page, who: str) -> None:
    """Go to the line of this counterparty, from the first one down."""
    press(page, *"kkkkkkkkk")
    for _step in range(10):
        if who in page.locator(f"{HAND} b").first.inner_text():
            return
        press(page, "j")
    raise AssertionError(f"No line of {who}")


def toast(page: Page, words: str) -> None:
    expect(page.locator("#toasts")).to_contain_text(words)


def test_a_month_is_coded_by_keys_alone_and_signed_off(
    cast: Cast, browser: Browser, address: str, priya: Page, desk: Desk
) -> None:
    heard = complaints(priya)
    priya.goto(grid_path(desk))
    expect(priya.locator(f"{HAND} b")).to_have_text(TIMBER)

    press(priya, "Enter")
    toast(priya, "Larkfield Timber coded to 5000 Materials.")
    expect(priya.locator("#grid-progress")).to_contain_text("4 of 9 coded")
    press(priya, "z")
    toast(priya, "Larkfield Timber is open again.")

    press(priya, "Shift+Enter")
    toast(priya, "3 lines were coded.")
    expect(priya.locator("#count-open")).to_have_text("3")

    takes(priya, "Tolbooth")
    press(priya, "s")
    expect(priya.locator("[data-split-amount]").first).to_be_focused()
    priya.keyboard.type("504.00")
    press(priya, "Tab")
    priya.keyboard.type("5030")
    press(priya, "Tab")
    priya.keyboard.type("P20")
    press(priya, "Tab", "Tab")
    expect(priya.locator("#split-sum")).to_contain_text("the parts add up")
    expect(priya.locator("#part-figures-1")).to_contain_text("Net 420.00 + tax 84.00")
    press(priya, "Tab")
    priya.keyboard.type("mater")
    press(priya, "Tab")
    priya.keyboard.type("P20")
    press(priya, "Control+Enter")
    toast(priya, "Tolbooth Trade Supplies split in 2.")

    takes(priya, "To savings")
    press(priya, "r")
    expect(priya.locator(".editor-choices input:checked")).to_be_focused()
    press(priya, "Enter")
    toast(priya, "To savings: transfer, Bank account ··3459.")

    takes(priya, "R Calder")
    press(priya, "/")
    priya.keyboard.type("travel")
    press(priya, "Enter")
    toast(priya, "R Calder coded to 7210 Travel and subsistence.")
    press(priya, "e")
    priya.keyboard.type("Cash for the road")
    press(priya, "Enter")
    toast(priya, "The note is kept.")
    expect(priya.locator("#grid-progress")).to_contain_text("9 of 9 coded")

    priya.get_by_role("button", name="Send to review").press("Enter")
    expect(priya.locator("main")).to_contain_text("You prepared this month")
    expect(priya.get_by_role("button", name="Sign off")).to_have_count(0)
    assert heard == []

    tom = come_in(cast, browser, address, "tom")
    tom.goto(priya.url)
    assert axe(tom) == []
    press(tom, "s")
    toast(tom, "Signed off.")
    expect(tom.locator("main")).to_contain_text("signed off by Tom Adeyemi")
    tom.context.close()
    assert desk.balances()["7210"] == 250_00
    assert desk.failures() == []


def test_a_refusal_keeps_the_hand_on_its_line(priya: Page, desk: Desk) -> None:
    priya.goto(grid_path(desk))
    takes(priya, "R Calder")
    press(priya, "Enter")
    expect(priya.locator(f"{HAND} .line-message")).to_contain_text("Nothing is suggested")
    expect(priya.locator(f"{HAND} b").first).to_have_text("R Calder")


def test_esc_leaves_an_editor_and_the_row_as_they_were(priya: Page, desk: Desk) -> None:
    priya.goto(grid_path(desk))
    before = priya.locator(HAND).inner_text()
    press(priya, "t")
    expect(priya.locator("#edit-tax")).to_be_focused()
    press(priya, "Escape", "Escape")
    expect(priya.locator(HAND)).to_be_focused()
    assert priya.locator(HAND).inner_text() == before
    press(priya, "m")
    expect(priya.locator("#words")).to_be_focused()
    press(priya, "Escape")
    expect(priya.locator(".editor")).to_have_count(0)
    assert priya.locator(HAND).inner_text() == before


def test_one_account_goes_to_all_lines_that_are_selected(priya: Page, desk: Desk) -> None:
    priya.goto(grid_path(desk))
    takes(priya, "Tolbooth")
    press(priya, "Shift+J", "Shift+J", "x")
    expect(priya.locator("[data-select]:checked")).to_have_count(3)
    press(priya, "/")
    priya.keyboard.type("7420")
    press(priya, "Enter")
    expect(priya.locator("#grid-progress")).to_contain_text("6 of 9 coded")
    expect(priya.locator("tbody.done")).to_have_count(3)


def test_the_grid_and_its_editors_are_accessible(priya: Page, desk: Desk) -> None:
    for scheme in ("light", "dark"):
        priya.emulate_media(color_scheme=scheme)
        priya.goto(grid_path(desk))
        expect(priya.locator("#side")).to_contain_text("before")
        assert axe(priya) == []
        for key, field in (("/", "#edit-account"), ("s", "[data-split-amount]"), ("m", "#words")):
            press(priya, key)
            expect(priya.locator(field).first).to_be_focused()
            assert axe(priya) == []
            press(priya, "Escape", "Escape")
            expect(priya.locator(field)).to_have_count(0)
