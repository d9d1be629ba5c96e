"""Opens the door that a route's path and verb imply, runs the view, commits once.

A GET gets a read-only transaction: whatever a page does by mistake, the database refuses to
change a row. A refused POST rolls back, is audited by itself, and its page is drawn again.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from flask import Response, current_app, g, request
from sqlalchemy import text

from backoffice.foundation import audit
from backoffice.foundation.errors import Refused
from backoffice.foundation.ids import new_id
from backoffice.foundation.tenancy import SYSTEM
from design.frame import permits
from design.frame.permits import Permit
from design.frame.refusals import audit_refusal
from design.frame.state import frame

SAFE = ("GET", "HEAD", "OPTIONS")
READ_ONLY = text("SET TRANSACTION READ ONLY")

View = Callable[..., Any]


def answer(permit: Permit, view: View, values: dict[str, Any]) -> Response:
    """The view's answer, its work committed."""
    try:
        response = _through_the_door(permit, view, values, read_only=request.method in SAFE)
    except Refused as refusal:
        return _drawn_again(refusal, permit, view, values)
    if permit.seen and request.method in SAFE and response.status_code < 400:
        _note_seen(permit.seen)
    return response


def _through_the_door(
    permit: Permit, view: View, values: dict[str, Any], *, read_only: bool
) -> Response:
    with _door(permit) as session:
        g.session = session
        try:
            if read_only and session is not None:
                session.execute(READ_ONLY)
            response = _with_status(current_app.make_response(view(**values)))
            g.seen_subject = _named(g.get("subject"))
            return response
        finally:
            g.session = None


def _with_status(response: Response) -> Response:
    """A page that shows what is wrong with a form says so in its status too."""
    form = g.get("form")
    if request.method not in SAFE and form is not None and response.status_code == 200:
        if g.get("refused") is not None:
            response.status_code = g.refused.http_status
        elif form.errors:
            response.status_code = 422
    return response


def _drawn_again(refusal: Refused, permit: Permit, view: View, values: dict[str, Any]) -> Response:
    """The same page with the refusal in its place: nothing that was typed is lost."""
    if request.method in SAFE or g.get("form") is None:
        raise refusal
    audit_refusal(refusal)
    g.refused = refusal
    return _through_the_door(permit, view, values, read_only=True)


def _door(permit: Permit) -> AbstractContextManager[Any]:
    doors = frame().runtime.doors
    actor = g.me.actor if g.me is not None else SYSTEM
    if permit.door == permits.NOTHING:
        return nullcontext()
    if permit.door == permits.FIRM:
        return doors.firm_wide(because=f"the page {request.endpoint}")
    if permit.door == permits.NEW_CLIENT:
        g.client_id = g.get("client_id") or new_id()
    elif permit.door == permits.HOUSE:
        g.client_id = frame().house_id
    elif g.client_id is None and (request.method in SAFE or permit.door == permits.ACROSS):
        return doors.across(actor.id)
    elif g.client_id is None:
        g.client_id = frame().house_id
    return doors.acting_for(g.client_id, by=actor)


def _note_seen(action: str) -> None:
    """Who saw what: a row of its own, once the page is known to have been shown."""
    client_id = g.client_id or frame().house_id
    with frame().runtime.doors.acting_for(client_id, by=g.me.actor) as session:
        subject_kind, subject_id = g.seen_subject
        audit.record(session, action, subject_kind=subject_kind, subject_id=subject_id)


def _named(subject: Any) -> tuple[str | None, Any]:
    """What was shown, said while its session is open: afterwards a row tells nothing."""
    return (None, None) if subject is None else (subject.__tablename__, subject.id)
