"""The counts on the rail: not counted for each page, but once a minute for each reader."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

from backoffice.foundation.tenancy import Doors
from backoffice.service_lines.banking.queries.overview import open_lines_across

KEPT_SECONDS = 60
READERS_MAX = 1_000  # more than the staff of any provider; beyond it the oldest are forgotten

_kept: dict[UUID, tuple[float, int]] = {}


def open_lines(doors: Doors, staff_id: UUID, *, now: Callable[[], float] = time.monotonic) -> int:
    """How many bank lines are open at all clients of a member of staff, a minute old at most."""
    counted_at, count = _kept.get(staff_id, (-KEPT_SECONDS, 0))
    if now() - counted_at < KEPT_SECONDS:
        return count
    with doors.across(staff_id) as session:
        count = open_lines_across(session)
    if len(_kept) >= READERS_MAX:
        _kept.pop(next(iter(_kept)))
    _kept[staff_id] = (now(), count)
    return count
