"""What falls due fires once, whoever looks and however late."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from sqlalchemy import select, text

from backoffice.foundation.batches import Batch, open_batch
from backoffice.foundation.batches.models import ScheduleDue
from backoffice.foundation.clock import real_now
from backoffice.foundation.ids import new_id
from backoffice.foundation.registry import Registry, Schedule, load_catalogues
from backoffice.foundation.timetable import LocalTimes
from tests.support.background import made_client
from tests.support.databases import Database
from worker.timetable import fire_due

SWEEP = "sweep_temporary_files"
DAILY = LocalTimes("Europe/London", (time(6),))


@pytest.fixture
def acorn(database: Database) -> UUID:
    return made_client(database)


def scheduled(
    acorn: UUID, catch_up: Literal["all", "latest", "none"] = "latest", times: Any = DAILY
) -> Registry:
    """Every morning a batch is opened."""

    def due(session: Any, due_at: datetime, runtime: Any) -> None:
        open_batch(session, "morning", client_id=acorn, subject_id=None, items=[new_id()])

    registry = Registry()
    registry.add(Schedule("morning", times, due, catch_up))
    return registry


def clock_stands_at(database: Database, moment: datetime) -> None:
    with database.as_superuser().begin() as connection:
        ahead = round((moment - real_now()).total_seconds())
        connection.execute(
            text(
                "INSERT INTO firm.business_clock VALUES (1, :ahead)"
                " ON CONFLICT (id) DO UPDATE SET ahead_seconds = :ahead"
            ),
            {"ahead": ahead},
        )


def outcomes(database: Database) -> list[tuple[datetime, str]]:
    with database["worker"].doors.firm_wide(because="a test") as session:
        rows = session.scalars(select(ScheduleDue).order_by(ScheduleDue.due_at).offset(1))
        return [(row.due_at, row.outcome) for row in rows]


def opened_batches(database: Database) -> int:
    with database["worker"].doors.firm_wide(because="a test") as session:
        return len(session.scalars(select(Batch.id)).all())


FIRST = datetime(2027, 1, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("catch_up", "fired"),
    [("all", ["fired"] * 4), ("latest", ["skipped"] * 3 + ["fired"]), ("none", ["skipped"] * 4)],
)
def test_what_was_missed_is_caught_up_as_the_schedule_says(
    database: Database, acorn: UUID, catch_up: Literal["all", "latest", "none"], fired: list[str]
) -> None:
    registry = scheduled(acorn, catch_up)
    clock_stands_at(database, FIRST)
    assert fire_due(database["worker"], registry) == 0  # its first day: nothing was missed
    clock_stands_at(database, FIRST + timedelta(days=4))
    assert fire_due(database["worker"], registry) == fired.count("fired")
    assert [outcome for _due, outcome in outcomes(database)] == fired
    assert opened_batches(database) == fired.count("fired")
    assert fire_due(database["worker"], registry) == 0


def test_a_punctual_schedule_without_catching_up_fires(database: Database, acorn: UUID) -> None:
    registry = scheduled(acorn, "none")
    clock_stands_at(database, FIRST)
    fire_due(database["worker"], registry)
    clock_stands_at(database, datetime(2027, 1, 5, 6, 0, 30, tzinfo=UTC))
    assert fire_due(database["worker"], registry) == 1


def test_many_workers_fire_it_once(database: Database, acorn: UUID) -> None:
    registry = scheduled(acorn, "all")
    clock_stands_at(database, FIRST)
    fire_due(database["worker"], registry)
    clock_stands_at(database, FIRST + timedelta(days=3))
    start = threading.Barrier(6)

    def look(_worker: int) -> int:
        start.wait()
        return fire_due(database["worker"], registry)

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(look, range(6))) == 3
    assert opened_batches(database) == 3


def test_a_clock_set_back_fires_nothing_twice(database: Database, acorn: UUID) -> None:
    registry = scheduled(acorn, "all")
    clock_stands_at(database, FIRST)
    fire_due(database["worker"], registry)
    for hours in (18, 16, 20, 17):
        clock_stands_at(database, FIRST + timedelta(hours=hours))
        fire_due(database["worker"], registry)
    assert opened_batches(database) == 1


def test_what_cannot_be_opened_is_due_again_and_others_are_not_held_up(
    database: Database, acorn: UUID
) -> None:
    registry = scheduled(acorn, "all")
    broken = True

    def due(session: Any, due_at: datetime, runtime: Any) -> None:
        if broken:
            raise RuntimeError("not now")
        open_batch(session, "evening", client_id=acorn, subject_id=None, items=[new_id()])

    registry.schedules = {"a": Schedule("a", DAILY, due), **registry.schedules}
    clock_stands_at(database, FIRST)
    fire_due(database["worker"], registry)
    clock_stands_at(database, FIRST + timedelta(days=1))
    assert fire_due(database["worker"], registry) == 1
    broken = False
    assert fire_due(database["worker"], registry) == 1
    assert opened_batches(database) == 2


def test_what_cut_off_uploads_left_is_swept_every_hour(database: Database) -> None:
    """The house's own schedule, as the worker finds it."""
    own = Registry(schedules={SWEEP: load_catalogues().schedules[SWEEP]})
    storage = Path(urlsplit(database.settings.storage_url).path)
    left = storage / "temporary" / "half-a-file"
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    clock_stands_at(database, FIRST)
    fire_due(database["worker"], own)
    assert left.exists()
    clock_stands_at(database, FIRST + timedelta(hours=1))
    assert fire_due(database["worker"], own) == 1
    assert not left.exists()
