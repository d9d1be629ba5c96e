"""The frame of both apps: what it refuses, what it adds to each answer, and how it starts."""

from __future__ import annotations

import io
import json
import logging
import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Blueprint, g
from sqlalchemy import select, text

from backoffice.firm.clients.models import Client
from backoffice.foundation.audit import AuditEvent
from backoffice.foundation.errors import Conflict
from backoffice.foundation.logs import JsonLines, current_context
from backoffice.foundation.permissions import ANYONE
from design.frame import make_app, permitted
from design.frame.application import DebuggerOn
from design.frame.database import db
from design.frame.permits import RouteWithoutPermission
from provider.audience import Workbench
from tests.support.browsers import Tab, Web
from tests.support.cast import Cast

APPS = {"workbench": "priya", "portal": "martin"}


@pytest.fixture(params=sorted(APPS))
def tab(request: pytest.FixtureRequest, web: Web) -> Tab:
    return web.signed_in(APPS[request.param])


def test_a_route_without_a_permission_stops_the_start(cast: Cast) -> None:
    forgetful = Blueprint("forgetful", __name__)
    forgetful.add_url_rule("/open", "open", lambda: "everybody sees this")
    with pytest.raises(RouteWithoutPermission, match="/open"):
        _app(cast, forgetful)


def test_a_permission_that_does_not_exist_stops_the_start(cast: Cast) -> None:
    mistyped = Blueprint("mistyped", __name__)
    mistyped.add_url_rule("/books", "books", permitted("boks.see")(lambda: ""))
    with pytest.raises(RouteWithoutPermission, match="boks.see"):
        _app(cast, mistyped)


