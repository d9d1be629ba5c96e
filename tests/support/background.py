"""Work to be done in the background, whose effect is an audit row: client-owned and countable."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from backoffice.foundation import audit
from backoffice.foundation.audit import AuditEvent, AuditHead
from backoffice.foundation.batches import Batch, BatchItem, Item, bell, open_batch
from backoffice.foundation.ids import new_id
from backoffice.foundation.registry import BatchKind, Registry
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import SYSTEM, ScopedSession
from tests.support.databases import Database
from worker.run_batch import Runner

KIND = "count_a_bean"
EFFECT = "bean.counted"

Run = Callable[[ScopedSession, Any, Runtime], None]


def made_client(database: Database) -> UUID:
    """A tenant with an audit chain, which is all that a batch needs of a client."""
    client = new_id()
    with database["workbench"].doors.acting_for(client, by=SYSTEM) as session:
        session.execute(
            text("INSERT INTO firm.tenant VALUES (:id, 'client', :id_bytes, now())"),
            {"id": client, "id_bytes": client.bytes},
        )
        session.add(AuditHead())
    return client


def opened(
    database: Database, client: UUID, items: int, *, kind: str = KIND, role: str = "workbench"
) -> UUID:
    """A batch of so many items, opened by a page."""
    with database[role].doors.acting_for(client, by=SYSTEM) as session:
        subjects = [new_id() for _item in range(items)]
        return open_batch(session, kind, client_id=client, subject_id=None, items=subjects).id


def count_a_bean(session: ScopedSession, item: Item, runtime: Runtime) -> None:
    audit.record(session, EFFECT, subject_kind="bean", subject_id=item.subject_id)


def registry_of(run: Run = count_a_bean, **more: Any) -> Registry:
    registry = Registry()
    registry.add(BatchKind(KIND, lambda: "Count beans", run, **more))
    return registry


def runner_of(database: Database, run: Run = count_a_bean, **more: Any) -> Runner:
    return Runner(database["worker"], registry_of(run, **more), backoff_seconds=0)


def effects(database: Database, client: UUID) -> Counter[UUID | None]:
    """How often each subject was acted on, as committed."""
    with database["workbench"].doors.acting_for(client, by=SYSTEM) as session:
        acts = select(AuditEvent.subject_id).where(AuditEvent.action == EFFECT)
        return Counter(session.scalars(acts))


def audited(database: Database, client: UUID) -> Counter[str]:
    with database["workbench"].doors.acting_for(client, by=SYSTEM) as session:
        return Counter(session.scalars(select(AuditEvent.action)))


def batch_of(database: Database, batch_id: UUID) -> Batch:
    with database["workbench"].doors.firm_wide(because="a test") as session:
        batch = session.get_one(Batch, batch_id)
        session.expunge(batch)
        return batch


def items_of(database: Database, batch_id: UUID) -> Sequence[BatchItem]:
    with database["workbench"].doors.firm_wide(because="a test") as session:
        wanted = select(BatchItem).where(BatchItem.batch_id == batch_id)
        items = session.scalars(wanted.order_by(BatchItem.position)).all()
        session.expunge_all()
        return items


def expire_leases(database: Database) -> None:
    """As if the workers that hold items had been silent for too long."""
    with database.as_superuser().begin() as connection:
        connection.execute(
            text(
                "UPDATE firm.batch_item SET lease_until = now() - interval '1 second'"
                " WHERE state = 'running'"
            )
        )


@contextmanager
def installed_bell(database: Database, key: bytes | None = None) -> Iterator[bell.Bell]:
    """A bell that no other test of this run hears: its queue is named after another key."""
    bell.install(replace(database.settings, key=key or secrets.token_bytes(32)))
    assert bell.Bell.installed
    try:
        yield bell.Bell.installed
    finally:
        bell.Bell.installed.queue.empty()
        bell.Bell.installed.queue.connection.close()
        bell.Bell.installed = None
