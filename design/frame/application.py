"""Makes an app of either audience: configuration, hooks in their order, pages, and the last look
whether every route has a permission."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Flask, current_app, g
from flask.helpers import get_debug_flag
from werkzeug.middleware.proxy_fix import ProxyFix

from backoffice.foundation.encryption import Keyring
from backoffice.foundation.permissions import ANYONE
from config.settings import Settings
from design.frame import (
    database,
    guards,
    health,
    languages,
    look,
    permits,
    refusals,
    requests,
    signing_in,
)
from design.frame.audience import Audience
from design.frame.state import Frame

PARTS_MAX = 500  # of a multipart body; the largest form has some fifty fields
TEXT_BYTES_MAX = 256 * 1024


class DebuggerOn(RuntimeError):
    """Werkzeug's debugger runs what it is sent: never outside the demo."""


def make_app(
    audience: Audience, settings: Settings, *, name: str, pages: Sequence[Blueprint]
) -> Flask:
    """The app of one audience, ready to serve; refuses to be made with an unpermitted route."""
    if get_debug_flag() and not settings.demo:
        raise DebuggerOn("FLASK_DEBUG is set. Unset it: this is not the demo.")
    app = Flask(name, static_folder=None)
    app.config.update(_config(audience, settings))
    _hook_up(app, audience)
    for module in (health.pages, *pages):
        app.register_blueprint(module)
    _permit_static_files(app)
    permits.refuse_unpermitted_routes(app, audience.permissions)
    _behind_proxies(app, settings)
    app.extensions["frame"] = Frame(audience, database.start_runtime(app, settings))
    return app


def _config(audience: Audience, settings: Settings) -> dict[str, Any]:
    keyring = Keyring(settings.key)
    secure = settings.secure_cookies
    return {
        "SECRET_KEY": keyring.derive(f"cookies of the {audience.name}"),
        "WTF_CSRF_SECRET_KEY": keyring.derive(f"forms of the {audience.name}"),
        "WTF_CSRF_CHECK_DEFAULT": False,  # guards.check asks, in its place among the hooks
        "WTF_CSRF_TIME_LIMIT": None,  # a form lives as long as its session
        "WTF_CSRF_SSL_STRICT": False,  # Sec-Fetch-Site says more than a Referer
        "SESSION_COOKIE_NAME": f"{'__Host-' if secure else ''}{audience.name}",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "TRUSTED_HOSTS": [audience.host(settings)],
        "MAX_CONTENT_LENGTH": guards.FORM_BYTES_MAX,
        "MAX_FORM_MEMORY_SIZE": TEXT_BYTES_MAX,
        "MAX_FORM_PARTS": PARTS_MAX,
        **database.engine_config(settings, audience.name),
    }


def _hook_up(app: Flask, audience: Audience) -> None:
    """The order of the hooks is the order of trust: named, known, unforged, permitted."""
    languages.register(app)
    signing_in.register(app)
    guards.register(app)
    look.register(app, audience)
    requests.register(app)
    app.before_request(signing_in.identify)
    app.before_request(guards.check)
    app.before_request(permits.check)
    app.url_value_preprocessor(_take_client)
    app.url_defaults(_give_client)
    refusals.register(app)


def _take_client(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.path_client = values.pop("client", None) if values else None


def _give_client(endpoint: str, values: dict[str, Any]) -> None:
    """Addresses within a client's pages need not repeat the client."""
    if "client" in values or not g.get("path_client"):
        return
    if current_app.url_map.is_endpoint_expecting(endpoint, "client"):
        values["client"] = g.path_client


def _permit_static_files(app: Flask) -> None:
    view = app.view_functions["design.file"]
    app.view_functions["design.file"] = permits.permitted(ANYONE, door=permits.NOTHING)(view)


def _behind_proxies(app: Flask, settings: Settings) -> None:
    """Believe exactly as many proxies as there are; with none, believe nobody's headers."""
    hops = settings.proxy_hops
    if hops:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
