"""`backoffice worker`: one worker process until it is told to stop."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

import click

from backoffice.command_line.context import bring_up_to_date, installation
from backoffice.foundation.leash import start_on_leash
from config.settings import Settings


@click.command("worker")
def command() -> int:
    """Do the work in the background until stopped.

    The first Ctrl-C (or SIGTERM) lets the running item end and gives back the rest.
    """
    with installation() as environ:
        bring_up_to_date(Settings.from_environment(environ))
        return run({**os.environ, **environ})


def run(environ: dict[str, str]) -> int:
    """Start the worker on a leash and pass on what stops it; its exit status. The business does
    not import the worker, which stands on it."""
    worker = start_on_leash(
        [sys.executable, "-m", "worker"], log=sys.stderr.fileno(), environment=environ
    )

    def pass_on(number: int, _frame: FrameType | None) -> None:
        worker.send_signal(number)

    for stops in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stops, pass_on)
    return worker.wait()
