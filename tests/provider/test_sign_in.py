"""How a colleague gets in, and stops being in."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pyotp
import pytest
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from backoffice.firm.staff.actions import change_role, deactivate, invite_staff, renew_access
from backoffice.firm.staff.sign_in import demo_link
from backoffice.foundation.audit import AuditEvent
from backoffice.foundation.clock import real_now
from config.settings import Settings
from provider.app import create_app
from tests.support.browsers import Tab, Web
from tests.support.cast import PASSWORD, Cast, email_of
from tests.support.databases import Database


def code_of(cast: Cast, name: str, *, late: int = 1) -> str:
    """The code of the next step: the one of this step was used to come in."""
    return pyotp.TOTP(cast.seeds[name]).at(real_now() + timedelta(seconds=30 * late))


def sign_in(tab: Tab, name: str, code: str, password: str = PASSWORD, **more: Any) -> TestResponse:
    fields = {"email": email_of(name), "password": password, "code": code}
    return tab.post("/sign-in" + more.pop("query", ""), fields, **more)


def sentence(answer: TestResponse) -> str:
    found = re.search(r'class="message bad".*?<div>(.*?)</div>', answer.text, re.DOTALL)
    assert found, answer.text
    return unescape(found[1])


def as_superuser(cast: Cast, statement: str) -> None:
    with cast.database.as_superuser().begin() as connection:
        connection.execute(text(statement))


def test_address_password_and_code_open_the_day(cast: Cast, web: Web) -> None:
    tab = web.tab("workbench")
    answer = sign_in(tab, "priya", code_of(cast, "priya"))
    assert (answer.status_code, answer.location) == (303, "/")
    assert "Priya" in tab.get("/").text


def test_a_code_is_worth_nothing_the_second_time(cast: Cast, web: Web) -> None:
    code = code_of(cast, "priya")
    assert sign_in(web.tab("workbench"), "priya", code).status_code == 303
    assert sign_in(web.tab("workbench"), "priya", code).status_code == 401


def test_every_wrong_answer_sounds_alike(cast: Cast, web: Web) -> None:
    wrong = "000000"
    answers = [
        sign_in(web.tab("workbench"), "priya", wrong),
        sign_in(web.tab("workbench"), "tom", code_of(cast, "tom"), password="not this one at all"),
        sign_in(web.tab("workbench"), "nobody", wrong),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({sentence(answer) for answer in answers}) == 1
    assert "4 tries left" in sentence(answers[0])


def test_five_wrong_answers_make_a_pause_for_anybody(cast: Cast, web: Web) -> None:
    for name in ("priya", "nobody"):
        statuses = [sign_in(web.tab("workbench"), name, "000000").status_code for _try in range(6)]
        assert statuses == [401] * 5 + [429]
    assert sign_in(web.tab("workbench"), "priya", code_of(cast, "priya")).status_code == 429


def test_what_was_typed_is_kept_but_never_the_password(web: Web) -> None:
    answer = sign_in(web.tab("workbench"), "priya", "000000", password="a wrong one, plainly")
    assert email_of("priya") in answer.text
    assert "a wrong one, plainly" not in answer.text


def test_a_refused_sign_in_is_audited_and_names_nobody(cast: Cast, web: Web) -> None:
    sign_in(web.tab("workbench"), "priya", "000000")
    sign_in(web.tab("workbench"), "nobody", "000000")
    rows = _audit(cast, "staff.sign_in_refused")
    assert [row.subject_id for row in rows] == [cast["priya"], None]
    assert all("example" not in str(row.details) for row in rows)


def test_the_token_in_the_cookie_is_not_in_the_database(cast: Cast, web: Web) -> None:
    tab = web.signed_in("priya")
    with tab.client.session_transaction(base_url=tab.base) as session:
        token = session["_user_id"]
    assert len(token) >= 43  # 256 bits
    with cast.database.as_superuser().connect() as connection:
        rows = connection.execute(text("SELECT s::text FROM firm.staff_session s")).scalars()
        assert token not in "".join(rows)


def test_sign_out_ends_the_session_on_the_server(web: Web) -> None:
    tab = web.signed_in("priya")
    stolen = _cookie(tab)
    assert tab.post("/sign-out").status_code == 303
    tab.client.set_cookie("workbench", stolen, domain="work.localhost")
    assert tab.get("/").location.startswith("/sign-in")


def test_signing_in_gives_a_new_session(cast: Cast, web: Web) -> None:
    tab = web.tab("workbench")
    tab.get("/sign-in")
    tab.token()
    before = _cookie(tab)
    sign_in(tab, "priya", code_of(cast, "priya"))
    after = _cookie(tab)
    assert before != after
    tab.client.set_cookie("workbench", before, domain="work.localhost")
    assert tab.get("/").status_code == 303


def test_signing_in_again_ends_the_session_before(cast: Cast, web: Web) -> None:
    tab = web.signed_in("priya")
    before = _cookie(tab)
    assert sign_in(tab, "priya", code_of(cast, "priya")).status_code == 303
    tab.client.set_cookie("workbench", before, domain="work.localhost")
    assert tab.get("/").status_code == 303


@pytest.mark.parametrize("column", ["seen_at", "created_at"])
def test_a_session_ends_by_itself(cast: Cast, web: Web, column: str) -> None:
    tab = web.signed_in("priya")
    assert tab.get("/").status_code == 200
    old = {"seen_at": "31 minutes", "created_at": "12 hours 1 minute"}[column]
    as_superuser(cast, f"UPDATE firm.staff_session SET {column} = now() - interval '{old}'")
    assert tab.get("/").location.startswith("/sign-in")


def test_use_keeps_a_session_alive(cast: Cast, web: Web) -> None:
    tab = web.signed_in("priya")
    as_superuser(cast, "UPDATE firm.staff_session SET seen_at = now() - interval '29 minutes'")
    assert tab.get("/").status_code == 200
    with cast.database.as_superuser().connect() as connection:
        idle = connection.scalar(
            text("SELECT now() - seen_at FROM firm.staff_session WHERE ended_at IS NULL")
        )
    assert idle < timedelta(minutes=1)


def test_another_browser_can_be_signed_out(cast: Cast, web: Web) -> None:
    here, there = web.signed_in("priya"), web.signed_in("priya")
    page = here.get("/settings").text
    (other,) = re.findall(r"/settings/browsers/([0-9a-f-]{36})/end", page)
    assert here.post(f"/settings/browsers/{other}/end").status_code == 303
    assert there.get("/").status_code == 303
    assert here.get("/").status_code == 200


def test_nobody_ends_a_colleagues_browser(cast: Cast, web: Web) -> None:
    mine, yours = web.signed_in("priya"), web.signed_in("tom")
    web.signed_in("tom")
    (other,) = re.findall(r"/settings/browsers/([0-9a-f-]{36})/end", yours.get("/settings").text)
    assert mine.post(f"/settings/browsers/{other}/end").status_code == 404
    assert yours.get("/").status_code == 200


def test_who_leaves_is_out_with_the_next_click(cast: Cast, web: Web) -> None:
    tab = web.signed_in("priya")
    with house(cast) as session:
        deactivate(session, staff_id=cast["priya"])
    assert tab.get("/").status_code == 303
    assert sign_in(web.tab("workbench"), "priya", code_of(cast, "priya")).status_code == 401


def test_a_role_taken_away_is_gone_with_the_next_click(cast: Cast, web: Web) -> None:
    tab = web.signed_in("leah")
    assert tab.get("/staff").status_code == 200
    with house(cast) as session:
        change_role(session, staff_id=cast["leah"], role="associate")
    assert tab.get("/staff").status_code == 403


def test_renewed_access_ends_sessions_and_both_factors(cast: Cast, web: Web) -> None:
    tab = web.signed_in("priya")
    with house(cast) as session:
        renew_access(session, cast.database["workbench"], staff_id=cast["priya"])
    assert tab.get("/").status_code == 303
    assert sign_in(web.tab("workbench"), "priya", code_of(cast, "priya")).status_code == 401


def test_a_new_colleague_comes_in_with_both_factors(cast: Cast, web: Web) -> None:
    with house(cast) as session:
        _staff, link = invite_staff(
            session,
            cast.database["workbench"],
            name="Mara Quist",
            email="mara@harbourlane.example",
            role="associate",
        )
    tab = web.tab("workbench")
    page = tab.get(f"/welcome/{link.token}")
    assert page.status_code == 200
    assert tab.get("/").status_code == 303  # looking at the link signs nobody in
    fields = _welcome(page)
    weak = tab.post(f"/welcome/{link.token}", {**fields, "code": link.code, "password": "short"})
    assert weak.status_code == 422
    assert _welcome(weak)["sealed"]  # the page is drawn again with an offer of the same seed
    good = {**fields, "code": link.code, "password": PASSWORD}
    assert tab.post(f"/welcome/{link.token}", good).status_code == 303
    assert "Mara" in tab.get("/").text
    assert web.tab("workbench").get(f"/welcome/{link.token}").status_code == 404


def test_a_forgotten_password_is_asked_for_without_telling_who_is_here(web: Web) -> None:
    answers = [
        web.tab("workbench").post("/forgotten", {"email": email_of(name)})
        for name in ("priya", "nobody")
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    bodies = [
        re.sub(r'(nonce|value|data-guards|hx-headers:inherited)="[^"]*"', "", answer.text)
        for answer in answers
    ]
    assert bodies[0] == bodies[1]


def test_a_demo_link_works_once(cast: Cast, web: Web) -> None:
    with firm(cast) as session:
        link = demo_link(session, demo=True, staff_id=cast["priya"])
    tab = web.tab("workbench")
    assert "Priya Nair" in tab.get(f"/demo/{link.token}").text
    assert tab.get("/").status_code == 303
    assert tab.post(f"/demo/{link.token}").status_code == 303
    assert tab.get("/").status_code == 200
    assert web.tab("workbench").post(f"/demo/{link.token}").status_code == 409


def test_a_demo_link_is_refused_outside_the_demo(cast: Cast) -> None:
    with firm(cast) as session:
        link = demo_link(session, demo=True, staff_id=cast["priya"])
    settings = _without_demo(cast.database)
    web = Web(cast, apps={"workbench": create_app(settings)})
    tab = web.tab("workbench")
    assert tab.get(f"/demo/{link.token}").status_code == 403
    assert tab.post(f"/demo/{link.token}").status_code == 403
    web.close()


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_after_sign_in_nobody_is_sent_elsewhere(cast: Cast, web: Web, wanted: str) -> None:
    answer = sign_in(web.tab("workbench"), "priya", code_of(cast, "priya"), query=f"?next={wanted}")
    assert answer.location == "/"


def test_after_sign_in_one_is_where_one_wanted_to_be(cast: Cast, web: Web) -> None:
    tab = web.tab("workbench")
    asked = tab.get("/clients?q=ac")
    assert asked.location == "/sign-in?next=/clients?q%3Dac"
    answer = tab.post(asked.location, _fields(cast, "priya"))
    assert answer.location == "/clients?q=ac"


def house(cast: Cast, by: str = "nadia"):  # type: ignore[no-untyped-def]
    return cast.database["workbench"].doors.acting_for(cast.house, by=cast.actor(by))


def firm(cast: Cast):  # type: ignore[no-untyped-def]
    return cast.database["workbench"].doors.firm_wide(because="a test")


def _fields(cast: Cast, name: str) -> dict[str, str]:
    return {"email": email_of(name), "password": PASSWORD, "code": code_of(cast, name)}


def _welcome(page: TestResponse) -> dict[str, str]:
    sealed = re.search(r'name="sealed" value="([^"]+)"', page.text)
    letters = re.search(r'<p class="strong">([A-Z2-7 ]+)</p>', page.text)
    assert sealed
    assert letters
    code = pyotp.TOTP(letters[1].replace(" ", "")).now()
    return {"sealed": sealed[1], "app_code": code}


def _cookie(tab: Tab) -> str:
    cookie = tab.client.get_cookie("workbench", domain="work.localhost")
    return cookie.value if cookie else ""


def _audit(cast: Cast, action: str) -> list[Any]:
    with house(cast) as session:
        found = select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.sequence)
        rows = list(session.scalars(found))
        session.expunge_all()
        return rows


def _without_demo(database: Database) -> Settings:
    return replace(database.settings, demo=False)
