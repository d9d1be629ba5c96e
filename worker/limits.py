"""What a piece of work may use: seconds and memory."""

from __future__ import annotations

import resource
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TimeLimitPassed(BaseException):
    """Not an Exception: code that tolerates errors must not swallow the end of its time."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Interrupt the block after so many seconds. Signals reach the main thread alone; elsewhere
    the database's own limits have to do."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = signal.signal(signal.SIGALRM, _stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise TimeLimitPassed


def limit_memory(bytes_max: int) -> None:
    """Beyond this an allocation fails in the item that asks for it, and the process lives on."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    ceiling = bytes_max if hard == resource.RLIM_INFINITY else min(bytes_max, hard)
    resource.setrlimit(resource.RLIMIT_AS, (ceiling, hard))
