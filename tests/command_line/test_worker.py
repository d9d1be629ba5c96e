"""`backoffice worker`: a worker on a leash, which ends in order when the command is told to."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from backoffice.foundation.process_table import ProcessId
from tests.support.databases import ROOT, Database
from tests.support.worker_process import SECONDS_MAX, environment_of, wait_until


def started(database: Database, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as errors:
        return subprocess.Popen(
            [sys.executable, "-m", "backoffice.command_line", "worker"],
            env=environment_of(database, REDIS_URL=""),
            cwd=ROOT,
            stderr=errors,
        )


def said(log: Path, words: str) -> bool:
    return words in log.read_text()


def test_sigterm_is_passed_on_and_the_worker_ends_in_order(
    database: Database, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    command = started(database, log)
    wait_until(lambda: said(log, "The worker waits for work"))
    command.send_signal(signal.SIGTERM)
    assert command.wait(SECONDS_MAX) == 0
    assert said(log, "The worker has ended in order.")


def test_a_killed_command_takes_its_worker_with_it(database: Database, tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = started(database, log)
    wait_until(lambda: said(log, "The worker waits for work"))
    worker = ProcessId.of(child_of(command.pid))
    assert worker
    command.kill()
    command.wait()
    assert worker.wait_until_gone(seconds_max=SECONDS_MAX)


def child_of(pid: int) -> int:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[0])
