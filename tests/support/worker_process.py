"""Starts real worker processes on a test's database, and ends them."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.databases import ROOT, Database

SECONDS_MAX = 60.0


def environment_of(database: Database, **more: str) -> dict[str, str]:
    """What a process needs to work on the same database, with nothing of ours leaking in."""
    settings = database.settings
    given = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url or "",
        "STORAGE_URL": settings.storage_url,
        "SMTP_URL": settings.smtp_url or "",
        "BACKOFFICE_KEY": base64.b64encode(settings.key).decode(),
        "BACKOFFICE_FIRM_NAME": settings.firm_name,
        "BACKOFFICE_DEMO": "1",
    }
    return {name: value for name, value in {**given, **more}.items() if value}


def start(
    environment: dict[str, str], *modules: str, log: Path, program: str = "tests.worker.process"
) -> subprocess.Popen[str]:
    """A worker whose claims are told on its stdout."""
    with log.open("ab") as errors:
        return subprocess.Popen(
            [sys.executable, "-m", program, *modules],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=ROOT,
            text=True,
        )


@contextmanager
def worker(
    environment: dict[str, str], *modules: str, log: Path
) -> Iterator[subprocess.Popen[str]]:
    process = start(environment, *modules, log=log)
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    if process.stdout:
        process.stdout.close()


def stopped(process: subprocess.Popen[str]) -> int:
    """Ask it to end in order; its exit status."""
    process.send_signal(signal.SIGTERM)
    return process.wait(SECONDS_MAX)


def wait_until(what: Callable[[], bool], *, seconds: float = SECONDS_MAX) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "It did not come about in time."
        time.sleep(0.02)
