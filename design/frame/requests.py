"""Each request's id, log line and measures. A log line holds ids and counts, no personal data."""

from __future__ import annotations

import logging
import re
import time

from flask import Flask, Response, g, request

from backoffice.foundation.ids import new_id
from design.frame import measures
from design.frame.state import frame

log = logging.getLogger("backoffice.web")

HEADER = "X-Request-Id"
GIVEN = re.compile(r"[A-Za-z0-9-]{8,64}")  # a proxy before us may have named it already


def begin() -> None:
    """The first hook of a request."""
    given = request.headers.get(HEADER, "")
    g.request_id = given if GIVEN.fullmatch(given) else str(new_id())
    g.began = time.perf_counter()
    g.session = g.me = g.actor = g.client_id = None
    g.path_client = g.get("path_client")  # taken from the address before this hook


def finish(response: Response) -> Response:
    """The last hook of a request."""
    response.headers[HEADER] = g.get("request_id", "")
    took = time.perf_counter() - g.get("began", time.perf_counter())
    route = request.url_rule.rule if request.url_rule else "none"
    app = frame().audience.name
    verb = request.method if request.method in KNOWN_VERBS else "other"
    measures.count_request(app=app, route=route, verb=verb, status=response.status_code, took=took)
    log.info("request", extra={"fields": _fields(app, route, verb, response.status_code, took)})
    return response


KNOWN_VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def _fields(app: str, route: str, verb: str, status: int, took: float) -> dict[str, object]:
    me = g.get("me")
    return {
        "app": app,
        "request": g.get("request_id"),
        "verb": verb,
        "route": route,
        "status": status,
        "milliseconds": round(took * 1000, 1),
        "actor": f"{me.kind}:{me.id}" if me is not None else None,
        "client": str(g.client_id) if g.get("client_id") else None,
    }


def register(app: Flask) -> None:
    app.before_request(begin)
    app.after_request(finish)
