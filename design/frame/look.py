"""Gives the templates what every page shows: the firm's name and colour, who is here, where."""

from __future__ import annotations

from typing import Any

from flask import Flask, g

import design
from backoffice.firm.clients.queries import Card, card_if_there
from design.brand import Brand
from design.frame.act_words import act_words
from design.frame.audience import Audience
from design.frame.browser_words import browser_words
from design.frame.state import frame
from design.shell import Shell


def register(app: Flask, audience: Audience) -> None:
    design.install(app, skeleton=audience.skeleton, brand=brand, shell=shell)
    app.context_processor(_here)
    app.jinja_env.globals.update(may=may, act_words=act_words, browser_words=browser_words)


def brand() -> Brand:
    house = frame().house
    return Brand(house.name, house.brand_colour)


def shell() -> Shell | None:
    """Nothing stands around a page of nobody, or of somebody whose second factor is missing."""
    me = g.get("me")
    if me is None or not me.complete:
        return None
    return frame().audience.shell(me)


def may(permission: str) -> bool:
    """Whether the reader's role allows it; a template leaves out what it would refuse."""
    me = g.get("me")
    return me is not None and me.may(permission)


def _here() -> dict[str, Any]:
    return {
        "me": g.get("me"),
        "client": client_in_hand(),
        "audience_words": frame().audience.words(),
    }


def client_in_hand() -> Card | None:
    """Name, currency and colour of the client in scope, read once a request."""
    if "client_card" not in g and g.get("session") is not None and g.get("client_id"):
        scope = g.session.scope
        g.client_card = card_if_there(g.session) if scope.write == g.client_id else None
    card: Card | None = g.get("client_card")
    return card
