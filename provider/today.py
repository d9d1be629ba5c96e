"""Today: what is mine, what waits for my review, what the team has left."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, g, redirect, request

from backoffice.firm.work import actions as work
from backoffice.firm.work import queries
from backoffice.foundation.clock import business_now
from backoffice.foundation.language import _, ngettext
from design.frame import page, permitted, redirect_to, toast
from provider.work_places import place_of

pages = Blueprint("today", __name__)

QUEUES = ("mine", "review", "team")


@pages.get("/")
@permitted("today.see")
def show() -> Any:
    whose = request.args.get("whose", "mine")
    whose = whose if whose in QUEUES else "mine"
    counts = queries.queue_counts(g.session, staff_id=g.me.id)
    after = request.args.get("after")
    queue = queries.queue(g.session, staff_id=g.me.id, whose=whose, after=after)
    return page(
        "today/today.html",
        queue=queue,
        whose=whose,
        counts=counts,
        greeting=greeting(),
        state=state(counts),
        place=place_of,
    )


@pages.post("/clients/<uuid:client>/work/<uuid:item>/take")
@permitted("work.take")
def take(item: UUID) -> Any:
    """Take it in hand, and go where it is done."""
    work.take(g.session, item, by=g.actor)
    row = queries.queue_row(g.session, item)
    toast(_("It is yours now."))
    return redirect(place_of(row), 303) if row else redirect_to("today.show")


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
