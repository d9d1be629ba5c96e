"""Starts a command that cannot outlive the process which started it.

The kernel signals the child when its parent dies, `kill -9` included. The kernel forgets that
wish when the user changes, so this file also runs as a small program between the two: it drops
to the user, sets the wish, looks whether the parent is still there, and becomes the command.

The wish hangs on the *thread* that starts the child: start from the main thread.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1  # from <linux/prctl.h>


@dataclass(frozen=True, slots=True)
class ServiceUser:
    """The operating system's account that a server runs as when we are root."""

    uid: int
    gid: int


def start_on_leash(
    command: Sequence[str | Path],
    *,
    log: IO[bytes] | int,
    when_parent_dies: signal.Signals = signal.SIGTERM,
    user: ServiceUser | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, with nothing to read and its output in `log`."""
    account = [str(user.uid), str(user.gid)] if user else ["-", "-"]
    leash = [sys.executable, "-I", "-S", __file__, str(int(when_parent_dies)), str(os.getpid())]
    return subprocess.Popen(
        [*leash, *account, *map(str, command)],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        env=environment,
        cwd=folder,
    )


def become(arguments: Sequence[str]) -> None:
    """Turn this process into the command, on its leash; never returns."""
    death_signal, parent, uid, gid, *command = arguments
    if uid != "-":
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
    if os.getppid() != int(parent):
        raise SystemExit("the parent died before the command was started")
    # A blocked signal is inherited, and some servers never unblock the one that stops them.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    os.execvp(command[0], command)


if __name__ == "__main__":
    become(sys.argv[1:])
