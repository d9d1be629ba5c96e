"""The worker process: without Redis, with it, and how it ends."""

from __future__ import annotations

import base64
import secrets
from pathlib import Path
from uuid import UUID

import pytest

from tests.support.background import (
    KIND,
    batch_of,
    effects,
    installed_bell,
    items_of,
    made_client,
    opened,
)
from tests.support.databases import Database
from tests.support.worker_process import environment_of, stopped, wait_until, worker
from tests.worker.kinds import SLOW

KINDS = "tests.worker.kinds"


@pytest.fixture
def acorn(database: Database) -> UUID:
    return made_client(database)


def is_done(database: Database, batch: UUID) -> bool:
    return batch_of(database, batch).state == "done"


def test_without_redis_the_database_is_polled(
    database: Database, acorn: UUID, tmp_path: Path
) -> None:
    polling = environment_of(database, REDIS_URL="", BACKOFFICE_POLL_SECONDS="0.2")
    first = opened(database, acorn, 3)
    with worker(polling, KINDS, log=tmp_path / "log") as process:
        wait_until(lambda: is_done(database, first))
        later = opened(database, acorn, 3)
        wait_until(lambda: is_done(database, later))
        assert stopped(process) == 0
    assert set(effects(database, acorn).values()) == {1}


def test_a_ring_wakes_a_worker_that_would_look_much_later(
    database: Database, acorn: UUID, tmp_path: Path
) -> None:
    key = secrets.token_bytes(32)
    with installed_bell(database, key):
        # Role passwords come from the key too, so the login is named.
        waiting = environment_of(
            database,
            BACKOFFICE_KEY=base64.b64encode(key).decode(),
            DATABASE_URL_WORKER=database.settings.role_url("worker"),
            BACKOFFICE_RELAY_SECONDS="600",
            BACKOFFICE_POLL_SECONDS="600",
        )
        with worker(waiting, KINDS, log=tmp_path / "log") as process:
            for _batch in range(3):
                batch = opened(database, acorn, 3)
                wait_until(lambda batch=batch: is_done(database, batch), seconds=20)
            assert stopped(process) == 0


def test_sigterm_ends_the_running_item_and_gives_back_the_rest(
    database: Database, acorn: UUID, tmp_path: Path
) -> None:
    batch = opened(database, acorn, 20, kind=SLOW)
    polling = environment_of(database, REDIS_URL="", BACKOFFICE_POLL_SECONDS="0.2")
    with worker(polling, KINDS, log=tmp_path / "log") as process:
        wait_until(lambda: batch_of(database, batch).done > 0)
        assert stopped(process) == 0
    states = [item.state for item in items_of(database, batch)]
    assert set(states) == {"done", "waiting"}
    assert effects(database, acorn).total() == states.count("done")
    assert "ended in order" in (tmp_path / "log").read_text()


def test_a_killed_worker_is_replaced_when_its_lease_ends(
    database: Database, acorn: UUID, tmp_path: Path
) -> None:
    batch = opened(database, acorn, 2, kind=SLOW)
    polling = environment_of(
        database,
        REDIS_URL="",
        BACKOFFICE_POLL_SECONDS="60",
        BACKOFFICE_LEASE_SECONDS="1",
        BACKOFFICE_LEASE_RENEWAL_SECONDS="0.3",
    )
    with worker(polling, KINDS, log=tmp_path / "log") as first:
        assert first.stdout
        first.stdout.readline()
        first.kill()
    with worker(polling, KINDS, log=tmp_path / "log"):
        # It looks again when the lease ends, not only when it would poll.
        wait_until(lambda: is_done(database, batch), seconds=30)
    assert set(effects(database, acorn).values()) == {1}
    assert batch_of(database, batch).kind != KIND
