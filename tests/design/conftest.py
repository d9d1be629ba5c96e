"""The gallery as an app: all skeletons and components without a database."""

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient

from design.gallery import make_app

PAGES = {
    "components": "/",
    "sign-in": "/sign-in",
    "today": "/workbench/today",
    "grid": "/workbench/grid",
    "empty": "/workbench/empty",
    "home": "/portal/home",
    "upload": "/portal/upload",
    "task": "/portal/task",
}


@pytest.fixture(scope="session")
def gallery() -> Flask:
    app = make_app()
    app.add_url_rule("/broken", "broken", lambda: 1 // 0)
    app.add_url_rule("/teapot", "teapot", lambda: abort(418))
    return app


@pytest.fixture
def visitor(gallery: Flask) -> FlaskClient:
    return gallery.test_client()
