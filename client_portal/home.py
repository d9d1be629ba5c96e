"""Home: what waits for this person, and what we are doing for the company."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, g

from backoffice.firm.documents.queries import documents
from backoffice.firm.work.for_clients import colleagues, kept_promises, promises
from backoffice.firm.work.queries import waiting_inputs
from backoffice.foundation.clock import business_now, business_today
from backoffice.foundation.language import _
from backoffice.service_lines.banking.queries.for_clients import in_the_bank
from client_portal import file_words
from client_portal.promise_words import told
from design.frame import page, permitted

pages = Blueprint("home", __name__)

HELD_SHOWN = 5
SENT_SHOWN = 3
DONE_SHOWN_FOR = timedelta(days=7)


@pages.get("/")
@permitted("home.see")
def show() -> Any:
    session, since = g.session, business_now(g.session) - DONE_SHOWN_FOR
    held = file_words.about(session, documents(session, state="held", limit=HELD_SHOWN).documents)
    return page(
        "home/home.html",
        greeting=greeting(),
        today=business_today(session, g.zone),
        waiting=waiting_inputs(session),
        held=[file for file in held if not file.asked],
        work=told(session, [*promises(session), *kept_promises(session, since=since)]),
        sent=file_words.about(session, documents(session, limit=SENT_SHOWN).documents),
        bank=in_the_bank(session) if g.me.may("books.see") else [],
        people=colleagues(session, zone=g.zone),
    )


def greeting() -> str:
    """By the company's own clock, with the first name."""
    hour = business_now(g.session).astimezone(ZoneInfo(g.zone)).hour
    name = g.me.name.split()[0]
    if hour < 12:
        return _("Good morning, %(name)s", name=name)
    if hour < 18:
        return _("Good afternoon, %(name)s", name=name)
    return _("Good evening, %(name)s", name=name)
