"""How a person comes in: the link of a mail, a password, and a second factor if they like."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pyotp
import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from backoffice.firm.clients.own_account import ask_for_new_password
from backoffice.firm.clients.people import invite_person, withdraw_invitation
from backoffice.foundation.clock import real_now
from backoffice.foundation.identity.sessions import Browser
from backoffice.foundation.identity.tokens import Link
from tests.support.browsers import Tab, Web
from tests.support.cast import PASSWORD, Cast, email_of
from tests.support.mails import mails_to

NEW = "a bench beside the old slipway"


@pytest.fixture
def link(cast: Cast) -> Link:
    """The finance colleague that Cendana's account manager invites."""
    with cast.acting_for("cendana", by="nadia") as session:
        _invitation, link = invite_person(
            session,
            cast.database["workbench"],
            name="Dewi Lestari",
            email="dewi@cendana.example",
            role="owner",
        )
    return link


def come_in(tab: Tab, link: Link, password: str = NEW, code: str | None = None) -> TestResponse:
    return tab.post(f"/come-in/{link.token}", {"code": code or link.code, "password": password})


def sign_in(tab: Tab, email: str, password: str) -> TestResponse:
    return tab.post("/sign-in", {"email": email, "password": password})


def test_the_mail_holds_the_link_and_the_code(cast: Cast, link: Link) -> None:
    (mail,) = mails_to(cast, "cendana", "dewi@cendana.example")
    assert f"/come-in/{link.token}" in mail
    assert link.code in mail


def test_looking_at_the_link_signs_nobody_in(web: Web, link: Link) -> None:
    tab = web.tab("portal")
    for _look in range(3):
        page = tab.get(f"/come-in/{link.token}")
        assert "PT Cendana Kreatif" in page.text
    assert tab.get("/").status_code == 303
    assert come_in(tab, link).status_code == 303


def test_the_owner_comes_in_with_a_password_of_their_own(web: Web, link: Link) -> None:
    tab = web.tab("portal")
    assert come_in(tab, link).location == "/"
    home = tab.get("/")
    assert home.status_code == 200
    assert "PT Cendana Kreatif" in home.text
    again = web.tab("portal")
    assert sign_in(again, "Dewi@Cendana.example ", NEW).location == "/"


def test_a_link_comes_in_once(web: Web, link: Link) -> None:
    assert come_in(web.tab("portal"), link).status_code == 303
    assert web.tab("portal").get(f"/come-in/{link.token}").status_code == 404
    assert come_in(web.tab("portal"), link).status_code in (404, 422)


def test_a_wrong_code_keeps_the_page_and_counts(web: Web, link: Link) -> None:
    wrong = f"{(int(link.code) + 1) % 10**6:06d}"
    for _try in range(5):
        answer = come_in(web.tab("portal"), link, code=wrong)
        assert answer.status_code == 422 or "no use any more" in answer.text
    assert come_in(web.tab("portal"), link).status_code != 303


def test_a_weak_password_uses_nothing_up(web: Web, link: Link) -> None:
    tab = web.tab("portal")
    answer = come_in(tab, link, password="password1234")
    assert answer.status_code == 422
    assert "tried first" in answer.text
    assert come_in(tab, link).status_code == 303


def test_a_withdrawn_invitation_lets_nobody_in(cast: Cast, web: Web, link: Link) -> None:
    with cast.acting_for("cendana", by="nadia") as session:
        row = session.execute(text("SELECT id FROM invitation")).scalar_one()
        withdraw_invitation(session, invitation_id=row)
    assert come_in(web.tab("portal"), link).status_code in (404, 422)


def test_who_has_an_account_gives_its_password(cast: Cast, web: Web) -> None:
    with cast.acting_for("birch", by="nadia") as session:
        _invitation, link = invite_person(
            session,
            cast.database["workbench"],
            name="Martin Bell",
            email=email_of("martin"),
            role="finance",
        )
    tab = web.tab("portal")
    assert come_in(tab, link, password=NEW).status_code == 401
    assert come_in(tab, link, password=PASSWORD).status_code == 303
    assert sign_in(web.tab("portal"), email_of("martin"), NEW).status_code == 401


