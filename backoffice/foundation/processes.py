"""A few processes that belong together: started in order, stopped in reverse, none left behind.

    with supervised(logs=Path("var/log")) as processes:
        processes.start("portal", command, is_ready=answers_at("127.0.0.1", 8020))
        processes.wait()

Each has a process group, a log file and a leash of its own, so that `kill -9` of this process
ends them too. Nothing is restarted: a process that dies ends the wait, and its log says why.
"""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from backoffice.foundation.errors import Refused
from backoffice.foundation.language import _
from backoffice.foundation.leash import start_on_leash

READY_SECONDS_MAX = 60.0
GRACE_SECONDS_MAX = 15.0
LOOK_AGAIN_SECONDS = 0.05
LOG_LINES_SHOWN = 15


class ProcessFailed(Refused):
    """A process ended, or did not get ready in time; the message shows the end of its log."""

    code = "process_failed"
    http_status = 503


@dataclass(frozen=True)
class Started:
    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def failed(self, what: str) -> ProcessFailed:
        lines = self.log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:]
        return ProcessFailed("\n".join([what, *lines]))

    def stop(self) -> None:
        """Ask the process to end, and after its grace end its whole group."""
        if self.is_running:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(GRACE_SECONDS_MAX)
        with suppress(ProcessLookupError):  # nobody of the group is left
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@dataclass
class Supervisor:
    logs: Path
    started: list[Started] = field(default_factory=list)

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        is_ready: Callable[[], bool] | None = None,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        ready_seconds_max: float = READY_SECONDS_MAX,
    ) -> Started:
        """Start one more process and wait until it is ready; call it from the main thread."""
        log = self.logs / f"{name}.log"
        with log.open("ab") as opened:
            process = start_on_leash(command, log=opened, environment=environment, folder=folder)
        started = Started(name, process, log)
        self.started.append(started)
        if is_ready:
            wait_until_ready(started, is_ready, ready_seconds_max)
        return started

    def wait(self) -> None:
        """Return when somebody stops us (Ctrl-C, SIGTERM); raise when one of ours has ended."""
        with suppress(KeyboardInterrupt):
            while True:
                self.refuse_ended()
                time.sleep(LOOK_AGAIN_SECONDS * 10)

    def refuse_ended(self) -> None:
        for one in self.started:
            if not one.is_running:
                raise one.failed(_("%(name)s has ended. Its log ends:", name=one.name))

    def stop_all(self) -> None:
        for one in reversed(self.started):
            one.stop()


ENDING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def supervised(*, logs: Path) -> Iterator[Supervisor]:
    """Processes that end with the block, however it ends."""
    logs.mkdir(parents=True, exist_ok=True)
    supervisor = Supervisor(logs)
    # Also where a shell started us in the background, with Ctrl-C to be ignored.
    before = {number: signal.signal(number, interrupt) for number in ENDING}
    try:
        yield supervisor
    finally:
        # A second Ctrl-C must not leave behind what the first began to stop.
        for number in ENDING:
            signal.signal(number, signal.SIG_IGN)
        supervisor.stop_all()
        for number, handler in before.items():
            signal.signal(number, handler)


def interrupt(_number: int, _frame: FrameType | None) -> None:
    """End the block, whichever of the two signals came."""
    raise KeyboardInterrupt


def wait_until_ready(started: Started, is_ready: Callable[[], bool], seconds_max: float) -> None:
    until = time.monotonic() + seconds_max
    while not is_ready():
        if not started.is_running:
            raise started.failed(_("%(name)s did not start. Its log ends:", name=started.name))
        if time.monotonic() > until:
            raise started.failed(_("%(name)s is not ready. Its log ends:", name=started.name))
        time.sleep(LOOK_AGAIN_SECONDS)


def answers_at(
    address: str, port: int, *, path: str = "/healthz", host: str | None = None
) -> Callable[[], bool]:
    """Whether a web server answers there, to that name, without an error of its own."""

    def is_ready() -> bool:
        connection = http.client.HTTPConnection(address, port, timeout=5)
        try:
            connection.request("GET", path, headers={"Host": host} if host else {})
            return connection.getresponse().status < http.client.INTERNAL_SERVER_ERROR
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return is_ready
