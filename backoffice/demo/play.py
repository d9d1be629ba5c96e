"""Plays the demo firm: whatever of its people, clients and months is missing, and nothing twice.

    played = play(stage)

Each act is an action that a page calls, in a transaction of its own, by the person who does it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from backoffice.demo.bookkeeping import keep_books
from backoffice.demo.engaging import Engaged, engage
from backoffice.demo.months import Month, months
from backoffice.demo.organisation import Ids, make_firm
from backoffice.demo.sending import send_cut_statement, send_receipts, send_statements
from backoffice.demo.stage import Stage
from backoffice.firm.work.for_clients import months_reviewed
from backoffice.foundation import formatting
from backoffice.foundation.language import _
from backoffice.foundation.registry import load_catalogues
from backoffice.service_lines.banking.actions.accounts import find_by_number
from backoffice.service_lines.banking.queries.for_clients import progress_of

HOUSE = "house"  # the line of the firm itself, where the others have a client's slug
SENDS_A_CUT_FILE = "cendana"


@dataclass(frozen=True)
class ClientPlayed:
    """How a client's books stand: bank lines, how many of them are posted, months signed off."""

    slug: str
    name: str
    lines: int
    posted: int
    signed_off: Sequence[str]


@dataclass(frozen=True)
class Played:
    """Who there is, and how their books stand."""

    staff: Ids
    clients: Sequence[Engaged]
    books: Sequence[ClientPlayed]


def play(stage: Stage) -> Played:
    """The firm, its clients, and each client's months so far."""
    load_catalogues()
    stage.note(HOUSE, _("colleagues and clients come in"))
    staff = make_firm(stage)
    clients = engage(stage, staff)
    stage.note(HOUSE, in_place(staff, clients))
    return Played(staff, clients, [play_months(stage, client) for client in clients])


def in_place(staff: Ids, clients: Sequence[Engaged]) -> str:
    people = sum(len(client.people) for client in clients)
    return _(
        "%(staff)s colleagues, %(clients)s clients with %(people)s people",
        staff=len(staff),
        clients=len(clients),
        people=people,
    )


def play_months(stage: Stage, client: Engaged) -> ClientPlayed:
    """Each month: files come, are read, and the books are kept."""
    played = months(
        client.cast, currency=client.card.currency, came_on=client.came_on, today=client.today
    )
    for month in played:
        words = _("%(month)s: files on their way", month=formatting.period(month.period))
        stage.note(client.cast.slug, words)
        sent = send_statements(stage, client, month)
        proofs = send_receipts(stage, client, month)
        keep_books(stage, client, month, sent, proofs)
    if client.cast.slug == SENDS_A_CUT_FILE:
        send_cut_statement(stage, client, played[0])
    return summed_up(stage, client, played)


def summed_up(stage: Stage, client: Engaged, played: Sequence[Month]) -> ClientPlayed:
    with stage.as_staff(client.preparer, client.id) as session:
        accounts: list[UUID] = [
            account.id
            for of_cast in client.cast.accounts
            if (
                account := find_by_number(
                    session, stage.workbench, of_cast.number, client.card.currency
                )
            )
        ]
        periods = [month.period for month in played]
        found = progress_of(session, [(one, period) for one in accounts for period in periods])
        reviewed = months_reviewed(session, periods)
    of_client = ClientPlayed(
        slug=client.cast.slug,
        name=client.card.name,
        lines=sum(one.lines for one in found.values()),
        posted=sum(one.coded for one in found.values()),
        signed_off=[period for period, is_reviewed in sorted(reviewed.items()) if is_reviewed],
    )
    words = _("%(lines)s lines, %(posted)s posted", lines=of_client.lines, posted=of_client.posted)
    stage.note(of_client.slug, words)
    return of_client
