"""Flask-SQLAlchemy over our own declarative base: it owns the engine, the doors open its sessions.

`db.session` itself reads only schema `firm`, for the sign-in and for who may enter where; pages
work with the session of a door.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as ExtensionSession

from backoffice.foundation.batches import bell
from backoffice.foundation.database import Base
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import Doors, ScopedSession
from config.settings import Settings


class DoorSession(ExtensionSession, ScopedSession):
    """The extension's session, which also carries a scope."""


db = SQLAlchemy(metadata=Base.metadata, session_options={"class_": DoorSession})


def engine_config(settings: Settings, role: str) -> dict[str, Any]:
    """A request may hold two connections: the door's, and one that audits or counts a try."""
    return {
        "SQLALCHEMY_DATABASE_URI": settings.role_url(role),
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_size": 2 * settings.web_threads,
            "max_overflow": 0,
            "pool_pre_ping": True,
            "connect_args": {
                "prepare_threshold": None,
                "application_name": f"backoffice-{role}",
            },
        },
    }


def start_runtime(app: Flask, settings: Settings) -> Runtime:
    """The app's runtime, whose doors open sessions of the extension, and its bell: without it
    the workers find what a page has opened only when they look by themselves."""
    db.init_app(app)
    bell.install(settings)
    with app.app_context():
        return Runtime.over(settings, Doors(db.engine, db.session.session_factory))
