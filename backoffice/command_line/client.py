"""`backoffice client`: add a client of the firm, list them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from backoffice.command_line.answers import answer, table
from backoffice.foundation.language import _

if TYPE_CHECKING:
    from backoffice.firm.clients.queries import Card


@click.group(name="client")
def command() -> None:
    """The firm's clients: add one, list them."""


@command.command()
@click.option("--name", required=True, help="The company's name.")
@click.option("--country", required=True, help="Two letters, such as GB.")
@click.option("--slug", default="", help="A short name for commands; made from the name if absent.")
@click.option("--currency", default="", help="Three letters; the country's if absent.")
@click.option("--zone", default="", help="A time zone such as Europe/London.")
@click.option("--fiscal-year-start", default="", help="MM-DD.")
def add(
    name: str, country: str, slug: str, currency: str, zone: str, fiscal_year_start: str
) -> None:
    """Add a client with open books."""
    from backoffice.command_line.acting import operator
    from backoffice.command_line.context import database
    from backoffice.firm.clients.actions import add_client
    from backoffice.firm.clients.queries import card_of
    from backoffice.foundation.ids import new_id

    with database() as runtime:
        with runtime.doors.acting_for(new_id(), by=operator(runtime)) as session:
            add_client(
                session,
                runtime.keyring,
                name=name,
                country=country,
                slug=slug,
                currency=currency,
                zone=zone,
                fiscal_year_start=fiscal_year_start,
            )
            card = card_of(session)
        answer(
            as_json(card), text=_("%(name)s was added as %(slug)s.", name=card.name, slug=card.slug)
        )


@command.command(name="list")
def every() -> None:
    """List the firm's clients."""
    from backoffice.command_line.acting import operator_id
    from backoffice.command_line.context import database
    from backoffice.firm.clients.queries import every_client

    with database() as runtime, runtime.doors.across(operator_id(runtime)) as session:
        cards = every_client(session)
    head = [_("Client"), _("Name"), _("Country"), _("Currency")]
    rows = [[card.slug, card.name, card.country, card.currency] for card in cards]
    answer({"clients": [as_json(card) for card in cards]}, text=table(head, rows))


def as_json(card: Card) -> dict[str, str]:
    """A client as every command prints it."""
    return {
        "id": str(card.id),
        "slug": card.slug,
        "name": card.name,
        "country": card.country,
        "currency": card.currency,
    }