def test_the_debugger_stops_the_start(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    with pytest.raises(DebuggerOn):
        make_app(Workbench(), replace(cast.database.settings, demo=False), name="x", pages=())


def test_a_form_without_its_token_is_refused(tab: Tab) -> None:
    assert tab.bare("POST", "/sign-out").status_code == 400
    assert is_in(tab)


def test_a_forged_token_is_refused(tab: Tab) -> None:
    assert tab.post("/sign-out", {"csrf_token": tab.token() + "x"}).status_code == 400


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_of_another_site_is_refused(tab: Tab, site: str) -> None:
    assert tab.post("/sign-out", headers={"Sec-Fetch-Site": site}).status_code == 400
    assert is_in(tab)


def test_another_host_is_not_answered(tab: Tab) -> None:
    for host in ("evil.example", "work.localhost.evil.example", "127.0.0.1"):
        answer = tab.client.get("/sign-in", headers={"Host": host})
        assert answer.status_code == 400
        assert host not in answer.text


def test_headers_of_a_proxy_that_is_not_there_are_not_believed(tab: Tab) -> None:
    claims = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    answer = tab.get("/sign-in", headers=claims)
    assert "evil.example" not in str(answer.headers) + answer.text
    assert "Strict-Transport-Security" not in answer.headers


def test_every_answer_names_its_request(tab: Tab) -> None:
    assert re.fullmatch(r"[0-9a-f-]{36}", tab.get("/").headers["X-Request-Id"])
    given = tab.get("/", headers={"X-Request-Id": "proxy-0001"})
    assert given.headers["X-Request-Id"] == "proxy-0001"
    forged = tab.get("/", headers={"X-Request-Id": "a b\u00e9<script>"})
    assert "script" not in forged.headers["X-Request-Id"]


def test_machines_ask_without_signing_in(web: Web) -> None:
    for app in APPS:
        tab = web.tab(app)
        assert tab.get("/healthz").json == {"ok": True}
        assert tab.get("/readyz").json == {"ok": True, "database": True, "house": True}
        assert f'app="{app}"' in tab.get("/metrics").text


def test_the_workbench_measures_the_background(web: Web) -> None:
    found = dict(
        line.rsplit(" ", 1)
        for line in web.tab("workbench").get("/metrics").text.splitlines()
        if line.startswith("backoffice_background_")
    )
    assert float(found["backoffice_background_waiting"]) > 0  # the cast's mails: no worker runs
    assert float(found["backoffice_background_oldest_due_seconds"]) > 0
    assert found["backoffice_background_relay_silent_seconds"] == "NaN"


def test_metrics_are_for_this_machine_only(web: Web) -> None:
    answer = web.tab("portal").get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert answer.status_code == 404


def test_a_process_without_its_database_is_not_ready(cast: Cast, web: Web) -> None:
    tab = web.tab("portal")
    with cast.database.as_superuser().begin() as connection:
        connection.execute(text("ALTER TABLE firm.tenant RENAME TO gone"))
    assert tab.get("/readyz").status_code == 503
    assert tab.get("/healthz").status_code == 200


def test_cookies_are_out_of_reach(web: Web) -> None:
    names = set()
    for app in APPS:
        cookie = web.tab(app).get("/sign-in").headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Domain" not in cookie
        names.add(cookie.partition("=")[0])
    assert names == {"workbench", "portal"}


def test_secure_cookies_bear_the_prefix(cast: Cast) -> None:
    settings = replace(cast.database.settings, secure_cookies=True)
    app = make_app(Workbench(), settings, name="provider", pages=_pages_of_the_workbench())
    answer = app.test_client().get("/sign-in", base_url="https://work.localhost")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-workbench=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    _close(app)


def test_a_cookie_of_one_app_is_nothing_to_the_other(web: Web) -> None:
    staff = web.signed_in("priya")
    cookie = staff.client.get_cookie("workbench", domain="work.localhost")
    assert cookie is not None
    portal = web.tab("portal")
    portal.client.set_cookie("portal", cookie.value, domain="portal.localhost")
    assert portal.get("/").location.startswith("/sign-in")


def test_a_get_may_not_change_a_row(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    writes = Blueprint("writes", __name__)

    @writes.get("/clients/<uuid:client>/write")
    @permitted("clients.see")
    def write() -> str:
        g.session.get_one(Client, (g.client_id, g.client_id)).name = "Changed by a look"
        return "changed"

    with _tab(cast, writes) as tab:
        assert tab.get(f"/clients/{cast['acorn']}/write").status_code == 500
    assert "read-only transaction" in caplog.text


def test_a_refused_post_changes_nothing_and_is_audited(cast: Cast) -> None:
    refuses = Blueprint("refuses", __name__)

    @refuses.post("/clients/<uuid:client>/refuse")
    @permitted("clients.see")
    def refuse() -> str:
        g.session.get_one(Client, (g.client_id, g.client_id)).name = "Changed, then refused"
        g.session.flush()
        raise Conflict("Somebody was faster with this one.")

    with _tab(cast, refuses) as tab:
        answer = tab.post(f"/clients/{cast['acorn']}/refuse")
    assert answer.status_code == 409
    assert "Somebody was faster with this one." in answer.text
    with cast.acting_for("acorn") as session:
        name = session.get_one(Client, (cast["acorn"], cast["acorn"])).name
    assert name == "Acorn Joinery Ltd"
    refusals = audit_of_the_house(cast, "request.refused")
    assert refusals[-1]["client"] == str(cast["acorn"])
    assert refusals[-1]["code"] == "conflict"


def test_a_failure_shows_a_reference_and_nothing_else(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    breaks = Blueprint("breaks", __name__)

    @breaks.get("/break")
    @permitted(ANYONE)
    def break_() -> str:
        raise RuntimeError("secret: /srv/backoffice SELECT 1")

    with _tab(cast, breaks) as tab:
        answer = tab.get("/break")
    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"] in answer.text
    for inside in ("secret", "/srv", "SELECT", "RuntimeError", "Traceback", "Werkzeug", "Flask"):
        assert inside not in answer.text
    assert "RuntimeError" in caplog.text


def test_htmx_gets_a_refusal_as_a_message(cast: Cast) -> None:
    refuses = Blueprint("refuses", __name__)

    @refuses.post("/clients/<uuid:client>/refuse")
    @permitted("clients.see")
    def refuse() -> str:
        raise Conflict("Somebody was faster.")

    with _tab(cast, refuses) as tab:
        answer = tab.post(f"/clients/{cast['acorn']}/refuse", headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert answer.headers["HX-Retarget"] == "#messages"
    assert "<html" not in answer.text


def test_a_form_too_large_is_refused(tab: Tab) -> None:
    answer = tab.post("/sign-in", {"email": "x" * 600_000})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "fields", [{"name": "\ud800"}, {f"f{n}": "1" for n in range(1200)}, {"name": "\x00"}]
)
def test_hostile_forms_are_no_failure(web: Web, fields: dict[str, Any]) -> None:
    tab = web.signed_in("nadia")
    body = "&".join(f"{name}={value}" for name, value in fields.items())
    body = f"csrf_token={tab.token()}&{body}"
    answer = tab.client.post(
        "/clients/add",
        base_url=tab.base,
        data=body.encode("utf-8", "surrogatepass"),
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code < 500


@pytest.mark.parametrize(
    "path", ["/clients?q=%00", "/search?q=%ED%A0%80", "/audit?actor=%00&before=9999999999999999999"]
)
def test_hostile_addresses_are_no_failure(web: Web, path: str) -> None:
    assert web.signed_in("nadia").get(path).status_code < 500


def is_in(tab: Tab) -> bool:
    """The sign-in page sends on whoever is in already."""
    return tab.get("/sign-in").location == "/"


def audit_of_the_house(cast: Cast, action: str) -> list[dict[str, Any]]:
    with cast.database["workbench"].doors.acting_for(cast.house, by=cast.actor("nadia")) as session:
        wanted = select(AuditEvent.details).where(AuditEvent.action == action)
        return list(session.scalars(wanted.order_by(AuditEvent.sequence)))


def _pages_of_the_workbench() -> tuple[Blueprint, ...]:
    from provider.app import PAGES

    return PAGES


def _app(cast: Cast, more: Blueprint) -> Any:
    pages = (*_pages_of_the_workbench(), more)
    return make_app(Workbench(), cast.database.settings, name="provider", pages=pages)


class _tab:  # noqa: N801  reads as a sentence: with _tab(cast, pages) as tab
    """Priya's tab in a workbench that has one more page module."""

    def __init__(self, cast: Cast, more: Blueprint) -> None:
        self.web = Web(cast, apps={"workbench": _app(cast, more)})

    def __enter__(self) -> Tab:
        return self.web.signed_in("priya")

    def __exit__(self, *_: object) -> None:
        self.web.close()


def _close(app: Any) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_a_log_line_tells_who_and_for_whom_by_ids_alone(
    cast: Cast, web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    tab = web.signed_in("priya")
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(JsonLines())
    logging.getLogger("backoffice.web").addHandler(handler)
    caplog.set_level("INFO", "backoffice.web")
    tab.get(f"/clients/{cast['acorn']}?q=Judith")
    logging.getLogger("backoffice.web").removeHandler(handler)
    line = json.loads(lines.getvalue().splitlines()[-1])
    assert line["client_id"] == str(cast["acorn"])
    assert line["actor_id"] == str(cast["priya"])
    assert (line["route"], line["status"]) == ("/clients/<uuid:client>", 200)
    for personal in ("Priya", "Judith", "Acorn", "example", "127.0.0.1"):
        assert personal not in lines.getvalue()
    assert current_context().actor_id is None
