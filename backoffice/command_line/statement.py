"""`backoffice statement`: read a bank statement file, import it for a client."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from backoffice.command_line.answers import answer, table
from backoffice.foundation.language import _

if TYPE_CHECKING:
    from backoffice.service_lines.banking.inline import Imported
    from backoffice.service_lines.banking.statements.summary import FileFigures


@click.group(name="statement")
def command() -> None:
    """Bank statements: read a file, import it for a client."""


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
def read(file: Path) -> None:
    """Show what a statement file says: camt, MT940, MT942, OFX or a zip. Needs no database."""
    from backoffice.service_lines.banking.statements.summary import read_as_json

    figures = read_as_json(file)
    answer({**figures}, text=_as_text(figures))


@command.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--client", required=True, help="The client's slug or id.")
@click.option("--account", help="A number as the statement gives it, or a bank account's code.")
@click.option("--release", is_flag=True, help="Open the lines for coding at once.")
def import_(file: Path, client: str, account: str | None, release: bool) -> None:
    """Import a statement file for a client, here and now: no worker, no Redis."""
    from backoffice.command_line.acting import client_of, operator
    from backoffice.command_line.context import database
    from backoffice.foundation.registry import load_catalogues
    from backoffice.service_lines.banking.inline import import_inline

    load_catalogues()
    with database(role="worker") as runtime:
        acting, card = operator(runtime), client_of(runtime, client)
        found = import_inline(runtime, card.id, file, account=account, release=release, by=acting)
    answer({**found}, text=_import_as_text(found))


def _import_as_text(found: Imported) -> str:
    """The counts in a sentence, and why lines were held back."""
    counts = _(
        "%(new)s new, %(known)s known, %(conflicts)s in conflict, %(held_back)s held back.",
        new=found["new"],
        known=found["known"],
        conflicts=found["conflicts"],
        held_back=found["held_back"],
    )
    return f"{counts} {found['reason'] or ''}".rstrip()


def _as_text(figures: FileFigures) -> str:
    """The format in a line, then a line for each statement."""
    head = [_("Account"), _("Currency"), _("Opening"), _("Entries"), _("Sum"), _("Closing")]
    rows = [
        [
            statement["account"] or "",
            statement["currency"] or "",
            statement["opening"] or "",
            str(statement["entries"]),
            statement["sum"],
            statement["closing"] or "",
            _agreement(statement["balances"]),
        ]
        for statement in figures["statements"]
    ]
    kind = f"{figures['format']} {figures['version'] or ''}".rstrip()
    if not rows:
        return _("%(kind)s, without a statement", kind=kind)
    return f"{kind}\n{table([*head, _('Agrees')], rows, right=[2, 3, 4, 5])}"


def _agreement(balances: bool | None) -> str:
    """Whether opening and entries make the closing, where the file has both."""
    if balances is None:
        return _("unknown")
    return _("yes") if balances else _("no")
