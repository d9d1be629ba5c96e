"""What each does with Elm Bakery on the pages, from adding it to the release of its statement."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pyotp
from playwright.sync_api import Locator, Page, expect

from backoffice.foundation.clock import real_now
from tests.journeys import elm_bakery as elm
from tests.support.cast import PASSWORD, Cast, email_of

OWNER, COLLEAGUE = "ruby@elm.example", "jude@elm.example"


def toast(page: Page, words: str) -> None:
    expect(page.locator("#toasts")).to_contain_text(words)


# Engage, and come in.


def signs_in(page: Page, cast: Cast, name: str) -> Page:
    page.goto("/")
    page.get_by_label("Work e-mail").fill(email_of(name))
    page.get_by_label("Password").fill(PASSWORD)
    code = pyotp.TOTP(cast.seeds[name]).at(real_now() + timedelta(seconds=30))
    page.get_by_label("6-digit code").fill(code)  # the next one: the cast has used this one
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(name.title())
    return page


def adds_elm_bakery(page: Page) -> None:
    page.get_by_role("link", name="Clients").first.click()
    page.get_by_role("link", name="Add a client").first.click()
    page.get_by_label("Company name").fill(elm.NAME)
    page.get_by_label("Country").fill("GB")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name=elm.NAME)).to_be_visible()
    toast(page, f"{elm.NAME} is a client now.")


def assigns(page: Page, colleague: str, duty: str) -> None:
    page.get_by_role("link", name="People").first.click()
    page.get_by_role("link", name="Assign a colleague").click()
    who = page.get_by_label("Colleague").locator("option").filter(has_text=colleague)
    page.get_by_label("Colleague").select_option(who.get_attribute("value"))
    page.get_by_label("Duty").select_option(label=duty)
    page.keyboard.press("Control+Enter")
    toast(page, "Assigned.")
    row = page.get_by_role("row").filter(has_text=colleague)
    expect(row).to_contain_text(duty)


def invites_the_owner(page: Page) -> None:
    page.get_by_role("link", name="Invite its owner").first.click()
    page.get_by_label("Name", exact=True).fill("Ruby Owen")
    page.get_by_label("E-mail").fill(OWNER)
    page.get_by_label("Role").select_option("owner")
    page.get_by_role("button", name="Send the invitation").click()
    toast(page, "The invitation to Ruby Owen is on its way.")


def comes_in(page: Page, mail: str, name: str) -> None:
    """By the mailed link, which by itself lets nobody in: mail scanners follow links too."""
    link, code = re.search(r"/come-in/\S+", mail), re.search(r"code: (\d{6})", mail)
    assert link
    assert code
    page.goto(link[0])
    expect(page.get_by_role("heading", name=f"Welcome, {name}")).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto(link[0])
    page.get_by_label("6-digit code from the mail").fill(code[1])
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_role("button", name="Come in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name.split()[0])


def invites_a_colleague(page: Page) -> None:
    page.get_by_role("link", name="People").first.click()
    page.get_by_role("link", name="Invite a colleague").click()
    page.get_by_label("Name", exact=True).fill("Jude Marlow")
    page.get_by_label("E-mail").fill(COLLEAGUE)
    page.get_by_text("Finance", exact=True).click()
    page.get_by_role("button", name="Send the invitation").click()
    toast(page, "The invitation to Jude Marlow is on its way.")


# Upload, and import.


def sent(page: Page, name: str) -> Locator:
    return page.locator("[data-upload-rows] .upload-row").filter(has_text=name)


def sends_a_statement_and_a_program(page: Page, folder: Path) -> None:
    program = folder / "invoice.pdf"
    program.write_bytes(b"MZ" + bytes(300))
    page.get_by_role("link", name="Upload").first.click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").click()
    chooser.value.set_files([elm.statement(folder), program])
    expect(sent(page, "invoice.pdf")).to_contain_text("Not taken: This is a program.")
    expect(sent(page, "statement-")).to_contain_text("we are reading it now")
    summary = page.locator("[data-upload-summary]")
    expect(summary).to_have_text("1 on its way · 1 held back")


def sees_that_the_statement_was_read(page: Page) -> None:
    expect(sent(page, "statement-")).to_contain_text("Bank statement,", timeout=15_000)
    expect(page.locator("[data-upload-summary]")).to_have_text("1 safe · 1 held back")


def releases_the_import(page: Page) -> None:
    page.get_by_role("link", name="Clients").first.click()
    page.get_by_role("link", name=elm.NAME).click()
    page.get_by_role("link", name="Books").last.click()
    page.get_by_role("link", name="statement-5555").click()
    main = page.locator("main")
    expect(main).to_contain_text("14 lines are new, 0 known before, 0 contradicting.")
    expect(main).to_contain_text("to the last cent")
    for amount in (elm.OPENING, elm.CLOSING):
        expect(main).to_contain_text(elm.pounds(amount))
    page.get_by_role("button", name="Release").click()
    toast(page, "The import is released; its lines can be coded.")
    page.get_by_role("link", name="Code its lines").click()
    expect(page.locator("#grid-progress")).to_contain_text("0 of 14 coded")
