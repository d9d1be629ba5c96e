"""Raises worker processes quickly: imports once, forks a worker for each name it reads.

    python -m tests.faults.nursery MODULE …

A worker that starts by itself spends a second on imports, and one that is killed twice a second
would never get to work. What is forked here is the worker's own `serve` in a process of its own,
with connections of its own; nothing is opened before the fork. Told on stdout, a line each:
`born NAME PID` and, once a claim is committed and before its first item runs,
`claimed NAME PID ITEM:TOKEN …`.
"""

from __future__ import annotations

import ctypes
import importlib
import os
import signal
import sys
from collections.abc import Sequence

from backoffice.foundation.batches import Item
from backoffice.foundation.leash import PR_SET_PDEATHSIG
from backoffice.foundation.logs import set_up_logs
from backoffice.foundation.registry import load_catalogues
from config.settings import Settings
from worker.main import serve


def say(*words: object) -> None:
    os.write(1, (" ".join(map(str, words)) + "\n").encode())  # one write: lines never mix


def raise_workers() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries them
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            live(line.strip())
        say("born", line.strip(), pid)


def live(name: str) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)

    def claimed(items: Sequence[Item]) -> None:
        say("claimed", name, os.getpid(), *(f"{item.id}:{item.token}" for item in items))

    try:
        serve(Settings.from_environment(os.environ), claimed=claimed)
    finally:
        os._exit(0)


if __name__ == "__main__":
    set_up_logs()
    load_catalogues()
    for module in sys.argv[1:]:
        importlib.import_module(module)
    raise_workers()
