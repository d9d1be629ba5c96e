"""`backoffice statement`: read a bank statement file, import it for a client."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from backoffice.command_line.answers import answer, table
from backoffice.foundation.language import _

if TYPE_CHECKING:
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
