"""Opening and claiming: who gets which items, and how far a batch is."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backoffice.foundation.batches import (
    Item,
    add_items,
    bell,
    health,
    open_batch,
    progress,
    resume_batch,
    retry_item,
    stop_batch,
)
from backoffice.foundation.batches.claiming import CLAIM, claim, release, renew, seconds_to_next
from backoffice.foundation.batches.settling import (
    LeaseLost,
    postpone,
    settle_done,
    settle_failed,
)
from backoffice.foundation.errors import Conflict, NotFound
from backoffice.foundation.ids import new_id
from backoffice.foundation.tenancy import SYSTEM
from tests.support.background import (
    KIND,
    audited,
    batch_of,
    expire_leases,
    installed_bell,
    items_of,
    made_client,
    opened,
)
from tests.support.databases import Database

LEASE = 60.0


@pytest.fixture
def acorn(database: Database) -> UUID:
    return made_client(database)


@pytest.fixture
def birch(database: Database) -> UUID:
    return made_client(database)


def claimed(database: Database, limit: int = 50, kinds: tuple[str, ...] = (KIND,)) -> list[Item]:
    with database["worker"].doors.firm_wide(because="a test") as session:
        return claim(session, kinds=kinds, lease_seconds=LEASE, limit=limit)


def done(database: Database, items: list[Item]) -> None:
    with database["worker"].doors.acting_for(items[0].client_id, by=SYSTEM) as session:
        settle_done(session, items)


def test_a_batch_has_one_item_for_each_subject_in_order(database: Database, acorn: UUID) -> None:
    subjects = [new_id() for _subject in range(3)]
    with database["portal"].doors.acting_for(acorn, by=SYSTEM) as session:
        batch = open_batch(session, KIND, client_id=acorn, subject_id=None, items=subjects).id
    items = items_of(database, batch)
    assert [(item.position, item.subject_id) for item in items] == list(enumerate(subjects))
    assert batch_of(database, batch).total == 3


def test_a_batch_that_is_rolled_back_was_never_opened(database: Database, acorn: UUID) -> None:
    with (
        pytest.raises(RuntimeError),
        database["workbench"].doors.acting_for(acorn, by=SYSTEM) as session,
    ):
        open_batch(session, KIND, client_id=acorn, subject_id=None, items=[new_id()])
        raise RuntimeError("the act that wanted it has failed")
    assert claimed(database) == []


def test_no_batch_is_opened_for_another_client_or_without_items(
    database: Database, acorn: UUID, birch: UUID
) -> None:
    with database["workbench"].doors.acting_for(acorn, by=SYSTEM) as session:
        with pytest.raises(ValueError, match="another"):
            open_batch(session, KIND, client_id=birch, subject_id=None, items=[new_id()])
        with pytest.raises(ValueError, match="without items"):
            open_batch(session, KIND, client_id=acorn, subject_id=None, items=[])


def test_added_items_follow_the_others_and_count_from_the_commit(
    database: Database, acorn: UUID, birch: UUID
) -> None:
    batch = opened(database, acorn, 2)
    with database["workbench"].doors.acting_for(acorn, by=SYSTEM) as session:
        add_items(session, batch, [new_id(), new_id()])
        add_items(session, batch, [new_id()])
        assert batch_of(database, batch).total == 2
    assert batch_of(database, batch).total == 5
    assert [item.position for item in items_of(database, batch)] == [0, 1, 2, 3, 4]
    with (
        pytest.raises(NotFound),
        database["workbench"].doors.acting_for(birch, by=SYSTEM) as session,
    ):
        add_items(session, batch, [new_id()])


def test_items_added_to_a_finished_batch_open_it_again(database: Database, acorn: UUID) -> None:
    batch = opened(database, acorn, 1)
    done(database, claimed(database))
    assert batch_of(database, batch).state == "done"
    with database["workbench"].doors.acting_for(acorn, by=SYSTEM) as session:
        add_items(session, batch, [new_id()])
    assert (batch_of(database, batch).state, batch_of(database, batch).finished_at) == (
        "running",
        None,
    )
    assert len(claimed(database)) == 1


def test_the_portal_opens_batches_and_changes_none(database: Database, acorn: UUID) -> None:
    batch = opened(database, acorn, 1, role="portal")
    with database["portal"].doors.firm_wide(because="a test") as session:
        assert progress(session, batch).total == 1
    with (
        pytest.raises(DBAPIError, match="permission denied"),
        database["portal"].doors.firm_wide(because="a test") as session,
    ):
        session.execute(text("UPDATE firm.batch_item SET state = 'done'"))


def test_a_claim_takes_a_lease_on_the_databases_clock_and_a_new_token(
    database: Database, acorn: UUID
) -> None:
    batch = opened(database, acorn, 1)
    (first,) = claimed(database)
    assert claimed(database) == []
    (row,) = items_of(database, batch)
    assert (row.state, row.token) == ("running", first.token)
    with database.as_superuser().connect() as connection:
        left = connection.scalar(
            text("SELECT extract(epoch FROM lease_until - clock_timestamp()) FROM firm.batch_item")
        )
    assert LEASE - 10 < left <= LEASE
    expire_leases(database)
    (second,) = claimed(database)
    assert (second.id, second.token, second.losses) == (first.id, first.token + 1, 1)


def test_a_claim_is_of_one_client_and_one_kind_over_several_batches(
    database: Database, acorn: UUID, birch: UUID
) -> None:
    for client, kind in ((acorn, KIND), (acorn, KIND), (birch, KIND), (acorn, "other")):
        opened(database, client, 3, kind=kind)
    claims = [claimed(database, kinds=(KIND, "other")) for _claim in range(4)]
    seen = Counter(
        (len(items), len({(i.client_id, i.kind) for i in items}), len({i.batch_id for i in items}))
        for items in claims
        if items
    )
    assert seen == {(6, 1, 2): 1, (3, 1, 1): 2}


def test_a_kind_may_be_claimed_in_smaller_shares(database: Database, acorn: UUID) -> None:
    opened(database, acorn, 5, kind="long")
    with database["worker"].doors.firm_wide(because="a test") as session:
        kinds = {"kinds": [KIND, "long"], "lease_seconds": LEASE}
        assert len(claim(session, **kinds, most={"long": 2})) == 2
        assert len(claim(session, **kinds, limit=1, most={"long": 2})) == 1
        assert len(claim(session, **kinds)) == 2


def test_kinds_that_this_release_does_not_know_are_left_alone(
    database: Database, acorn: UUID
) -> None:
    opened(database, acorn, 1, kind="of_a_later_release")
    assert claimed(database) == []


def test_two_workers_never_hold_the_same_item(database: Database, acorn: UUID) -> None:
    opened(database, acorn, 400)
    start = threading.Barrier(8)
    assert database["worker"]  # opened once, before eight threads ask for it

    def work() -> list[Item]:
        start.wait()
        mine: list[Item] = []
        for _claim in range(20):
            mine += claimed(database, limit=7)
        return mine

    with ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(work) for _worker in range(8)]
        items = [item for future in futures for item in future.result()]
    assert len(items) == 400
    assert len({item.id for item in items}) == 400
    assert {item.token for item in items} == {1}


def test_a_client_with_many_items_does_not_starve_the_others(
    database: Database, acorn: UUID, birch: UUID
) -> None:
    """Several workers: whoever has the fewest running items is served next."""
    opened(database, acorn, 2000)
    assert {item.client_id for item in claimed(database)} == {acorn}
    opened(database, birch, 60)
    served = [claimed(database)[0].client_id for _claim in range(3)]
    assert served == [birch, acorn, birch]


def test_one_worker_serves_the_clients_in_turn(
    database: Database, acorn: UUID, birch: UUID
) -> None:
    """One worker: nothing else runs when it claims, so it takes who waited longest."""
    opened(database, acorn, 200)
    opened(database, birch, 200)
    served = []
    for _claim in range(6):
        items = claimed(database, limit=10)
        served.append(items[0].client_id)
        done(database, items)
    assert Counter(served) == {acorn: 3, birch: 3}
    assert all(one != other for one, other in zip(served, served[1:], strict=False))


def test_a_claim_among_a_hundred_thousand_items_is_quick(
    database: Database, acorn: UUID, birch: UUID
) -> None:
    """The plan must not touch what it does not take: measured in pages, which no load changes."""
    opened(database, acorn, 100_000, role="worker")  # a page would have five seconds
    opened(database, birch, 10)
    claimed(database)
    with database["worker"].doors.firm_wide(because="a test") as session:
        values = {"kinds": [KIND], "most": [50], "lease": LEASE, "limit": 50}
        plan = session.execute(
            text(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {CLAIM.text}"), values
        ).scalar_one()[0]["Plan"]
    touched = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    assert touched < 5_000, f"{touched} pages of some 3,000 that the table has"


def test_items_whose_workers_died_are_claimed_among_ever_fewer_others(
    database: Database, acorn: UUID
) -> None:
    opened(database, acorn, 40)
    sizes = []
    for _death in range(7):
        sizes.append(len(claimed(database, limit=32)))
        expire_leases(database)
    assert sizes == [32, 16, 8, 4, 2, 1, 1]


def test_a_renewed_lease_is_longer_and_only_for_its_holder(database: Database, acorn: UUID) -> None:
    batch = opened(database, acorn, 1)
    (old,) = claimed(database)
    expire_leases(database)
    (new,) = claimed(database)
    before = items_of(database, batch)[0].lease_until
    with database["worker"].doors.firm_wide(because="a test") as session:
        renew(session, [old], lease_seconds=1000)
    assert items_of(database, batch)[0].lease_until == before
    with database["worker"].doors.firm_wide(because="a test") as session:
        renew(session, [new], lease_seconds=1000)
    after = items_of(database, batch)[0].lease_until
    assert before
    assert after
    assert (after - before).total_seconds() > 900


def test_a_released_item_is_there_for_others_at_once(database: Database, acorn: UUID) -> None:
    opened(database, acorn, 2)
    mine = claimed(database)
    with database["worker"].doors.firm_wide(because="a test") as session:
        release(session, mine[1:])
    assert [item.id for item in claimed(database)] == [mine[1].id]


@pytest.fixture
def lost_and_taken_over(database: Database, acorn: UUID) -> tuple[Item, Item]:
    """A zombie's claim, and the claim of the worker that took over from it."""
    opened(database, acorn, 1)
    (old,) = claimed(database)
    expire_leases(database)
    (new,) = claimed(database)
    return old, new


