"""Every route of both apps: nobody, each role, their own client, another's, and no such client.

The rules with their permissions are also kept as a list, `routes.txt`, so that a change of who
may do what is seen in a review. Make it anew with `python -m tests.every.test_routes`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from backoffice.foundation.ids import new_id
from backoffice.foundation.permissions import ANYONE, PEOPLE, SIGNED_IN, STAFF
from client_portal.app import PAGES as PORTAL_PAGES
from design.frame.permits import HALF_SIGNED_IN
from provider.app import PAGES as WORKBENCH_PAGES
from tests.support.browsers import Tab, Web
from tests.support.cast import PEOPLE as PEOPLE_OF_CAST
from tests.support.cast import STAFF as STAFF_OF_CAST
from tests.support.cast import Cast
from tests.support.routes import Ask, every_ask, masked

GOLDEN = Path(__file__).with_name("routes.txt")
FOR_ALL = {ANYONE, SIGNED_IN, HALF_SIGNED_IN}
READERS = ["priya", "tom", "leah", "sofia", "nadia", "martin", "judith", "fern", "ivor"]
HEADERS = (
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
    "X-Request-Id",
    "Cache-Control",
)


def ask(tab: Tab, one: Ask, path: str) -> TestResponse:
    answer = tab.get(path) if one.verb == "GET" else tab.post(path)
    missing = [name for name in HEADERS if name not in answer.headers]
    assert not missing, f"{one} answers without {missing}"
    if not one.rule.endpoint.startswith("design."):
        assert "no-store" in answer.headers["Cache-Control"], str(one)
    assert answer.status_code < 500, f"{one} at {path}: {answer.status_code}"
    return answer


@pytest.mark.parametrize("app", ["workbench", "portal"])
def test_nobody_gets_in(web: Web, cast: Cast, app: str) -> None:
    tab, wrong = web.tab(app), []
    for one in every_ask(web.app(app)):
        answer = ask(tab, one, one.path(web.app(app), cast["acorn"]))
        if one.permit.permission != ANYONE and not is_sent_to_sign_in(answer):
            wrong.append(f"{one}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("name", READERS)
def test_each_role_gets_what_it_may_and_nothing_of_another_client(
    web: Web, cast: Cast, name: str
) -> None:
    tab = web.signed_in(name)
    may = permissions_of(name)
    wrong = []
    for one in every_ask(tab.app):
        own = ask(tab, one, one.path(tab.app, cast["acorn"]))
        allowed = one.permit.permission in FOR_ALL or one.permit.permission in may
        if allowed == (own.status_code == 403):
            wrong.append(f"{one} for {name}, own client: {own.status_code}")
        if one.of_client and name != "nadia":  # the manager reads every client
            wrong += _other_client(tab, one, cast)
    assert wrong == []


def _other_client(tab: Tab, one: Ask, cast: Cast) -> list[str]:
    """Another's client and one that does not exist are answered alike, to the letter."""
    theirs = ask(tab, one, one.path(tab.app, cast["birch"]))
    nobodys = ask(tab, one, one.path(tab.app, new_id()))
    wrong = []
    if theirs.status_code != 404 or nobodys.status_code != 404:
        wrong.append(f"{one}, another client: {theirs.status_code} and {nobodys.status_code}")
    if masked(theirs.text) != masked(nobodys.text):
        wrong.append(f"{one}, another client: the page tells that it exists")
    return wrong


def test_looking_for_another_client_is_audited(web: Web, cast: Cast) -> None:
    web.signed_in("priya").get(f"/clients/{cast['birch']}")
    with cast.database.as_superuser().connect() as connection:
        found = connection.execute(
            text("SELECT actor_id, subject_id FROM audit_event WHERE action = :action"),
            {"action": "request.cross_tenant"},
        ).all()
    assert found == [(cast["priya"], cast["birch"])]


def test_a_right_that_is_missing_is_audited_once(web: Web, cast: Cast) -> None:
    assert web.signed_in("priya").get("/staff").status_code == 403
    with cast.database.as_superuser().connect() as connection:
        found = connection.execute(
            text(
                "SELECT client_id, actor_id, details->>'code' FROM audit_event"
                " WHERE action = 'request.refused'"
            )
        ).all()
    assert found == [(cast.house, cast["priya"], "not_permitted")]


@pytest.mark.parametrize("name", ["nadia", "martin"])
def test_ids_of_another_client_are_ids_of_nothing(web: Web, cast: Cast, name: str) -> None:
    """Every id that Birch has, tried wherever an address of Acorn takes one."""
    tab, wrong = web.signed_in(name), []
    theirs = ids_of(cast, "birch")
    for one in every_ask(tab.app):
        if not any(argument != "client" for argument in one.rule.arguments):
            continue
        nothing = ask(tab, one, one.path(tab.app, cast["acorn"]))
        for table, row_id in theirs.items():
            answer = ask(tab, one, one.path(tab.app, cast["acorn"], row_id))
            same = answer.status_code == nothing.status_code
            if not same or masked(answer.text) != masked(nothing.text):
                wrong.append(f"{one} with a {table}: {answer.status_code}")
    assert wrong == []


def test_the_list_of_routes_is_the_reviewed_one(web: Web) -> None:
    assert listed(web) == GOLDEN.read_text().splitlines(), (
        "Review who may do what, then make the list anew: python -m tests.every.test_routes"
    )


def listed(web: Web) -> list[str]:
    lines = []
    for app in ("workbench", "portal"):
        lines += [f"{app}  {one}  {one.permit.permission}" for one in every_ask(web.app(app))]
    return lines


def ids_of(cast: Cast, client: str) -> dict[str, object]:
    """One id of each kind of row that a client has."""
    with cast.database.as_superuser().connect() as connection:
        tables = connection.execute(
            text(
                "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public'"
                " AND column_name = 'client_id' AND table_name <> 'client' ORDER BY 1"
            )
        ).scalars()
        found = {}
        for table in tables.all():
            row = connection.execute(
                text(f'SELECT id FROM "{table}" WHERE client_id = :client LIMIT 1'),  # noqa: S608
                {"client": cast[client]},
            ).scalar()
            if row is not None:
                found[table] = row
        return found


def permissions_of(name: str) -> frozenset[str]:
    if name in STAFF_OF_CAST:
        return STAFF[STAFF_OF_CAST[name][1]]
    return PEOPLE[PEOPLE_OF_CAST[name][1]]


def is_sent_to_sign_in(answer: TestResponse) -> bool:
    return answer.status_code == 303 and answer.location.partition("?")[0] == "/sign-in"


def remake() -> None:
    """Write the list of routes as they are now."""
    from flask import Flask

    from design import assets
    from design.frame import health
    from design.frame.permits import NOTHING, permitted

    lines = []
    for name, pages in (("workbench", WORKBENCH_PAGES), ("portal", PORTAL_PAGES)):
        app = Flask(name, static_folder=None)
        for module in (assets.blueprint(), health.pages, *pages):
            app.register_blueprint(module)
        view = app.view_functions["design.file"]
        app.view_functions["design.file"] = permitted(ANYONE, door=NOTHING)(view)
        lines += [f"{name}  {one}  {one.permit.permission}" for one in every_ask(app)]
    GOLDEN.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    remake()
