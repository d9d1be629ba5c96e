"""How a refusal or a failure is answered: in a sentence, with the right status, and audited.

One handler per app. What went wrong inside is written to the log under the request's id, which
is all that a page shows of it.
"""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from backoffice.foundation import audit
from backoffice.foundation.errors import (
    BadInput,
    Conflict,
    NotFound,
    NotPermitted,
    Refused,
    TooLarge,
)
from backoffice.foundation.identity.throttle import Throttled
from backoffice.foundation.language import _
from design.frame import measures
from design.frame.answers import is_partial, page
from design.frame.permits import not_found
from design.frame.state import frame

log = logging.getLogger("backoffice.web")

LOCK_NOT_AVAILABLE, DEADLOCK, CANCELED = "55P03", "40P01", "57014"


def register(app: Flask) -> None:
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _by_status)
    app.register_error_handler(IntegrityError, _lost_a_race)
    app.register_error_handler(OperationalError, _database_busy)
    app.register_error_handler(Exception, _failed)


def audit_refusal(refusal: Refused) -> None:
    """One row in the house's chain, in a transaction of its own.

    Somebody who mistyped is not refused a right: bad input is only counted.
    """
    measures.count_refusal(refusal.code)
    if g.get("me") is None or isinstance(refusal, (BadInput, TooLarge, Throttled)):
        return
    foreign = g.get("foreign_client")
    action = "request.cross_tenant" if foreign else "request.refused"
    details: dict[str, Any] = {"code": refusal.code, "route": request.endpoint}
    if g.get("client_id") and not foreign:
        details["client"] = g.client_id
    with frame().runtime.doors.acting_for(frame().house_id, by=g.me.actor) as session:
        audit.record(
            session,
            action,
            subject_kind="tenant" if foreign else None,
            subject_id=foreign,
            **details,
        )


def _refused(refusal: Refused) -> ResponseReturnValue:
    if refusal is not g.get("refused"):
        audit_refusal(refusal)
    return _answer(refusal)


def _by_status(error: HTTPException) -> ResponseReturnValue:
    """Refusals of Flask itself: no such page, too large, a form without its token."""
    if isinstance(error, SecurityError) or request.url_rule is None and error.code == 400:
        return "This address is not ours.", 400, {"Content-Type": "text/plain; charset=utf-8"}
    if error.code in (301, 302, 303, 307, 308):
        return error.get_response()
    refusal = _as_refusal(error)
    measures.count_refusal(refusal.code)
    return _answer(refusal, status=error.code)


def _as_refusal(error: HTTPException) -> Refused:
    match error.code:
        case 404:
            return not_found()
        case 405:
            return Refused(_("This page cannot be used in that way."), code="wrong_verb")
        case 413:
            return TooLarge(_("This is larger than we can take here."))
        case 400:
            return Refused(
                _("This page was open too long, or it was changed. Open it again and repeat."),
                code="bad_request",
            )
        case _:
            return Refused(_("This cannot be done."), code=f"http_{error.code}")


def _lost_a_race(error: IntegrityError) -> ResponseReturnValue:
    log.warning("a constraint refused the change", exc_info=error)
    return _refused(
        Conflict(
            _("Somebody else changed this at the same moment. Open it again to see how it stands.")
        )
    )


def _database_busy(error: OperationalError) -> ResponseReturnValue:
    """A lock that did not come, or a query that took too long: nothing was changed."""
    if _sqlstate(error) not in (LOCK_NOT_AVAILABLE, DEADLOCK, CANCELED):
        return _failed(error)
    log.warning("the database was busy", exc_info=error)
    busy = Refused(_("This took too long, and nothing was changed. Try again."), code="busy")
    return _answer(busy, status=503)


def _sqlstate(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)


def _failed(error: Exception) -> ResponseReturnValue:
    log.error("a request failed", exc_info=error)
    sentence = _("Something went wrong on our side. What was saved before is safe. Try again.")
    try:
        return _answer(Refused(sentence, code="failed"), status=500)
    except Exception as again:  # the page itself cannot be drawn: say it without one
        log.error("the page of a failure failed", exc_info=again)
        return sentence, 500, {"Content-Type": "text/plain; charset=utf-8"}


def _answer(refusal: Refused, *, status: int | None = None) -> ResponseReturnValue:
    status = status or refusal.http_status
    if is_partial():
        macros: Any = current_app.jinja_env.globals["ui"]
        into_messages = {"HX-Retarget": "#messages", "HX-Reswap": "innerHTML"}
        return str(macros.message("bad", refusal.message)), status, into_messages
    values = {
        "title": _title(refusal, status),
        "sentence": refusal.message,
        "icon_name": "lock" if isinstance(refusal, NotPermitted) else None,
        "reference": g.get("request_id") if status >= 500 else None,
        "way_on": (_("To the first page"), url_for(frame().audience.home_endpoint)),
    }
    return page("design/error.html", **values), status


def _title(refusal: Refused, status: int) -> str:
    if isinstance(refusal, NotPermitted):
        return _("This is not open to you")
    if isinstance(refusal, NotFound) or status == 404:
        return _("Nothing here")
    if isinstance(refusal, Conflict):
        return _("Somebody was faster")
    if status >= 500:
        return _("That did not work")
    return _("That cannot be done")