def test_a_zombie_can_commit_nothing(
    database: Database, acorn: UUID, lost_and_taken_over: tuple[Item, Item]
) -> None:
    old, new = lost_and_taken_over
    for end in (
        lambda session: settle_done(session, [old]),
        lambda session: settle_failed(session, old, code="late", attempts=1),
        lambda session: postpone(session, old, code="late", seconds=1),
    ):
        with (
            pytest.raises(LeaseLost),
            database["worker"].doors.acting_for(acorn, by=SYSTEM) as session,
        ):
            end(session)
    done(database, [new])
    with pytest.raises(LeaseLost):
        done(database, [old])
    assert batch_of(database, new.batch_id).done == 1


def test_of_two_items_one_lost_none_is_committed(database: Database, acorn: UUID) -> None:
    batch = opened(database, acorn, 2)
    mine = claimed(database)
    with database.as_superuser().begin() as connection:
        connection.execute(
            text("UPDATE firm.batch_item SET lease_until = now() WHERE position = 1")
        )
    assert len(claimed(database)) == 1
    with pytest.raises(LeaseLost):
        done(database, mine)
    assert [item.state for item in items_of(database, batch)] == ["running", "running"]


def test_progress_never_counts_what_is_claimed_as_done(database: Database, acorn: UUID) -> None:
    batch = opened(database, acorn, 10)
    mine = claimed(database, limit=4)
    assert seen(database, batch) == (10, 0, 0, 4, 6)
    done(database, mine[:3])
    with database["worker"].doors.acting_for(acorn, by=SYSTEM) as session:
        settle_failed(session, mine[3], code="no_such_bean", attempts=1)
    assert seen(database, batch) == (10, 3, 1, 0, 6)
    with database["portal"].doors.firm_wide(because="a test") as session:
        now = progress(session, batch)
    assert now.rate > 0
    assert now.seconds_left == pytest.approx(6 / now.rate)
    assert not now.is_finished
    done(database, claimed(database))
    with database["portal"].doors.firm_wide(because="a test") as session:
        now = progress(session, batch)
    assert (now.state, now.is_finished, now.seconds_left) == ("failed_items", True, 0.0)


