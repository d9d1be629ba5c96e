"""Test clients of the two apps that behave like a browser: cookies, Host, and the hidden fields.

web = Web(cast)
priya = web.signed_in("priya")
answer = priya.post(f"/clients/{cast['acorn']}/people/invite", data={...})
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from backoffice.firm.clients import sign_in as people_sign_in
from backoffice.firm.staff import sign_in as staff_sign_in
from design.frame.database import db
from tests.support.cast import PEOPLE, STAFF, Cast


class Tab:
    """A browser tab in one of the apps; `company` is what the portal's forms were drawn for."""

    def __init__(self, app: Flask, host: str, company: UUID | None = None) -> None:
        self.client: FlaskClient = app.test_client()
        self.app = app
        self.base = f"http://{host}"
        self.company = company
        self.headers = {"Sec-Fetch-Site": "same-origin"}

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, base_url=self.base, **more)

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """A POST with the hidden fields that every form of ours has."""
        fields = {"csrf_token": self.token(), **(data or {})}
        if self.company is not None:
            fields.setdefault("drawn_for", str(self.company))
        headers = {**self.headers, **more.pop("headers", {})}
        return self.client.post(path, base_url=self.base, data=fields, headers=headers, **more)

    def bare(self, verb: str, path: str, **more: Any) -> TestResponse:
        """A request with nothing but what is given."""
        return self.client.open(path, method=verb, base_url=self.base, **more)

    def token(self) -> str:
        """The CSRF token of this tab's session, signed as the app signs it."""
        with self.client.session_transaction(base_url=self.base) as session:
            raw = session.setdefault("csrf_token", "0" * 40)
        key = self.app.config["WTF_CSRF_SECRET_KEY"]
        return str(URLSafeTimedSerializer(key, salt="wtf-csrf-token").dumps(raw))


@dataclass
class Web:
    """Both apps over the cast's database."""

    cast: Cast
    apps: dict[str, Flask] = field(default_factory=dict)

    def app(self, name: str) -> Flask:
        if name not in self.apps:
            # Imported late: tests that need no app run while one of them cannot be imported.
            package = "provider" if name == "workbench" else "client_portal"
            module = import_module(f"{package}.app")
            self.apps[name] = module.create_app(self.cast.database.settings)
        return self.apps[name]

    def tab(self, app: str, company: UUID | None = None) -> Tab:
        """A tab in which nobody is signed in."""
        settings = self.cast.database.settings
        host = settings.work_host if app == "workbench" else settings.portal_host
        return Tab(self.app(app), host, company)

    def signed_in(self, name: str) -> Tab:
        """A tab in which somebody of the cast is signed in, by a demo link."""
        if name in STAFF:
            tab, runtime = self.tab("workbench"), self.cast.database["workbench"]
            make, key = staff_sign_in.demo_link, "staff_id"
        else:
            company = self.cast[PEOPLE[name][2]]
            tab, runtime = self.tab("portal", company), self.cast.database["portal"]
            make, key = people_sign_in.demo_link, "person_id"
        with runtime.doors.firm_wide(because="a demo link") as session:
            link = make(session, demo=True, **{key: self.cast[name]})
        answer = tab.post(f"/demo/{link.token}")
        assert answer.status_code == 303, answer.text
        return tab

    def close(self) -> None:
        for app in self.apps.values():
            with app.app_context():
                db.session.remove()
                db.engine.dispose()
