"""htmx takes the page away under the person's hand and puts it back as it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from design.gallery import make_app
from tests.design import coding_sample
from tests.support.browser import chromium, complaints, served

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    app = make_app()
    coding_sample.add_to(app)
    with served(app) as address, chromium() as browser:
        page = browser.new_page(base_url=address, viewport={"width": 1440, "height": 500})
        yield page


def test_forty_lines_are_coded_with_enter_alone(page: Page) -> None:
    heard = complaints(page)
    page.goto("/sample")
    for line in range(1, 41):
        expect(page.locator('[data-row][aria-current="true"]')).to_have_id(f"line-{line}")
        page.keyboard.press("Enter")
        expect(page.locator("#toasts")).to_contain_text(f"Line {line} coded")
    expect(page.locator("[data-row]")).to_have_count(0)
    assert heard == []


def test_the_row_in_hand_is_the_one_that_takes_the_place(page: Page) -> None:
    page.goto("/sample")
    for _ in range(20):
        page.keyboard.press("j")
    expect(page.locator("#line-21")).to_be_focused()
    expect(page.locator("#shown")).to_have_text("21")
    page.keyboard.press("Enter")
    expect(page.locator("#line-22")).to_be_focused()
    expect(page.locator("#line-22")).to_be_in_viewport()
    expect(page.locator("#toasts [data-toast]")).to_have_count(1)


def test_undo_brings_the_line_back(page: Page) -> None:
    page.goto("/sample")
    page.keyboard.press("Enter")
    expect(page.locator("#line-1")).to_have_count(0)
    page.keyboard.press("z")
    expect(page.locator("#line-1")).to_have_count(1)


def test_a_refusal_is_shown_where_the_answer_goes(page: Page) -> None:
    page.goto("/sample")
    page.keyboard.press("e")
    page.keyboard.type("refuse")
    page.keyboard.press("Enter")
    expect(page.locator("#refused")).to_have_text("The month is closed.")
