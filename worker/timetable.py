"""Fires what is due by a local clock, each due instant exactly once, whoever runs and how often.

That it was due is a unique row, written in the transaction that opens the work: two workers
cannot both write it, and a worker that dies has written neither. The business clock decides what
is due, so that a month that is played in minutes is a month for the timetable too.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from backoffice.foundation.batches.models import ScheduleDue
from backoffice.foundation.clock import business_now, real_now
from backoffice.foundation.registry import Registry, Schedule
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import ScopedSession

log = logging.getLogger(__name__)

# What fell due this shortly ago was not missed: a worker looks a few times in a minute.
PUNCTUAL = timedelta(minutes=2)


def fire_due(runtime: Runtime, registry: Registry) -> int:
    """Fire every schedule that has fallen due since it was last looked at; how many fired."""
    fired = 0
    for schedule in registry.schedules.values():
        try:
            fired += _catch_up(runtime, schedule)
        except Exception:
            log.exception("Schedule %s could not be fired.", schedule.name)
    return fired


def _catch_up(runtime: Runtime, schedule: Schedule) -> int:
    with runtime.doors.firm_wide(because="what is due by the timetable") as session:
        now = business_now(session)
        last = session.scalar(
            select(func.max(ScheduleDue.due_at)).where(ScheduleDue.schedule == schedule.name)
        )
        if last is None:  # its first day: what would have been due before it is nobody's duty
            _note(session, schedule, now, "skipped")
            return 0
    dues = schedule.times.between(last, now)
    wanted = to_fire(schedule, dues, now)
    return sum(_note_and_fire(runtime, schedule, due, fires=due in wanted) for due in dues)


def to_fire(schedule: Schedule, dues: Sequence[datetime], now: datetime) -> set[datetime]:
    """Which of several due instants still fire; the others are let pass."""
    if schedule.catch_up == "all":
        return set(dues)
    if schedule.catch_up == "latest":
        return set(dues[-1:])
    return {due for due in dues if due > now - PUNCTUAL}


def _note_and_fire(runtime: Runtime, schedule: Schedule, due: datetime, *, fires: bool) -> bool:
    with runtime.doors.firm_wide(because="something is due by the timetable") as session:
        is_ours = _note(session, schedule, due, "fired" if fires else "skipped")
        if is_ours and fires:
            schedule.due(session, due, runtime)
    return is_ours and fires


def _note(session: ScopedSession, schedule: Schedule, due: datetime, outcome: str) -> bool:
    """Write down that it was due; False where another worker has."""
    row = {
        "schedule": schedule.name, "due_at": due, "outcome": outcome, "noted_at": real_now(),
    }  # fmt: skip
    noted = insert(ScheduleDue).values(row).on_conflict_do_nothing().returning(ScheduleDue.due_at)
    return session.scalar(noted) is not None
