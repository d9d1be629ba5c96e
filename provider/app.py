"""Makes the workbench. A page module is one blueprint named `pages`, listed here."""

from __future__ import annotations

from flask import Flask

from config.settings import Settings
from design.frame import make_app
from provider import audit, clients, documents, own_account, people, search, sign_in, staff, today
from provider.audience import Workbench

PAGES = (
    sign_in.pages,
    today.pages,
    clients.pages,
    people.pages,
    documents.pages,
    staff.pages,
    own_account.pages,
    audit.pages,
    search.pages,
)


def create_app(settings: Settings) -> Flask:
    return make_app(Workbench(), settings, name="provider", pages=PAGES)
