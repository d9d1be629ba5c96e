"""Today: what is mine, what waits for my review, what the team has left."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, g, request

from backoffice.firm.work import queries as work
from backoffice.foundation.clock import business_now
from backoffice.foundation.language import _, ngettext
from design.frame import page, permitted

pages = Blueprint("today", __name__)

QUEUES = ("mine", "review", "team")
MARK = re.compile(r"[01]\.\d{4}-\d\d-\d\d\.[0-9a-f-]{36}")  # where the page before ended


@pages.get("/")
@permitted("today.see")
def show() -> Any:
    whose = request.args.get("whose", "mine")
    whose = whose if whose in QUEUES else "mine"
    after = request.args.get("after", "")
    counts = work.queue_counts(g.session, staff_id=g.me.id)
    queue = work.queue(
        g.session, staff_id=g.me.id, whose=whose, after=after if MARK.fullmatch(after) else None
    )
    return page(
        "today/today.html",
        queue=queue,
        whose=whose,
        counts=counts,
        greeting=greeting(),
        state=state(counts),
    )


def greeting() -> str:
    """By the reader's own clock, with the first name."""
    hour = business_now(g.session).astimezone(ZoneInfo(g.me.zone)).hour
    name = g.me.name.split()[0]
    if hour < 12:
        return _("Good morning, %(name)s", name=name)
    if hour < 18:
        return _("Good afternoon, %(name)s", name=name)
    return _("Good evening, %(name)s", name=name)


def state(counts: dict[str, int]) -> str:
    mine = ngettext("%(number)s item is yours.", "%(number)s items are yours.", counts["mine"])
    review = ngettext(
        "%(number)s waits for your review.", "%(number)s wait for your review.", counts["review"]
    )
    return f"{mine} {review}" if counts["review"] else mine
