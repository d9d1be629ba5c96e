"""Everything that the demonstration runs, each at its own address: mails, workers, both web apps.

    with running(environ, logs=Path("var/log"), say=print) as demo:
        demo.processes.wait()

The servers of the database are the installation's and run already.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backoffice.foundation.embedded.engines import free_loopback_port
from backoffice.foundation.errors import Refused
from backoffice.foundation.language import _
from backoffice.foundation.processes import Supervisor, answers_at, supervised
from config.settings import PROJECT, Settings

LOOPBACK = "127.0.0.1"
WORKERS = 2
LAST_ANSWER_SECONDS = 5  # what a page may still take when we stop
Say = Callable[[str], None]


class NotTheDemo(Refused):
    code = "not_the_demo"
    http_status = 403


@dataclass(frozen=True)
class Demo:
    """What runs: how it was set, and under whose care."""

    settings: Settings
    processes: Supervisor

    @property
    def addresses(self) -> dict[str, str]:
        return {
            "work": self.settings.work_address,
            "portal": self.settings.portal_address,
            "mail": self.settings.mail_address,
        }


def refuse_outside_demo(settings: Settings) -> None:
    """Made-up clients belong in no database that somebody works with."""
    if not settings.demo:
        raise NotTheDemo(
            _(
                "This database is not the demo's. Set BACKOFFICE_DEMO=1 if the demo firm"
                " is to be played in it."
            )
        )


@contextmanager
def running(environ: Mapping[str, str], *, logs: Path, say: Say) -> Iterator[Demo]:
    """Start all processes and wait until each is ready; they end with the block."""
    smtp_port = free_loopback_port()
    environment = {
        **environ,
        **free_ports(Settings.from_environment(environ), say=say),
        "SMTP_URL": environ.get("SMTP_URL") or f"smtp://{LOOPBACK}:{smtp_port}",
    }
    settings = Settings.from_environment(environment, serving=True)
    with supervised(logs=logs) as processes:
        launch = Launch(processes, {**os.environ, **environment}, settings)
        launch.mail_sink(smtp_port, mails=logs.parent / "mail")
        for number in range(1, WORKERS + 1):
            launch.worker(number)
        launch.web_app("provider", settings.work_host, settings.work_port)
        launch.web_app("client_portal", settings.portal_host, settings.portal_port)
        yield Demo(settings, processes)


def free_ports(settings: Settings, *, say: Say) -> dict[str, str]:
    """A port for each address: the one that is set, or where that is taken any other."""
    wanted = {
        "BACKOFFICE_WORK_PORT": settings.work_port,
        "BACKOFFICE_PORTAL_PORT": settings.portal_port,
        "BACKOFFICE_MAIL_PORT": settings.mail_port,
    }
    found = {}
    for name, port in wanted.items():
        free = port if is_free(port) else free_loopback_port()
        if free != port:
            say(_("Port %(taken)s is taken; %(free)s is used instead.", taken=port, free=free))
        found[name] = str(free)
    return found


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As web servers bind: an address that was in use a moment ago is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


@dataclass(frozen=True)
class Launch:
    """Starts our own programs, each configured by the same environment."""

    processes: Supervisor
    environment: Mapping[str, str]
    settings: Settings

    def mail_sink(self, smtp_port: int, *, mails: Path) -> None:
        port, host = self.settings.mail_port, self.settings.mail_host
        options = ["--smtp-port", str(smtp_port), "--web-port", str(port), "--host", host]
        self.start("mail", ["backoffice.demo.mail_sink", str(mails), *options], host, port)

    def worker(self, number: int) -> None:
        """Nobody waits for a worker: work waits for it in the database."""
        self.start(f"worker-{number}", ["worker"])

    def web_app(self, package: str, host: str, port: int) -> None:
        options = [
            *("--bind", f"{LOOPBACK}:{port}"),
            *("--worker-class", "gthread", "--threads", str(self.settings.web_threads)),
            *("--graceful-timeout", str(LAST_ANSWER_SECONDS)),
            *("--no-control-socket", "--log-level", "warning"),
        ]
        self.start(package, ["gunicorn", f"{package}.wsgi:app", *options], host, port)

    def start(self, name: str, module: list[str], host: str = "", port: int = 0) -> None:
        self.processes.start(
            name,
            [sys.executable, "-m", *module],
            is_ready=answers_at(LOOPBACK, port, host=host) if host else None,
            environment=self.environment,
            folder=PROJECT,
        )
