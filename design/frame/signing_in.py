"""Ties Flask-Login to our sessions: the cookie holds a token, the database everything else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Flask, g, request, session
from flask_login import LoginManager, current_user, logout_user

from backoffice.foundation.clock import real_now
from backoffice.foundation.identity import sessions
from backoffice.foundation.identity.sessions import Browser, SignedIn
from backoffice.foundation.language import set_language
from backoffice.foundation.logs import add_to_context
from design.frame.audience import Reader
from design.frame.database import db
from design.frame.languages import locale_of
from design.frame.state import frame

manager = LoginManager()
manager.session_protection = None  # the session in the database knows its own limits


def register(app: Flask) -> None:
    manager.init_app(app)
    manager.user_loader(reader_of)


def reader_of(token: str) -> Reader | None:
    """Who stands behind the cookie, read anew for each request."""
    here = frame()
    reader = here.audience.reader(db.session(), here.runtime.doors, token, here.limits)
    db.session.remove()  # gives its connection back before the page opens a door
    return None if reader is None else replace(reader, token=token)


def identify() -> None:
    """The hook before each request: who asks, in which language and zone."""
    me = current_user._get_current_object() if current_user.is_authenticated else None
    g.me = me
    g.actor = me.actor if me else None
    g.client_id = me.client_id if me else None
    g.zone = me.zone if me else "UTC"
    g.runtime = frame().runtime
    set_language(locale_of(me))
    add_to_context(actor_id=me and me.id, client_id=g.client_id)
    if me is not None and me.due_for_touch:
        with g.runtime.doors.firm_wide(because="a session was used") as firm:
            sessions.touch(firm, _model(), me.session_id, now=real_now())


def sign_in(signed_in: SignedIn) -> None:
    """Put a new session into the cookie; the one it held ends, here and on the server."""
    _end_old()
    kept = {name: session[name] for name in ("_flashes",) if name in session}
    session.clear()
    session.update(kept)
    session["_user_id"] = signed_in.token
    session["_fresh"] = True


def _end_old() -> None:
    if g.me is None:
        return
    with g.runtime.doors.firm_wide(because="a new session takes this one's place") as firm:
        sessions.end(firm, _model(), _model().id == g.me.session_id, now=real_now())


def _model() -> Any:
    return frame().audience.session_model


def sign_out() -> None:
    logout_user()
    session.clear()


def browser() -> Browser:
    """What the list of sessions shows about where this request comes from."""
    return Browser(request.user_agent.string, request.remote_addr or "")
