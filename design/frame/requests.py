"""Each request's id, log line and measures. A log line holds ids and counts, no personal data."""

from __future__ import annotations

import logging
import re
import time
from contextlib import ExitStack

from flask import Flask, Response, g, request

from backoffice.foundation.ids import new_id
from backoffice.foundation.logs import log_context
from design.frame import measures
from design.frame.state import frame

log = logging.getLogger("backoffice.web")

HEADER = "X-Request-Id"
KNOWN_VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
GIVEN = re.compile(r"[A-Za-z0-9-]{8,64}")  # a proxy before us may have named it already


def begin() -> None:
    """The first hook of a request."""
    given = request.headers.get(HEADER, "")
    g.request_id = given if GIVEN.fullmatch(given) else str(new_id())
    g.began = time.perf_counter()
    g.session = g.me = g.actor = g.client_id = None
    g.path_client = g.get("path_client")  # taken from the address before this hook
    g.log = ExitStack()  # every line of this request carries its id, and none after it
    g.log.enter_context(log_context(request_id=g.request_id))


def end(_error: BaseException | None) -> None:
    """Whatever happened, the next request of this thread is another's."""
    g.pop("log", ExitStack()).close()


def finish(response: Response) -> Response:
    """The last hook of a request."""
    response.headers[HEADER] = g.get("request_id", "")
    took = time.perf_counter() - g.get("began", time.perf_counter())
    route = request.url_rule.rule if request.url_rule else "none"
    app = frame().audience.name
    verb = request.method if request.method in KNOWN_VERBS else "other"
    measures.count_request(app=app, route=route, verb=verb, status=response.status_code, took=took)
    fields = {
        "app": app,
        "verb": verb,
        "route": route,
        "status": response.status_code,
        "milliseconds": round(took * 1000, 1),
    }
    log.info("request", extra={"fields": fields})
    return response


def register(app: Flask) -> None:
    app.before_request(begin)
    app.after_request(finish)
    app.teardown_request(end)
