"""The harness is not blind: under the same faults a naive worker is caught, and ours is not."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from backoffice.foundation.audit import AuditEvent
from backoffice.foundation.embedded import Servers
from backoffice.foundation.tenancy import SYSTEM
from tests.faults import beans
from tests.faults.harness import Harness, plan_of
from tests.support.background import made_client, opened
from tests.support.databases import Database

pytestmark = pytest.mark.fault

CLIENTS = 3
BEANS = 40  # in a batch
BACKLOG = 120
KILLS = 12
WORKERS = 3
DRAIN_SECONDS_MAX = 60


def moved(database: Database, client: UUID) -> tuple[Counter[UUID], Counter[UUID]]:
    """How often each bean was taken, and laid."""
    with database["workbench"].doors.acting_for(client, by=SYSTEM) as session:
        rows = session.execute(select(AuditEvent.action, AuditEvent.subject_id)).all()
    taken = Counter(bean for action, bean in rows if action == beans.TAKEN)
    laid = Counter(bean for action, bean in rows if action == beans.LAID)
    return taken, laid


def played(
    faulty: Database, servers: Servers, folder: Path, chance: random.Random, *modules: str
) -> Counter[UUID]:
    """How many beans each client has given, when all faults are over and nothing is left to do."""
    clients = [made_client(faulty) for _client in range(CLIENTS)]
    given: Counter[UUID] = Counter()

    def feed() -> Callable[[], object]:
        client = min(clients, key=lambda client: given[client])
        given[client] += BEANS
        return lambda: opened(faulty, client, BEANS, kind=beans.KIND)

    all_modules = ["tests.faults.beans", *modules]
    harness = Harness(faulty, servers, folder, all_modules, chance, refuses=not modules)
    with harness.workers(WORKERS):
        plan = plan_of(chance, kills=KILLS, zombies=1)
        harness.play(plan, feed=feed, backlog=BACKLOG)
        harness.drain(seconds=DRAIN_SECONDS_MAX)
    return given


def test_our_worker_moves_each_bean_once(
    faulty: Database, own_servers: Servers, tmp_path: Path, chance: random.Random
) -> None:
    for client, given in played(faulty, own_servers, tmp_path, chance).items():
        taken, laid = moved(faulty, client)
        assert taken == laid
        assert set(taken.values()) == {1}
        assert len(taken) == given


def test_a_naive_worker_is_caught(
    faulty: Database, own_servers: Servers, tmp_path: Path, chance: random.Random
) -> None:
    clients = played(faulty, own_servers, tmp_path, chance, "tests.faults.naive")
    twice = sum(
        count - 1 for client in clients for count in moved(faulty, client)[0].values() if count > 1
    )
    assert twice > 0, "The faults have not hurt a worker without token and joint transaction."
