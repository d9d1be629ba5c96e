"""The loop that does the work: once, whatever raises, dies or comes late."""

# ruff: noqa: ARG005 - hooks are called with more than a test looks at

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from backoffice.foundation import audit
from backoffice.foundation.batches import Batch, Item, add_items, open_batch, retry_item, settling
from backoffice.foundation.batches.claiming import claim
from backoffice.foundation.errors import BadInput, IntegrityFailure
from backoffice.foundation.ids import new_id
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import SYSTEM, Actor, ScopedSession
from tests.support.background import (
    audited,
    batch_of,
    count_a_bean,
    effects,
    expire_leases,
    installed_bell,
    items_of,
    made_client,
    opened,
    registry_of,
    runner_of,
)
from tests.support.databases import Database
from worker import run_batch
from worker.run_batch import Runner, is_connection_lost

BAD = "This bean is not a bean."


@pytest.fixture
def acorn(database: Database) -> UUID:
    return made_client(database)


def states(database: Database, batch: UUID) -> list[str]:
    return [item.state for item in items_of(database, batch)]


def test_each_item_is_done_once_and_counted(database: Database, acorn: UUID) -> None:
    batch = opened(database, acorn, 120)
    assert runner_of(database).drain() == 120
    assert set(effects(database, acorn).values()) == {1}
    assert len(effects(database, acorn)) == 120
    found = batch_of(database, batch)
    assert (found.state, found.done, found.failed) == ("done", 120, 0)
    assert found.finished_at is not None


def test_a_chunk_writes_one_audit_row_and_not_one_for_each_item(
    database: Database, acorn: UUID
) -> None:
    opened(database, acorn, 120)
    runner_of(database, lambda session, item, runtime: None).drain()
    assert audited(database, acorn) == {"batch.items_done": 3}


def test_the_worker_acts_as_whoever_opened_the_batch(database: Database, acorn: UUID) -> None:
    priya = Actor("staff", new_id())
    seen: list[Actor] = []

    def run(session: ScopedSession, item: Item, runtime: Runtime) -> None:
        seen.append(session.actor)

    with database["workbench"].doors.acting_for(acorn, by=priya) as session:
        open_batch(session, "count_a_bean", client_id=acorn, subject_id=None, items=[new_id()])
    runner_of(database, run).drain()
    assert seen == [priya]


def test_a_bad_item_is_given_up_and_the_others_are_done(database: Database, acorn: UUID) -> None:
    batch = opened(database, acorn, 10)
    bad = items_of(database, batch)[4]
    told: list[tuple[UUID, str]] = []

    def run(session: ScopedSession, item: Item, runtime: Runtime) -> None:
        count_a_bean(session, item, runtime)
        if item.position == 4:
            raise BadInput(BAD, code="no_bean")

    def failed(session: ScopedSession, item: Item, message: str, runtime: Runtime) -> None:
        audit.record(session, "work.opened", subject_kind="bean", subject_id=item.subject_id)
        told.append((item.subject_id, message))

    runner_of(database, run, failed=failed).drain()
    assert told == [(bad.subject_id, BAD)]
    assert effects(database, acorn)[bad.subject_id] == 0
    assert sum(effects(database, acorn).values()) == 9
    found = batch_of(database, batch)
    assert (found.state, found.done, found.failed) == ("failed_items", 9, 1)
    item = items_of(database, batch)[4]
    assert (item.state, item.error_code, item.attempts) == ("failed", "no_bean", 1)
    assert audited(database, acorn)["work.opened"] == 1
    assert audited(database, acorn)["batch.item_failed"] == 1


def test_an_error_in_a_chunk_runs_each_alone(database: Database, acorn: UUID) -> None:
    batch = opened(database, acorn, 5)
    runs: Counter[int] = Counter()

    def run(session: ScopedSession, item: Item, runtime: Runtime) -> None:
        runs[item.position] += 1
        count_a_bean(session, item, runtime)
        if item.position == 3 and runs[3] == 1:
            raise RuntimeError("once")

    runner_of(database, run).drain()
    assert runs == {0: 2, 1: 2, 2: 2, 3: 2, 4: 1}
    assert set(effects(database, acorn).values()) == {1}
    assert batch_of(database, batch).state == "done"


