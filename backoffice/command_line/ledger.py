"""`backoffice ledger`: a client's books."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from backoffice.command_line.answers import answer, table
from backoffice.foundation.language import _

if TYPE_CHECKING:
    from backoffice.ledger.queries import TrialBalance


@click.group(name="ledger")
def command() -> None:
    """A client's books: the trial balance."""


@command.command(name="trial-balance")
@click.option("--client", required=True, help="The client's slug or id.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="A day; today if absent.")
def trial_balance(client: str, as_of: datetime | None) -> None:
    """Print the balance of each account that was used."""
    from backoffice.command_line.acting import client_of, operator
    from backoffice.command_line.context import database
    from backoffice.foundation.clock import business_today
    from backoffice.ledger import trial_balance as balances

    with database() as runtime:
        card = client_of(runtime, client)
        with runtime.doors.acting_for(card.id, by=operator(runtime)) as session:
            day = as_of.date() if as_of else business_today(session, card.zone)
            found = balances(session, day)
    answer(as_json(card.slug, day, found), text=as_text(found))


def as_json(slug: str, day: date, found: TrialBalance) -> dict[str, object]:
    """One row an account, its balance on one side and 0.00 on the other."""
    plain = plain_in(found.currency)
    return {
        "client": slug,
        "as_of": day.isoformat(),
        "currency": found.currency,
        "rows": [
            {
                "account": row.code,
                "name": row.name,
                "debit": plain(row.debit_minor),
                "credit": plain(row.credit_minor),
            }
            for row in found.rows
        ],
        "total_debit": plain(found.total_debit_minor),
        "total_credit": plain(found.total_credit_minor),
    }


def as_text(found: TrialBalance) -> str:
    """The same for a person."""
    plain = plain_in(found.currency)
    head = [_("Account"), _("Name"), _("Debit"), _("Credit")]
    rows = [[r.code, r.name, plain(r.debit_minor), plain(r.credit_minor)] for r in found.rows]
    totals = ["", _("Total"), plain(found.total_debit_minor), plain(found.total_credit_minor)]
    return table(head, [*rows, totals], right=[2, 3])


class plain_in:  # noqa: N801 - reads as the function it is
    """Amounts of one currency as decimal strings."""

    def __init__(self, currency: str) -> None:
        self.currency = currency

    def __call__(self, minor: int) -> str:
        from backoffice.foundation.money import Money

        return Money(minor, self.currency).plain
