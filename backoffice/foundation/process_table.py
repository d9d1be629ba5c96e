"""What the kernel says about processes: a number alone may have been given to another since."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

LOOK_AGAIN_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class ProcessId:
    """A process named so that it cannot be confused: its number and the moment it started."""

    pid: int
    started: int

    @classmethod
    def of(cls, pid: int) -> ProcessId | None:
        """The running process with that number; None when there is none, or only a zombie."""
        try:
            # The name, in brackets, may hold spaces and brackets of its own.
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        is_dead = fields[0] in {"Z", "X"}
        return None if is_dead else cls(pid, int(fields[19]))

    @property
    def is_running(self) -> bool:
        return ProcessId.of(self.pid) == self

    @property
    def arguments(self) -> list[bytes]:
        try:
            return Path(f"/proc/{self.pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return []

    def send(self, what: signal.Signals) -> None:
        if self.is_running:
            os.kill(self.pid, what)

    def wait_until_gone(self, *, seconds_max: float) -> bool:
        until = time.monotonic() + seconds_max
        while self.is_running:
            if time.monotonic() > until:
                return False
            time.sleep(LOOK_AGAIN_SECONDS)
        return True
