"""For machines: is the process alive, can it work, and what has it counted."""

from __future__ import annotations

import ipaddress
from typing import Any

from flask import Blueprint, Response, abort, g, jsonify, request
from sqlalchemy import text

from backoffice.foundation import batches
from backoffice.foundation.permissions import ANYONE
from design.frame import measures
from design.frame.permits import NOTHING, permitted
from design.frame.state import frame

pages = Blueprint("health", __name__)


@pages.get("/healthz")
@permitted(ANYONE, door=NOTHING)
def healthz() -> Any:
    return jsonify(ok=True)


@pages.get("/readyz")
@permitted(ANYONE, door=NOTHING)
def readyz() -> Any:
    found = {"database": _database_answers(), "house": _house_is_there()}
    return jsonify(ok=all(found.values()), **found), 200 if all(found.values()) else 503


@pages.get("/metrics")
@permitted(ANYONE, door=NOTHING)
def metrics() -> Any:
    """From this machine only: what it counts is nobody else's business."""
    try:
        local = ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        local = False
    if not local:
        abort(404)
    if frame().audience.name == "workbench":
        with g.runtime.doors.firm_wide(because="the background's measures") as session:
            measures.count_background(batches.health(session))
    return Response(measures.exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _database_answers() -> bool:
    try:
        with g.runtime.doors.firm_wide(because="is the database there") as session:
            return bool(session.scalar(text("SELECT 1")))
    except Exception:  # whatever the cause, this process cannot work now
        return False


def _house_is_there() -> bool:
    try:
        return frame().house_id is not None
    except Exception:
        return False
