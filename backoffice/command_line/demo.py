"""`backoffice demo`: start everything, play the demo firm's month, go on until stopped."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from backoffice.command_line.answers import answer, progress, speaks_json, table
from backoffice.foundation.language import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backoffice.demo.links import DemoLink
    from backoffice.demo.play import ClientPlayed
    from backoffice.demo.running import Demo


@click.command(name="demo")
@click.option("--once", is_flag=True, help="Play, say what was done, stop everything.")
def command(once: bool) -> None:
    """Start everything and play the demo firm's month so far; Ctrl-C stops."""
    from backoffice.command_line.context import DATA, bring_up_to_date, installation
    from backoffice.demo.running import refuse_outside_demo, running
    from config.settings import Settings

    started = time.monotonic()
    with installation() as environ:
        settings = Settings.from_environment(environ)
        refuse_outside_demo(settings)
        bring_up_to_date(settings)
        with running(environ, logs=DATA / "log", say=progress) as demo:
            progress(addresses(demo))
            books, links = played(demo)
            answer(
                as_json(demo, books, seconds=time.monotonic() - started),
                text="\n\n".join([books_table(books), links_table(links), addresses(demo)]),
            )
            if not once:
                progress(_("Ctrl-C stops everything; the data stay for the next time."))
                demo.processes.wait()


def played(demo: Demo) -> tuple[Sequence[ClientPlayed], Sequence[DemoLink]]:
    """Play what is missing; how the books stand, and a link for each person."""
    import sys

    from backoffice.command_line.context import DATA
    from backoffice.demo.board import Board
    from backoffice.demo.cast import CLIENTS
    from backoffice.demo.links import links
    from backoffice.demo.play import HOUSE, play
    from backoffice.demo.stage import alone, on_stage

    titles = {HOUSE: demo.settings.firm_name} | {client.slug: client.name for client in CLIENTS}
    board = Board(sys.stderr, titles)
    with alone(DATA, say=progress), on_stage(demo, note=board.note) as stage:
        done = play(stage)
        made = [] if speaks_json() else links(stage, done.staff, done.clients)
    return done.books, made


def as_json(demo: Demo, books: Sequence[ClientPlayed], *, seconds: float) -> dict[str, object]:
    return {
        "clients": [{"slug": one.slug, "lines": one.lines, "posted": one.posted} for one in books],
        "addresses": demo.addresses,
        "seconds": round(seconds, 1),
    }


def books_table(books: Sequence[ClientPlayed]) -> str:
    from backoffice.foundation import formatting

    head = [_("Client"), _("Bank lines"), _("Posted"), _("Left for you"), _("Signed off")]
    rows = [
        [
            one.name,
            formatting.count(one.lines),
            formatting.count(one.posted),
            formatting.count(one.lines - one.posted),
            ", ".join(formatting.period(period) for period in one.signed_off),
        ]
        for one in books
    ]
    return table(head, rows, right=(1, 2, 3))


def links_table(links: Sequence[DemoLink]) -> str:
    head = [_("Person"), _("Role"), _("Where"), _("Comes in once by")]
    return table(
        head, [[one.name, one.role.replace("_", " "), one.place, one.address] for one in links]
    )


def addresses(demo: Demo) -> str:
    names = {"work": _("Workbench"), "portal": _("Portal"), "mail": _("Mails")}
    return table(
        [_("Open in a browser"), ""],
        [[names[key], address] for key, address in demo.addresses.items()],
    )