def test_an_error_is_tried_again_later_each_time_and_then_given_up(
    database: Database, acorn: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = opened(database, acorn, 1)
    pauses: list[float] = []

    def run(session: ScopedSession, item: Item, runtime: Runtime) -> None:
        raise ConnectionError("the bank does not answer")

    runner = runner_of(database, run, attempts_max=4)
    runner.backoff_seconds = 1.0
    for _attempt in range(4):
        assert runner.drain() == 1
        (item,) = items_of(database, batch)
        assert item.error_code == "ConnectionError"
        if item.state == "waiting":
            pauses.append((item.due_at - runner_now(database)).total_seconds())
            make_due(database)
    assert runner.drain() == 0
    assert [round(pause) for pause in pauses] == [1, 4, 16]
    (item,) = items_of(database, batch)
    assert (item.state, item.attempts) == ("failed", 4)
    assert batch_of(database, batch).state == "failed_items"


def runner_now(database: Database) -> Any:
    with database.as_superuser().connect() as connection:
        return connection.scalar(text("SELECT clock_timestamp()"))


def make_due(database: Database) -> None:
    with database.as_superuser().begin() as connection:
        connection.execute(text("UPDATE firm.batch_item SET due_at = now()"))


def test_a_person_may_try_a_failed_item_again(database: Database, acorn: UUID) -> None:
    batch = opened(database, acorn, 2)
    broken = True
    ends: list[tuple[str, int]] = []

    def run(session: ScopedSession, item: Item, runtime: Runtime) -> None:
        if broken and item.position == 1:
            raise BadInput(BAD)
        count_a_bean(session, item, runtime)

    def finished(session: ScopedSession, batch: Any, runtime: Runtime) -> None:
        ends.append((batch.state, batch.failed))

    runner = runner_of(database, run, finished=finished)
    runner.drain()
    broken = False
    item = items_of(database, batch)[1]
    with database["workbench"].doors.acting_for(acorn, by=SYSTEM) as session:
        retry_item(session, item.id)
    runner.drain()
    assert ends == [("failed_items", 1), ("done", 0)]
    assert set(effects(database, acorn).values()) == {1}
    assert batch_of(database, batch).done == 2


def test_damaged_data_are_not_tried_again(database: Database, acorn: UUID) -> None:
    batch = opened(database, acorn, 1)

    def run(session: ScopedSession, item: Item, runtime: Runtime) -> None:
        raise IntegrityFailure("swapped")

    runner_of(database, run).drain()
    assert items_of(database, batch)[0].error_code == "integrity"


def test_an_item_may_add_items_and_the_batch_ends_after_them(
    database: Database, acorn: UUID
) -> None:
    """The first item reads the file and adds one for each page."""
    batch = opened(database, acorn, 1)
    ends: list[int] = []

    def run(session: ScopedSession, item: Item, runtime: Runtime) -> None:
        count_a_bean(session, item, runtime)
        if item.position == 0:
            add_items(session, item.batch_id, [new_id() for _page in range(70)])

    runner_of(database, run, finished=lambda s, b, r: ends.append(b.done)).drain()
    assert ends == [71]
    assert len(effects(database, acorn)) == 71
    assert batch_of(database, batch).state == "done"


def test_finished_runs_once_when_two_workers_end_the_last_items(
    database: Database, acorn: UUID
) -> None:
    """Both must see that all is done, and one alone may say so: the batch's row is their lock."""
    both = threading.Barrier(2)
    ends: list[int] = []
    batch = opened(database, acorn, 2)

    def run(session: ScopedSession, item: Item, runtime: Runtime) -> None:
        both.wait(timeout=30)

    runners = [
        runner_of(database, run, finished=lambda s, b, r: ends.append(b.done)) for _ in range(2)
    ]
    with database["worker"].doors.firm_wide(because="a test") as session:
        first = claim(session, kinds=["count_a_bean"], lease_seconds=60, limit=1)
    second = runners[1].claim()
    with ThreadPoolExecutor(2) as pool:
        done = [
            pool.submit(runner.work_on, items)
            for runner, items in zip(runners, (first, second), strict=True)
        ]
        for future in done:
            future.result()
    assert ends == [2]
    assert batch_of(database, batch).state == "done"


def test_a_failing_finish_undoes_the_item_that_would_have_ended_the_batch(
    database: Database, acorn: UUID
) -> None:
    batch = opened(database, acorn, 1)
    failures = 2

    def finished(session: ScopedSession, batch: Any, runtime: Runtime) -> None:
        nonlocal failures
        if failures:
            failures -= 1
            raise RuntimeError("the report cannot be made yet")

    runner = runner_of(database, finished=finished)
    runner.drain()
    assert set(effects(database, acorn).values()) == {1}
    assert batch_of(database, batch).state == "done"


def test_a_zombie_commits_neither_effect_nor_state(database: Database, acorn: UUID) -> None:
    """It is stopped in the middle of an item; another takes over, finishes; it goes on."""
    batch = opened(database, acorn, 3)
    in_the_middle, go_on = threading.Event(), threading.Event()

    def slow(session: ScopedSession, item: Item, runtime: Runtime) -> None:
        count_a_bean(session, item, runtime)
        in_the_middle.set()
        assert go_on.wait(30)

    zombie = runner_of(database, slow)
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(zombie.work_on, zombie.claim())
        assert in_the_middle.wait(30)
        expire_leases(database)
        assert runner_of(database).drain() == 3
        go_on.set()
        late.result()
    assert effects(database, acorn).total() == 3
    assert set(effects(database, acorn).values()) == {1}
    assert batch_of(database, batch).done == 3


def test_without_the_token_check_the_zombie_would_act_twice(
    database: Database, acorn: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above is not blind: this is what it would see."""
    opened(database, acorn, 1)
    zombie = runner_of(database)
    held = zombie.claim()
    expire_leases(database)
    runner_of(database).drain()
    monkeypatch.setattr(settling, "_changed", lambda session, statement, values: 1)
    monkeypatch.setattr(settling, "_count", lambda session, batch_id, **_: batch_row(session))

    def batch_row(session: ScopedSession) -> Any:
        return session.get_one(Batch, held[0].batch_id)

    monkeypatch.setattr(Runner, "_finish", lambda self, session, batch: None)
    zombie.work_on(held)
    assert set(effects(database, acorn).values()) == {2}


def test_what_killed_a_worker_does_not_hold_up_its_neighbours(
    database: Database, acorn: UUID
) -> None:
    """A claim whose worker died is run item by item, so that the innocent are done."""
    batch = opened(database, acorn, 10)

    class Killed(BaseException):
        pass

    def run(session: ScopedSession, item: Item, runtime: Runtime) -> None:
        count_a_bean(session, item, runtime)
        if item.position == 4:
            raise Killed

    with pytest.raises(Killed):
        runner_of(database, run).drain()
    assert states(database, batch).count("done") == 0
    for _life in range(60):
        if states(database, batch).count("done") == 9:
            break
        expire_leases(database)
        with suppress(Killed):  # a life may also end well, when the killer has been given up
            runner_of(database, run).drain()
    assert states(database, batch).count("done") == 9


def test_an_item_that_kills_every_worker_is_given_up(
    database: Database, acorn: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_batch, "LOSSES_MAX", 3)
    batch = opened(database, acorn, 1)
    for _death in range(3):
        runner_of(database).claim()
        expire_leases(database)
    runner_of(database).drain()
    (item,) = items_of(database, batch)
    assert (item.state, item.error_code) == ("failed", "worker_lost")
    assert effects(database, acorn).total() == 0


def test_an_item_that_takes_too_long_is_stopped_and_tried_again(
    database: Database, acorn: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_batch, "ITEM_SECONDS_MAX", 0.2)
    batch = opened(database, acorn, 2)
    runs: Counter[int] = Counter()

    def run(session: ScopedSession, item: Item, runtime: Runtime) -> None:
        runs[item.position] += 1
        if item.position == 1 and runs[1] < 3:
            try:
                while True:  # tolerant code that swallows every error but this one
                    try:
                        signal.pause()
                    except Exception:  # noqa: S112
                        continue
            finally:
                count_a_bean(session, item, runtime)
        count_a_bean(session, item, runtime)

    runner_of(database, run).drain()
    assert runs[1] == 3
    assert set(effects(database, acorn).values()) == {1}
    assert items_of(database, batch)[1].attempts == 1
    assert batch_of(database, batch).state == "done"


def test_a_long_chunk_commits_what_it_has_so_that_progress_moves(
    database: Database, acorn: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_batch, "TOGETHER_SECONDS_MAX", 0)
    opened(database, acorn, 4)
    runner_of(database).drain()
    assert audited(database, acorn)["batch.items_done"] == 4


def test_a_stop_ends_the_running_item_and_gives_back_the_rest(
    database: Database, acorn: UUID
) -> None:
    batch = opened(database, acorn, 5)

    def run(session: ScopedSession, item: Item, runtime: Runtime) -> None:
        count_a_bean(session, item, runtime)
        if item.position == 1:
            runner.stop()

    runner = runner_of(database, run)
    runner.drain()
    assert states(database, batch) == ["done", "done", "waiting", "waiting", "waiting"]
    runner_of(database).drain()
    assert set(effects(database, acorn).values()) == {1}
    assert batch_of(database, batch).state == "done"


def test_a_failure_that_cannot_be_written_down_is_not_forgotten(
    database: Database, acorn: UUID
) -> None:
    """The hook that opens the work item breaks once: the item waits and is given up later."""
    batch = opened(database, acorn, 1)
    broken = True

    def run(session: ScopedSession, item: Item, runtime: Runtime) -> None:
        raise BadInput(BAD, code="no_bean")

    def failed(session: ScopedSession, item: Item, message: str, runtime: Runtime) -> None:
        nonlocal broken
        if broken:
            broken = False
            raise RuntimeError("no team")

    runner_of(database, run, failed=failed).drain()
    (item,) = items_of(database, batch)
    assert (item.state, item.error_code) == ("failed", "no_bean")


def test_the_registrys_own_hook_serves_kinds_without_one(database: Database, acorn: UUID) -> None:
    opened(database, acorn, 1)
    told: list[str] = []

    def run(session: ScopedSession, item: Item, runtime: Runtime) -> None:
        raise BadInput(BAD)

    registry = registry_of(run)
    registry.item_failed = lambda session, item, message, runtime: told.append(message)
    Runner(database["worker"], registry).drain()
    assert told == [BAD]


def test_a_claim_is_renewed_for_as_long_as_it_is_held(database: Database, acorn: UUID) -> None:
    batch = opened(database, acorn, 1)
    quick = replace(
        database["worker"],
        settings=replace(database.settings, lease_seconds=0.6, lease_renewal_seconds=0.1),
    )
    other = runner_of(database)
    taken: list[int] = []

    def slow(session: ScopedSession, item: Item, runtime: Runtime) -> None:
        until = time.monotonic() + 1.5
        while time.monotonic() < until:
            taken.append(len(other.claim()))
        count_a_bean(session, item, runtime)

    runner = Runner(quick, registry_of(slow))
    runner.renewer.start()
    try:
        runner.drain()
    finally:
        runner.renewer.stop()
    assert sum(taken) == 0
    assert len(taken) > 3
    assert set(effects(database, acorn).values()) == {1}
    assert items_of(database, batch)[0].token == 1


def test_a_full_claim_wakes_another_worker(database: Database, acorn: UUID) -> None:
    opened(database, acorn, 60)
    with installed_bell(database) as bell:
        runner_of(database).drain()
        assert [job.kwargs for job in bell.queue.jobs] == [{"kick": "count_a_bean"}]


def test_a_lost_database_is_not_the_items_fault(database: Database, acorn: UUID) -> None:
    batch = opened(database, acorn, 2)

    def run(session: ScopedSession, item: Item, runtime: Runtime) -> None:
        session.execute(text("SELECT 1"))
        with database.as_superuser().begin() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND usename = 'worker'"
                )
            )

    with pytest.raises(OperationalError) as lost:
        runner_of(database, run).drain()
    assert is_connection_lost(lost.value)
    assert [(item.state, item.attempts) for item in items_of(database, batch)] == [
        ("running", 0),
        ("running", 0),
    ]
    expire_leases(database)
    runner_of(database).drain()
    assert set(effects(database, acorn).values()) == {1}


def test_a_statement_that_times_out_is_the_items_fault(database: Database, acorn: UUID) -> None:
    batch = opened(database, acorn, 1)

    def run(session: ScopedSession, item: Item, runtime: Runtime) -> None:
        session.execute(text("SET LOCAL statement_timeout = '50ms'"))
        session.execute(text("SELECT pg_sleep(5)"))

    runner_of(database, run, attempts_max=1).drain()
    assert items_of(database, batch)[0].state == "failed"


def test_two_processes_share_a_batch_and_do_each_item_once(database: Database, acorn: UUID) -> None:
    """Real processes, forked before any connection is made; each drains the same batch."""
    batch = opened(database, acorn, 300)
    for runtime in database.opened.values():
        runtime.doors.engine.dispose()
    children = []
    for _child in range(2):
        pid = os.fork()
        if not pid:
            own = Runtime.start(database.settings, role="worker", pool_size=3)
            Runner(own, registry_of()).drain()
            os._exit(0)
        children.append(pid)
    assert [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children] == [0, 0]
    assert effects(database, acorn).total() == 300
    assert set(effects(database, acorn).values()) == {1}
    assert batch_of(database, batch).state == "done"
