"""Home: what waits for this person, and what we are doing for the company."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, g

from backoffice.foundation.clock import business_now
from backoffice.foundation.language import _
from design.frame import page, permitted

pages = Blueprint("home", __name__)


@pages.get("/")
@permitted("home.see")
def show() -> Any:
    return page("home/home.html", greeting=greeting())


def greeting() -> str:
    """By the company's own clock, with the first name."""
    hour = business_now(g.session).astimezone(ZoneInfo(g.zone)).hour
    name = g.me.name.split()[0]
    if hour < 12:
        return _("Good morning, %(name)s", name=name)
    if hour < 18:
        return _("Good afternoon, %(name)s", name=name)
    return _("Good evening, %(name)s", name=name)