def test_what_a_dead_worker_holds_counts_as_waiting(database: Database, acorn: UUID) -> None:
    batch = opened(database, acorn, 2)
    claimed(database)
    expire_leases(database)
    assert seen(database, batch) == (2, 0, 0, 0, 2)


def seen(database: Database, batch: UUID) -> tuple[int, int, int, int, int]:
    with database["portal"].doors.firm_wide(because="a test") as session:
        now = progress(session, batch)
        return now.total, now.done, now.failed, now.running, now.waiting


def test_a_failed_item_is_tried_again_when_a_person_says_so(
    database: Database, acorn: UUID, birch: UUID
) -> None:
    batch = opened(database, acorn, 1)
    (item,) = claimed(database)
    with database["worker"].doors.acting_for(acorn, by=SYSTEM) as session:
        settle_failed(session, item, code="no_such_bean", attempts=1)
    with (
        pytest.raises(NotFound),
        database["workbench"].doors.acting_for(birch, by=SYSTEM) as session,
    ):
        retry_item(session, item.id)
    with database["workbench"].doors.acting_for(acorn, by=SYSTEM) as session:
        retry_item(session, item.id)
    assert (batch_of(database, batch).failed, batch_of(database, batch).state) == (0, "running")
    assert audited(database, acorn)["batch.item_retried"] == 1
    with (
        pytest.raises(Conflict),
        database["workbench"].doors.acting_for(acorn, by=SYSTEM) as session,
    ):
        retry_item(session, item.id)
    (again,) = claimed(database)
    assert (again.retries, again.losses) == (1, 0)
    done(database, [again])
    assert batch_of(database, batch).state == "done"


