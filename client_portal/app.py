"""Makes the portal. A page module is one blueprint named `pages`, listed here."""

from __future__ import annotations

from flask import Flask

from client_portal import (
    audit,
    books,
    documents,
    home,
    own_account,
    people,
    sign_in,
    uploads,
)
from client_portal.audience import Portal
from config.settings import Settings
from design.frame import make_app

PAGES = (
    sign_in.pages,
    home.pages,
    uploads.pages,
    documents.pages,
    books.pages,
    people.pages,
    own_account.pages,
    audit.pages,
)


def create_app(settings: Settings) -> Flask:
    return make_app(Portal(), settings, name="client_portal", pages=PAGES)
