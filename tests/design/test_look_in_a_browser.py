"""The look in a real browser: accessible in both looks and both sizes, worked by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.design.conftest import PAGES
from tests.support.browser import axe, chromium, complaints, served

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def address(gallery: Flask) -> Iterator[str]:
    with served(gallery) as place:
        yield place


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def desk(browser: Browser, address: str) -> Iterator[Page]:
    page = browser.new_page(base_url=address, viewport={"width": 1440, "height": 900})
    yield page
    page.close()


def row_in_hand(page: Page) -> str | None:
    return page.locator('[data-row][aria-current="true"]').first.get_attribute("id")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_every_page_is_accessible_and_obeys_its_policy(
    browser: Browser, address: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    size = {"width": width, "height": 844}
    page = browser.new_page(base_url=address, viewport=size, color_scheme=scheme)
    heard = complaints(page)
    for path in PAGES.values():
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert axe(page) == []
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wider) == 0, f"{path} scrolls sideways at {width}"
    page.close()
    assert heard == []


def test_overlays_are_accessible(desk: Page) -> None:
    desk.goto("/workbench/today")
    for key, name in (("?", "keys"), ("Control+k", "palette")):
        desk.keyboard.press(key)
        expect(desk.locator(f"#{name}")).to_be_visible()
        assert axe(desk) == []
        desk.keyboard.press("Escape")
        expect(desk.locator(f"#{name}")).to_be_hidden()


def test_the_queue_is_worked_by_keys(desk: Page) -> None:
    desk.goto("/workbench/today")
    assert row_in_hand(desk) == "item-1"
    for key in "jjk":
        desk.keyboard.press(key)
    assert row_in_hand(desk) == "item-2"
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/today#item")
    desk.keyboard.press("g")
    desk.keyboard.press("b")
    desk.wait_for_url("**/workbench/grid")


def test_single_keys_rest_while_a_field_has_the_focus(desk: Page) -> None:
    desk.goto("/workbench/grid")
    desk.locator("#line-6 [role=combobox]").focus()
    desk.keyboard.type("jj?")
    assert row_in_hand(desk) == "line-6"
    expect(desk.locator("#keys")).to_be_hidden()


def test_single_keys_can_be_switched_off_for_good(desk: Page) -> None:
    desk.goto("/workbench/today")
    desk.keyboard.press("?")
    desk.locator("[data-single-keys-switch]").uncheck()
    desk.keyboard.press("Escape")
    desk.reload()
    desk.keyboard.press("j")
    assert row_in_hand(desk) == "item-1"
    desk.keyboard.press("Control+k")
    expect(desk.locator("#palette")).to_be_visible()


def test_finding_shows_what_the_server_found_first(desk: Page) -> None:
    desk.goto("/workbench/today")
    desk.keyboard.press("Control+k")
    desk.keyboard.type("bi")
    expect(desk.locator("#palette [aria-selected=true]")).to_contain_text("Birch Coffee Inc")
    expect(desk.locator("#palette [role=option]")).to_contain_text(["Birch Coffee Inc", "Billing"])
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**#billing")


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [("50", "5000 Timber and sheet"), ("iron", "5010 Ironmongery"), ("fuel", "6300 Van fuel")],
)
def test_an_account_is_chosen_by_typing(desk: Page, typed: str, chosen: str) -> None:
    desk.goto("/workbench/grid")
    field = desk.locator("#line-6 [role=combobox]")
    field.click()
    desk.keyboard.type(typed)
    expect(field).to_have_attribute("aria-expanded", "true")
    assert axe(desk) == []
    desk.keyboard.press("Enter")
    expect(field).to_have_value(chosen)
    expect(desk.locator("#line-6 [data-combobox-value]")).not_to_have_value("")
    desk.keyboard.press("Escape")
    expect(desk.locator("#line-6")).to_be_focused()


def test_what_is_no_account_is_not_taken(desk: Page) -> None:
    desk.goto("/workbench/grid")
    field = desk.locator("#line-6 [role=combobox]")
    field.click()
    desk.keyboard.type("zzz")
    desk.keyboard.press("Tab")
    expect(field).to_have_value("")


def test_a_lock_opens_only_when_the_period_is_typed(desk: Page) -> None:
    desk.goto("/")
    desk.locator('[data-dialog-open="lock"]').click()
    act = desk.locator("#lock [data-dialog-act]")
    desk.keyboard.type("October 20")
    expect(act).to_be_disabled()
    desk.keyboard.type("26")
    expect(act).to_be_enabled()
    assert axe(desk) == []


def test_several_files_go_at_once_and_the_server_has_the_last_word(desk: Page) -> None:
    desk.goto("/portal/upload")
    files = [
        {"name": f"bank {place} é.xml", "mimeType": "text/xml", "buffer": b"x" * 300_000 * place}
        for place in range(5)
    ]
    desk.set_input_files("#upload-files", files)
    expect(desk.locator("[data-upload-summary]")).to_have_text("5 safe")
    expect(desk.locator("[data-upload-rows] .name").first).to_have_text("bank 4 é.xml")
    expect(desk.locator("[data-upload-status]")).to_contain_text("safe with us")


def test_a_lost_line_is_tried_again(desk: Page) -> None:
    desk.goto("/portal/upload")
    tries: list[str] = []

    def once_lost(route: object) -> None:
        tries.append("")
        route.abort() if len(tries) == 1 else route.continue_()  # type: ignore[attr-defined]

    desk.route("**/file", once_lost)
    file = {"name": "bank.xml", "mimeType": "text/xml", "buffer": b"x"}
    desk.set_input_files("#upload-files", [file])
    expect(desk.locator('[data-state="lost"]')).to_contain_text("The line was lost")
    expect(desk.locator("[data-upload-summary]")).to_have_text("1 safe")
    assert len(tries) == 2


def test_dark_is_kept_for_the_next_page(desk: Page) -> None:
    desk.goto("/portal/home")
    desk.locator(".portal-end summary").click()
    desk.get_by_role("button", name="Dark").click()
    desk.goto("/portal/upload")
    expect(desk.locator("html")).to_have_attribute("data-theme", "dark")
