"""`backoffice check`: verify what must always hold, for every client."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from backoffice.command_line.answers import answer
from backoffice.foundation.language import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backoffice.foundation.registry import Failure
    from backoffice.foundation.runtime import Runtime
    from backoffice.foundation.tenancy import ScopedSession


@click.command(name="check")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Verify every invariant that the service lines registered, client by client."""
    from backoffice.command_line.acting import operator, operator_id
    from backoffice.command_line.context import database
    from backoffice.firm.clients.queries import every_client
    from backoffice.foundation.registry import load_catalogues

    load_catalogues()
    # As the worker, whose questions may take a minute: those of a page would be cut off.
    with database(role="worker") as runtime:
        acting = operator(runtime)
        with runtime.doors.across(operator_id(runtime)) as session:
            cards = every_client(session, with_house=True)
        found = {}
        for card in cards:
            with runtime.doors.acting_for(card.id, by=acting) as session:
                found[card.slug] = failures_of(session, runtime)
    ok = not any(found.values())
    answer(as_json(found, ok=ok), text=as_text(found, ok=ok))
    ctx.exit(0 if ok else 1)


def failures_of(session: ScopedSession, runtime: Runtime) -> Sequence[Failure]:
    """What does not hold for the client in scope."""
    from backoffice.foundation.registry import registry

    return [
        failure for check in registry.checks.values() for failure in check.find(session, runtime)
    ]


def as_json(found: dict[str, Sequence[Failure]], *, ok: bool) -> dict[str, object]:
    """Every client, also those with which all is well."""
    return {
        "ok": ok,
        "clients": [
            {
                "client": slug,
                "failures": [
                    {"invariant": f.invariant, "message": f.message, "records": f.records}
                    for f in failures
                ],
            }
            for slug, failures in found.items()
        ],
    }


def as_text(found: dict[str, Sequence[Failure]], *, ok: bool) -> str:
    """A sentence where all is well, else a line for each failure."""
    if ok:
        return _("All that must hold holds, for %(count)s clients.", count=len(found))
    return "\n".join(
        f"{slug}: {failure.invariant}: {failure.message} ({failure.records})"
        for slug, failures in found.items()
        for failure in failures
    )