def test_a_stopped_batch_is_claimed_no_more_until_it_is_resumed(
    database: Database, acorn: UUID
) -> None:
    batch = opened(database, acorn, 3)
    mine = claimed(database, limit=1)
    with database["workbench"].doors.acting_for(acorn, by=SYSTEM) as session:
        stop_batch(session, batch)
    done(database, mine)
    assert (batch_of(database, batch).state, claimed(database)) == ("stopped", [])
    with database["workbench"].doors.acting_for(acorn, by=SYSTEM) as session:
        resume_batch(session, batch)
    assert len(claimed(database)) == 2
    with (
        pytest.raises(Conflict),
        database["workbench"].doors.acting_for(acorn, by=SYSTEM) as session,
    ):
        resume_batch(session, batch)


def test_a_postponed_item_waits_and_the_worker_knows_for_how_long(
    database: Database, acorn: UUID
) -> None:
    opened(database, acorn, 1)
    (item,) = claimed(database)
    with database["worker"].doors.firm_wide(because="a test") as session:
        postpone(session, item, code="busy", seconds=100)
    assert claimed(database) == []
    with database["worker"].doors.firm_wide(because="a test") as session:
        left = seconds_to_next(session, kinds=[KIND])
        assert left is not None
        assert 90 < left <= 100
        assert seconds_to_next(session, kinds=["other"]) is None


def test_health_speaks_of_age_and_of_lost_leases(database: Database, acorn: UUID) -> None:
    opened(database, acorn, 3)
    claimed(database, limit=1)
    expire_leases(database)
    (again,) = claimed(database, limit=1)
    done(database, [again])
    with database.as_superuser().begin() as connection:
        connection.execute(
            text("UPDATE firm.batch_item SET due_at = now() - interval '5 min' WHERE position = 1")
        )
    with database["workbench"].doors.firm_wide(because="a test") as session:
        now = health(session)
    assert now.oldest_due_seconds >= 300
    assert (now.waiting, now.running, now.ended, now.lost) == (2, 0, 1, 1)
    assert now.relay_silent_seconds is None


@pytest.fixture
def rings(database: Database) -> Iterator[bell.Bell]:
    with installed_bell(database) as installed:
        yield installed


def test_the_bell_rings_once_for_each_kind_and_after_the_commit(
    database: Database, acorn: UUID, rings: bell.Bell
) -> None:
    with database["workbench"].doors.acting_for(acorn, by=SYSTEM) as session:
        for kind in (KIND, KIND, "other"):
            open_batch(session, kind, client_id=acorn, subject_id=None, items=[new_id()])
            with session.begin_nested():
                pass
            assert rings.queue.count == 0
    assert [job.kwargs for job in rings.queue.jobs] == [{"kick": KIND}, {"kick": "other"}]


def test_the_bell_does_not_ring_for_what_was_rolled_back(
    database: Database, acorn: UUID, rings: bell.Bell
) -> None:
    with (
        pytest.raises(RuntimeError),
        database["workbench"].doors.acting_for(acorn, by=SYSTEM) as session,
    ):
        open_batch(session, KIND, client_id=acorn, subject_id=None, items=[new_id()])
        raise RuntimeError
    assert rings.queue.count == 0


def test_a_bell_that_nobody_hears_does_not_fill_redis(rings: bell.Bell) -> None:
    for _ring in range(bell.RINGS_WAITING_MAX + 5):
        rings.ring(KIND)
    assert rings.queue.count == bell.RINGS_WAITING_MAX


def test_an_absent_redis_is_nobodys_trouble(database: Database, acorn: UUID) -> None:
    bell.install(replace(database.settings, redis_url="redis://127.0.0.1:9/0"))
    try:
        batch = opened(database, acorn, 1)
    finally:
        bell.Bell.installed = None
    assert batch_of(database, batch).total == 1
