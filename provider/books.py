"""Books: what is to be done across all clients, and the state of one client's bank accounts."""

from __future__ import annotations

from flask import Blueprint, g
from flask.typing import ResponseReturnValue

from backoffice.firm.clients.queries import every_client
from backoffice.service_lines.banking.queries.imports import imports
from backoffice.service_lines.banking.queries.month import months_with_lines
from backoffice.service_lines.banking.queries.overview import account_states, open_across
from design.frame import page, permitted
from provider.import_words import state_words

pages = Blueprint("books", __name__)

IMPORTS_SHOWN = 6


@pages.get("/books")
@permitted("books.see")
def show_all() -> ResponseReturnValue:
    waiting = open_across(g.session)
    clients = every_client(g.session, with_house=True)
    rows = [(client, waiting[client.id]) for client in clients if client.id in waiting]
    rows.sort(key=lambda row: (-row[1].open_lines, row[0].name))
    return page("books/all.html", rows=rows, lines=sum(one.open_lines for _client, one in rows))


@pages.get("/clients/<uuid:client>/books")
@permitted("books.see")
def show() -> ResponseReturnValue:
    return page(
        "books/show.html",
        accounts=account_states(g.session),
        months=months_with_lines(g.session),
        imports=imports(g.session, limit=IMPORTS_SHOWN),
        state_words=state_words,
    )
