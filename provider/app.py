"""Makes the workbench. A page module is one blueprint named `pages`, listed here."""

from __future__ import annotations

from flask import Flask

from config.settings import Settings
from design.frame import make_app
from provider import (
    audit,
    batches,
    books,
    clients,
    coding,
    coding_edits,
    documents,
    imports,
    own_account,
    people,
    previews,
    reports,
    review,
    search,
    sign_in,
    staff,
    today,
)
from provider.audience import Workbench

PAGES = (
    sign_in.pages,
    today.pages,
    clients.pages,
    people.pages,
    documents.pages,
    previews.pages,
    books.pages,
    imports.pages,
    coding.pages,
    coding_edits.pages,
    review.pages,
    reports.pages,
    batches.pages,
    staff.pages,
    own_account.pages,
    audit.pages,
    search.pages,
)


def create_app(settings: Settings) -> Flask:
    return make_app(Workbench(), settings, name="provider", pages=PAGES)
