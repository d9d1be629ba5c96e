"""Identifiers: UUIDv7 (RFC 9562, section 5.7), made here and not in the database.

Rows made later sort later, so indexes grow at their end, and an id can be written down before
the row exists. Within one process each id is greater than the one before.
"""

from __future__ import annotations

import os
import secrets
import threading
import time
import uuid

RANDOM_BITS = 74  # 12 bits of rand_a above 62 bits of rand_b
STEP_BITS = 32  # within a millisecond the next id is a random step up, so it stays unguessable

_lock = threading.Lock()
_last: tuple[int, int] = (0, 0)  # milliseconds and the 74 random bits of the newest id


def new_id() -> uuid.UUID:
    """A new identifier, greater than every earlier one of this process."""
    global _last
    with _lock:
        _last = _after(_last, time.time_ns() // 1_000_000)
        return _laid_out(*_last)


def _after(last: tuple[int, int], now_milliseconds: int) -> tuple[int, int]:
    milliseconds, random_part = last
    if now_milliseconds > milliseconds:
        return now_milliseconds, _fresh()
    # Same millisecond, or the clock was set back: stay at the newest time and count upwards.
    random_part += secrets.randbits(STEP_BITS) + 1
    if random_part >> RANDOM_BITS:
        return milliseconds + 1, _fresh()
    return milliseconds, random_part


def _fresh() -> int:
    # The highest bit starts at zero: room to count upwards within the millisecond.
    return secrets.randbits(RANDOM_BITS - 1)


def _laid_out(milliseconds: int, random_part: int) -> uuid.UUID:
    high, low = random_part >> 62, random_part & ((1 << 62) - 1)
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)


def _forget() -> None:
    """In a forked child: do not count on from the parent's last id, its other children do too."""
    global _last, _lock
    _lock = threading.Lock()  # the parent may have held it at the fork
    _last = (0, 0)


os.register_at_fork(after_in_child=_forget)
