"""Ctrl K: clients, work and accounts that the reader may see."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, g, request, url_for

from backoffice.firm.insight import queries
from backoffice.firm.insight.queries import Found
from backoffice.firm.work.models import WorkItem
from backoffice.foundation.language import _
from backoffice.ledger import LedgerAccount
from design.frame import block, permitted
from provider.work_places import address_of_work

pages = Blueprint("search", __name__)

LETTERS_MAX = 80
Entry = tuple[str, str, str, str]  # words, second line, address, icon


@pages.get("/search")
@permitted("search")
def find() -> Any:
    letters = request.args.get("q", "").strip()[:LETTERS_MAX]
    found = queries.find(g.session, letters)
    return block("search/found.html", "found", letters=letters, groups=groups(found))


def groups(found: Found) -> list[tuple[str, list[Entry]]]:
    """What was found, as the palette shows it; a kind without a find is left out."""
    of_clients = [
        (card.name, card.currency, _client(card.id), "building-store") for card in found.clients
    ]
    of_work = [(item.title, name, _work(item), "list-check") for item, name in found.work]
    of_accounts = [
        (f"{account.code} {account.name}", name, _account(account), "book")
        for account, name in found.accounts
    ]
    every = [(_("Clients"), of_clients), (_("Work"), of_work), (_("Accounts"), of_accounts)]
    return [(title, entries) for title, entries in every if entries]


def _client(client_id: UUID) -> str:
    return url_for("clients.show", client=client_id)


def _account(account: LedgerAccount) -> str:
    return url_for("reports.account", client=account.client_id, account=account.id)


def _work(item: WorkItem) -> str:
    return address_of_work(
        client_id=item.client_id,
        item_id=item.id,
        kind=item.kind,
        state=item.state,
        subject_kind=item.subject_kind,
        subject_id=item.subject_id,
    )
