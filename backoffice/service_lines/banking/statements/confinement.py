"""What a process may still do once it has confined itself: compute, and write to its pipe.

Limits of the kernel on memory, time, files and processes; no network where the kernel lets a
process give it up; and an audit hook that refuses the rest. A process confines itself before it
has seen a byte of the file, and there is no way back.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys

from backoffice.foundation.leash import PR_SET_PDEATHSIG

from .limits import CHILD_CPU_SECONDS, CHILD_MEMORY_BYTES

CLONE_NEWUSER = 0x10000000  # from <linux/sched.h>
CLONE_NEWNET = 0x40000000
_OPEN_FILES_MAX = 32  # its pipes, and the modules that it still imports
_FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.kill",
    "os.remove",
    "os.rename",
    "os.truncate",
    "os.chmod",
    "os.link",
    "os.symlink",
    "os.mkdir",
    "os.rmdir",
    "ctypes.dlopen",
)
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class ParentGone(Exception):
    """The process that asked has died; nobody waits for the answer."""


def confine(*, parent: int) -> None:
    """Confine this process for the rest of its life, which ends with its parent's."""
    libc = ctypes.CDLL(None)
    # Root may leave the network alone; anybody else needs a user namespace for it, and root
    # would lose its right to read the installation's files in one. Where neither is allowed,
    # the audit hook remains.
    libc.unshare(CLONE_NEWNET if os.geteuid() == 0 else CLONE_NEWUSER | CLONE_NEWNET)
    # After that, because the kernel forgets this wish when the user changes.
    libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        raise ParentGone
    for kind, most in (
        (resource.RLIMIT_AS, CHILD_MEMORY_BYTES),
        (resource.RLIMIT_CPU, CHILD_CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES_MAX),
        (resource.RLIMIT_NPROC, 0),
    ):
        _limit(kind, most)
    sys.addaudithook(_refuse)


def _limit(kind: int, most: int) -> None:
    """Set a limit, or keep the one that is there where it is lower already."""
    _soft, hard = resource.getrlimit(kind)
    allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (allowed, allowed))


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(event)
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITES:
        raise PermissionError(event)
