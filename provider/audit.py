"""Who did or saw what: of the firm, and of each client; filtered, verified, taken along as CSV."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g

from backoffice.foundation import audit
from backoffice.foundation.language import _
from design.frame import HOUSE, block, page, permitted
from design.frame.trail import csv_of_trail, trail_of_request

pages = Blueprint("audit", __name__)


@pages.get("/audit")
@permitted("staff.see", door=HOUSE)
def show_house() -> Any:
    return page("audit/show.html", trail=trail_of_request(), title=_("Who did what"))


@pages.get("/clients/<uuid:client>/audit")
@permitted("audit.see")
def show() -> Any:
    return page("audit/show.html", trail=trail_of_request(), title=_("Who saw what"))


@pages.get("/audit/chain")
@permitted("staff.see", door=HOUSE)
def verify_house() -> Any:
    return block("audit/show.html", "chain", broken=audit.first_broken(g.session))


@pages.get("/clients/<uuid:client>/audit/chain")
@permitted("audit.see")
def verify() -> Any:
    return block("audit/show.html", "chain", broken=audit.first_broken(g.session))


@pages.get("/audit.csv")
@permitted("staff.see", door=HOUSE, seen="audit.exported")
def export_house() -> Response:
    return csv_of_trail()


@pages.get("/clients/<uuid:client>/audit.csv")
@permitted("audit.see", seen="audit.exported")
def export() -> Response:
    return csv_of_trail()
