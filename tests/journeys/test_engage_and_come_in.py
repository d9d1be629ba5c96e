"""A client is engaged, its owner comes in by a mail, sets up a phone and brings a colleague in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from backoffice.foundation.clock import real_now
from tests.support.browser import axe, chromium, complaints, served
from tests.support.browsers import Web
from tests.support.cast import PASSWORD, Cast, email_of
from tests.support.mails import mails_to

pytestmark = pytest.mark.journey

OWNER = "runa@dune.example"
COLLEAGUE = "ole@dune.example"


@pytest.fixture(scope="module")
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


def test_from_engaging_a_client_to_its_people(
    cast: Cast, browser: Browser, work: str, portal: str
) -> None:
    staff = browser.new_page(base_url=work, viewport={"width": 1440, "height": 900})
    heard = complaints(staff)
    sign_in(staff, cast, "nadia")
    add_client(staff)
    cast.clients["dune"] = re.search(r"/clients/([0-9a-f-]{36})", staff.url)[1]  # type: ignore[index]
    invite_owner(staff)
    assert [line for line in heard if "status of 422" not in line] == []

    owner = browser.new_page(base_url=portal, viewport={"width": 390, "height": 844})
    heard = complaints(owner)
    come_in(owner, mails_to(cast, "dune", OWNER)[0], "Runa Dahl")
    seed = set_up_phone(owner)
    invite_colleague(owner)
    assert heard == []

    colleague = browser.new_page(base_url=portal)
    come_in(colleague, mails_to(cast, "dune", COLLEAGUE)[0], "Ole Falk")
    expect(colleague.get_by_role("link", name="People")).to_have_count(0)

    sign_out(owner)
    sign_in_with_phone(owner, seed)
    for page in (staff, owner, colleague):
        page.context.close()


def sign_in(page: Page, cast: Cast, name: str) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_label("Work e-mail").fill(email_of(name))
    page.get_by_label("Password").fill(PASSWORD)
    code = pyotp.TOTP(cast.seeds[name]).at(real_now() + timedelta(seconds=30))
    page.get_by_label("6-digit code").fill(code)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nadia")
    assert axe(page) == []


def add_client(page: Page) -> None:
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page.get_by_role("heading", name="Clients", exact=True)).to_be_visible()
    page.keyboard.press("n")
    page.get_by_label("Company name").fill("Dune Cycles Ltd")
    page.get_by_label("Country").fill("GB")
    page.get_by_label("Time zone").fill("Moon/Tycho")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Choose a time zone").first).to_be_visible()
    expect(page.get_by_label("Company name")).to_have_value("Dune Cycles Ltd")
    page.get_by_label("Time zone").fill("")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Dune Cycles Ltd")).to_be_visible()
    expect(page.get_by_text("Dune Cycles Ltd is a client now.")).to_be_visible()
    assert axe(page) == []


def invite_owner(page: Page) -> None:
    page.get_by_role("link", name="Invite its owner").first.click()
    page.get_by_label("Name", exact=True).fill("Runa Dahl")
    page.get_by_label("E-mail").fill(OWNER)
    page.get_by_label("Role").select_option("owner")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("The invitation to Runa Dahl is on its way.")).to_be_visible()


def come_in(page: Page, mail: str, name: str) -> None:
    path = re.search(r"/come-in/\S+", mail)
    code = re.search(r"code: (\d{6})", mail)
    assert path
    assert code
    page.goto(path[0])
    expect(page.get_by_role("heading", name=f"Welcome, {name}")).to_be_visible()
    assert axe(page) == []
    page.get_by_label("6-digit code from the mail").fill(code[1])
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_role("button", name="Come in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name.split()[0])
    assert axe(page) == []


def set_up_phone(page: Page) -> str:
    page.goto("/account/second-factor")
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    seed = page.locator("p.strong").inner_text().replace(" ", "")
    page.get_by_label("6-digit code from the app").fill(pyotp.TOTP(seed).now())
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_text("From now on each sign-in asks")).to_be_visible()
    return seed


def invite_colleague(page: Page) -> None:
    page.goto("/people")
    assert axe(page) == []
    page.get_by_role("link", name="Invite a colleague").click()
    page.get_by_label("Name", exact=True).fill("Ole Falk")
    page.get_by_label("E-mail").fill(COLLEAGUE)
    page.get_by_text("HR", exact=True).click()
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("The invitation to Ole Falk is on its way.")).to_be_visible()


def sign_out(page: Page) -> None:
    page.locator("summary").last.click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def sign_in_with_phone(page: Page, seed: str) -> None:
    page.get_by_label("E-mail").fill(OWNER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    code = pyotp.TOTP(seed).at(real_now() + timedelta(seconds=30))
    page.get_by_label("6-digit code").fill(code)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Runa")
