"""Locks on files that the kernel lets go when their holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO


def hold(file: Path, kind: int) -> IO[bytes]:
    """Wait for the lock (LOCK_SH or LOCK_EX); it is held until the answer is closed.

    Whoever held it before may have deleted the file: then the lock is on nothing, so again.
    """
    while True:
        opened = opened_privately(file)
        fcntl.flock(opened, kind)
        if is_still_there(file, opened):
            return opened
        opened.close()


def try_to_hold(file: Path, kind: int) -> IO[bytes] | None:
    """The lock, or None when somebody else has it; FileNotFoundError where no one ever had."""
    opened = file.open("r+b", buffering=0)
    try:
        fcntl.flock(opened, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        opened.close()
        return None
    if is_still_there(file, opened):
        return opened
    opened.close()
    return None


def opened_privately(file: Path) -> IO[bytes]:
    return os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0)


def is_still_there(file: Path, opened: IO[bytes]) -> bool:
    try:
        return os.path.samestat(file.stat(), os.fstat(opened.fileno()))
    except FileNotFoundError:
        return False