def test_wrong_answers_sound_alike(web: Web) -> None:
    answers = [
        sign_in(web.tab("portal"), email_of("martin"), "not this one at all"),
        sign_in(web.tab("portal"), "nobody@client.example", "not this one at all"),
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert sentence(answers[0]) == sentence(answers[1])


def test_a_second_factor_is_asked_for_once_it_is_set_up(cast: Cast, web: Web) -> None:
    tab = web.signed_in("martin")
    seed = set_up(tab)
    assert tab.get("/account").status_code == 200  # this browser has shown the app
    fresh = web.tab("portal")
    assert sign_in(fresh, email_of("martin"), PASSWORD).status_code == 303
    half = cookie(fresh)
    assert fresh.get("/account").location.startswith("/sign-in/code")
    assert fresh.get("/").location.startswith("/sign-in/code")
    assert fresh.post("/sign-in/code", {"code": "000000"}, **of(cast)).status_code == 401
    code = pyotp.TOTP(seed).at(real_now() + timedelta(seconds=30))
    assert fresh.post("/sign-in/code", {"code": code}, **of(cast)).status_code == 303
    assert fresh.get("/account").status_code == 200
    stolen = web.tab("portal")
    stolen.client.set_cookie("portal", half, domain="portal.localhost")
    assert stolen.get("/account").location.startswith("/sign-in?")  # the half session has ended


def test_the_code_that_set_it_up_does_not_sign_in(cast: Cast, web: Web) -> None:
    tab = web.signed_in("martin")
    page = tab.get("/account/second-factor")
    seed = letters(page)
    code = pyotp.TOTP(seed).now()
    tab.post("/account/second-factor", {"sealed": sealed(page), "app_code": code})
    fresh = web.tab("portal")
    sign_in(fresh, email_of("martin"), PASSWORD)
    assert fresh.post("/sign-in/code", {"code": code}, **of(cast)).status_code == 401


def test_a_new_password_signs_every_browser_out(cast: Cast, web: Web) -> None:
    runtime = cast.database["portal"]
    tab = web.signed_in("martin")
    ask_for_new_password(runtime, email=email_of("martin"), browser=Browser("t", "192.0.2.9"))
    (mail,) = mails_to(cast, "house", email_of("martin"))
    token = re.search(r"/new-password/(\S+)", mail)
    code = re.search(r"code: (\d{6})", mail)
    assert token
    assert code
    path = f"/new-password/{token[1]}"
    other = web.tab("portal")
    assert other.get(path).status_code == 200
    assert other.post(path, {"code": code[1], "password": NEW}).status_code == 303
    assert tab.get("/account").status_code == 303
    assert sign_in(web.tab("portal"), email_of("martin"), PASSWORD).status_code == 401
    assert sign_in(web.tab("portal"), email_of("martin"), NEW).status_code == 303


def test_a_reset_link_lives_thirty_minutes(cast: Cast, web: Web) -> None:
    runtime = cast.database["portal"]
    ask_for_new_password(runtime, email=email_of("martin"), browser=Browser("t", "192.0.2.9"))
    with cast.database.as_superuser().begin() as connection:
        lives = connection.scalar(
            text("SELECT expires_at - created_at FROM firm.person_token WHERE purpose = 'reset'")
        )
        connection.execute(text("UPDATE firm.person_token SET expires_at = now()"))
    assert lives == timedelta(minutes=30)
    (mail,) = mails_to(cast, "house", email_of("martin"))
    token = re.search(r"/new-password/(\S+)", mail)
    assert token
    assert web.tab("portal").get(f"/new-password/{token[1]}").status_code == 404


def set_up(tab: Tab) -> str:
    page = tab.get("/account/second-factor")
    seed = letters(page)
    fields = {"sealed": sealed(page), "app_code": pyotp.TOTP(seed).now()}
    assert tab.post("/account/second-factor", fields).status_code == 303
    return seed


def letters(page: TestResponse) -> str:
    found = re.search(r'<p class="strong">([A-Z2-7 ]+)</p>', page.text)
    assert found
    return found[1].replace(" ", "")


def sealed(page: TestResponse) -> str:
    found = re.search(r'name="sealed" value="([^"]+)"', page.text)
    assert found
    return found[1]


def sentence(answer: TestResponse) -> str:
    found = re.search(r'class="message bad".*?<div>(.*?)</div>', answer.text, re.DOTALL)
    assert found
    return unescape(found[1])


def cookie(tab: Tab) -> str:
    found = tab.client.get_cookie("portal", domain="portal.localhost")
    assert found
    return found.value


def of(cast: Cast) -> dict[str, dict[str, str]]:
    """The company that the session shows, as a form of it says."""
    return {"headers": {"X-Company": str(cast["acorn"])}}
