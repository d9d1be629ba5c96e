"""A ring that was lost is rung again, by one worker at a time; without Redis nobody rings."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID

import pytest

from backoffice.foundation.batches import bell, health
from backoffice.foundation.runtime import Runtime
from tests.support.background import (
    KIND,
    expire_leases,
    installed_bell,
    made_client,
    opened,
    runner_of,
)
from tests.support.databases import Database
from worker.listening import LISTEN_SECONDS_MAX, Listener
from worker.relay import relay
from worker.turns import take_turn


@pytest.fixture
def acorn(database: Database) -> UUID:
    return made_client(database)


@pytest.fixture
def quick(database: Database) -> Runtime:
    """The relay's turn comes at once, and what is due is rung for at once."""
    settings = replace(database.settings, relay_seconds=0.001, ring_again_seconds=0)
    return replace(database["worker"], settings=settings)


@pytest.fixture
def rings(database: Database) -> Iterator[bell.Bell]:
    with installed_bell(database) as installed:
        yield installed


def test_a_wiped_redis_is_rung_again(
    database: Database, acorn: UUID, quick: Runtime, rings: bell.Bell
) -> None:
    opened(database, acorn, 1)
    assert rings.queue.count == 1
    rings.queue.empty()
    assert relay(quick) == [KIND]
    assert [job.kwargs for job in rings.queue.jobs] == [{"kick": KIND}]


def test_what_somebody_holds_is_not_rung_for_until_its_lease_ends(
    database: Database, acorn: UUID, quick: Runtime, rings: bell.Bell
) -> None:
    opened(database, acorn, 1)
    runner_of(database).claim()
    assert relay(quick) == []
    expire_leases(database)
    assert relay(quick) == [KIND]


def test_what_fell_due_just_now_is_not_rung_for_again(
    database: Database, acorn: UUID, rings: bell.Bell
) -> None:
    opened(database, acorn, 1)
    assert relay(database["worker"]) == []


def test_without_redis_the_relay_does_no_harm(
    database: Database, acorn: UUID, quick: Runtime
) -> None:
    opened(database, acorn, 1)
    assert relay(quick) == []


def test_of_many_workers_one_takes_the_turn(database: Database) -> None:
    start = threading.Barrier(8)
    runtime = database["worker"]

    def take(_worker: int) -> bool:
        start.wait()
        with runtime.doors.firm_wide(because="a test") as session:
            return take_turn(session, "relay", every_seconds=60)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(8))) == 1
    with runtime.doors.firm_wide(because="a test") as session:
        silent = health(session).relay_silent_seconds
    assert silent is not None
    assert 0 <= silent < 60


def test_a_listener_wakes_when_it_rings_and_takes_the_ring_off(rings: bell.Bell) -> None:
    listener = Listener(rings)
    rings.ring(KIND)
    listener.wait(seconds=30, seconds_when_deaf=30)
    assert listener.hears
    assert rings.queue.count == 0
    assert rings.queue.intermediate_queue.get_job_ids() == []
    listener.queue.connection.close()


def test_a_listener_that_hears_nothing_goes_on_by_itself(rings: bell.Bell) -> None:
    listener = Listener(rings)
    listener.wait(seconds=0.1, seconds_when_deaf=30)
    assert listener.hears
    listener.queue.connection.close()


def test_a_listener_does_not_take_a_long_silence_for_an_absent_redis(rings: bell.Bell) -> None:
    listener = Listener(rings)
    told = listener.queue.connection.connection_pool.connection_kwargs
    assert told["socket_timeout"] > LISTEN_SECONDS_MAX


def test_a_listener_without_redis_waits_the_shorter_time(database: Database) -> None:
    absent = replace(database.settings, redis_url="redis://127.0.0.1:9/0")
    for settings in (absent, replace(database.settings, redis_url=None)):
        listener = Listener(bell.Bell(settings))
        listener.wait(seconds=600, seconds_when_deaf=0.05)
        assert not listener.hears


def test_a_listener_that_was_told_to_stop_does_not_wait(rings: bell.Bell) -> None:
    listener = Listener(rings)
    listener.stop()
    listener.wait(seconds=600, seconds_when_deaf=600)
