"""Who did or saw what for the company: its owner may know."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g

from backoffice.foundation import audit
from design.frame import block, page, permitted
from design.frame.trail import csv_of_trail, trail_of_request

pages = Blueprint("audit", __name__)


@pages.get("/audit")
@permitted("audit.see")
def show() -> Any:
    return page("audit/show.html", trail=trail_of_request())


@pages.get("/audit/chain")
@permitted("audit.see")
def verify() -> Any:
    return block("audit/show.html", "chain", broken=audit.first_broken(g.session))


@pages.get("/audit.csv")
@permitted("audit.see", seen="audit.exported")
def export() -> Response:
    return csv_of_trail()
