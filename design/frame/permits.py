"""Which permission a route needs, said at the route; without one the app does not start.

One check before each request refuses by default. A client in the path that is not among the
reader's is answered exactly like one that does not exist, before anything else is looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from backoffice.foundation.errors import NotFound, NotPermitted
from backoffice.foundation.language import _
from backoffice.foundation.logs import add_to_context
from backoffice.foundation.permissions import ANYONE, SIGNED_IN
from design.frame import measures
from design.frame.database import db
from design.frame.state import frame

HALF_SIGNED_IN = "half signed in"  # the password was given, the second factor not yet

# Doors that a route may ask for instead of the one that its path and verb imply.
HOUSE, ACROSS, FIRM, NEW_CLIENT, NOTHING = "house", "across", "firm", "new client", "nothing"
DOORS = (None, HOUSE, ACROSS, FIRM, NEW_CLIENT, NOTHING)

View = Callable[..., Any]


class RouteWithoutPermission(RuntimeError):
    """A route exists for which nobody said who may use it."""


@dataclass(frozen=True)
class Permit:
    """What a route declares about itself."""

    permission: str
    door: str | None
    seen: str | None
    upload: bool


def permitted(
    permission: str, *, door: str | None = None, seen: str | None = None, upload: bool = False
) -> Callable[[View], View]:
    """Let only who has the permission through, and give the view the session of its door.

    `seen` is the act that is audited after a successful GET; `upload` lifts the limit on the
    body from that of a form to that of a file.
    """
    if door not in DOORS:
        raise ValueError(f"There is no door {door!r}.")
    permit = Permit(permission, door, seen, upload)

    def mark(view: View) -> View:
        @wraps(view)
        def through(**values: Any) -> ResponseReturnValue:
            from design.frame.doors import answer  # it imports this module

            return answer(permit, view, values)

        through.permit = permit  # type: ignore[attr-defined]
        return through

    return mark


def permit_of(app: Flask, endpoint: str) -> Permit | None:
    return getattr(app.view_functions.get(endpoint), "permit", None)


def refuse_unpermitted_routes(app: Flask, words: frozenset[str]) -> None:
    """Refuse to start while a route names no permission, or one that does not exist."""
    known = words | {ANYONE, SIGNED_IN, HALF_SIGNED_IN}
    for rule in app.url_map.iter_rules():
        permit = permit_of(app, rule.endpoint)
        if permit is None:
            raise RouteWithoutPermission(f"{rule.rule} ({rule.endpoint}) names no permission.")
        if permit.permission not in known:
            raise RouteWithoutPermission(f"{rule.rule} names {permit.permission!r}: unknown.")


def check() -> ResponseReturnValue | None:
    """The one check before each request."""
    if request.endpoint is None:
        return None  # no such page, or not with this verb: Flask answers
    permit = permit_of(current_app, request.endpoint)
    if permit is None:
        abort(403)
    if permit.permission == ANYONE:
        return None
    if g.me is None:
        return ask_to_sign_in(frame().audience.sign_in_endpoint)
    if permit.permission == HALF_SIGNED_IN:
        return None
    if not g.me.complete:
        return ask_to_sign_in(frame().audience.second_factor_endpoint)
    _refuse_without_right(permit)
    return None


def _refuse_without_right(permit: Permit) -> None:
    if g.path_client is not None:
        _enter(g.path_client)
    if permit.permission != SIGNED_IN and not g.me.may(permit.permission):
        raise NotPermitted(
            _("Your role does not allow this. Ask a colleague whose role does, or who gives roles.")
        )


def _enter(client_id: Any) -> None:
    """Take a client from the path, if it is one of the reader's."""
    allowed = frame().audience.may_enter(db.session(), g.me, client_id)
    db.session.remove()
    if not allowed:
        measures.count_cross_tenant()
        g.foreign_client = client_id
        raise not_found()
    g.client_id = client_id
    add_to_context(client_id=client_id)


def not_found() -> NotFound:
    return NotFound(_("There is nothing here. It may have been moved, or the address is mistyped."))


def ask_to_sign_in(endpoint: str) -> ResponseReturnValue:
    """Send a reader to the sign-in and back afterwards; htmx follows by a header."""
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    address = url_for(endpoint, next=None if back in ("/", None) else back)
    if "HX-Request" in request.headers:
        return "", 401, {"HX-Redirect": address}
    return redirect(address, 303)
