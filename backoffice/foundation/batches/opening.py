"""Opening a batch, adding to it, stopping it, and trying a failed item once more.

All of it runs in the caller's transaction: a batch exists when the act that wanted it has
committed, and the bell is rung after that. Times are the database's, like the leases.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import event, func, select, text, update

from backoffice.foundation import audit
from backoffice.foundation.batches.bell import ring_after_commit
from backoffice.foundation.batches.models import Batch, BatchItem
from backoffice.foundation.errors import Conflict, NotFound
from backoffice.foundation.ids import new_id
from backoffice.foundation.language import _
from backoffice.foundation.tenancy import Actor, ScopedSession

ITEMS_PER_BATCH_MAX = 1_000_000  # a year of the largest client's lines, one by one
ADDED = "batch_items_added"

INSERT_ITEMS = text(
    "INSERT INTO firm.batch_item"
    " (id, batch_id, client_id, subject_id, position, state, token, attempts, retries, due_at)"
    " SELECT item.id, :batch, :client, item.subject, last.position + item.ordinal,"
    " 'waiting', 0, 0, 0, clock_timestamp()"
    " FROM unnest(CAST(:ids AS uuid[]), CAST(:subjects AS uuid[]))"
    " WITH ORDINALITY AS item (id, subject, ordinal),"
    " (SELECT coalesce(max(position), -1) AS position FROM firm.batch_item"
    " WHERE batch_id = :batch) AS last"
)
COUNT_ADDED = text(
    "UPDATE firm.batch SET total = total + :added, finished_at = NULL,"
    " state = CASE WHEN state IN ('done', 'failed_items') THEN 'running' ELSE state END"
    " WHERE id = :batch"
)


class TooManyItems(Conflict):
    code = "too_many_items"


def open_batch(
    session: ScopedSession,
    kind: str,
    *,
    client_id: UUID,
    subject_id: UUID | None,
    items: Sequence[UUID],
    by: Actor | None = None,
) -> Batch:
    """Work of a registered kind for one client: one item for each id, in that order.

    `subject_id` is what the batch is about, `items` what `run` will find as `item.subject_id`.
    The worker acts as whoever opened it.
    """
    if session.scope.write not in (None, client_id):
        raise ValueError("A session that acts for one client opens no batch for another.")
    if not items:
        raise ValueError("A batch without items would never end.")
    opener = by or session.actor
    batch = Batch(
        id=new_id(),
        kind=kind,
        client_id=client_id,
        subject_id=subject_id,
        opened_by_kind=opener.kind,
        opened_by_id=opener.id,
        opened_at=func.clock_timestamp(),
        total=len(items),
    )
    session.add(batch)
    session.flush()
    _insert_items(session, batch.id, client_id, items)
    ring_after_commit(session, kind)
    return batch


def add_items(session: ScopedSession, batch_id: UUID, subject_ids: Sequence[UUID]) -> None:
    """More items at the end of a batch; a running item may add to its own.

    They count from the commit on. The batch's row is written last, so that nobody waits for it
    while the rest of a transaction goes on.
    """
    batch = session.execute(
        select(Batch.client_id, Batch.kind).where(Batch.id == batch_id)
    ).one_or_none()
    if batch is None or session.scope.write not in (None, batch.client_id):
        raise NotFound(_("This batch does not exist."))
    _insert_items(session, batch_id, batch.client_id, subject_ids)
    added = session.info.setdefault(ADDED, {})
    added[batch_id] = added.get(batch_id, 0) + len(subject_ids)
    ring_after_commit(session, batch.kind)


def retry_item(session: ScopedSession, item_id: UUID, *, by: Actor | None = None) -> None:
    """Try a failed item again, because a person has looked at it."""
    item = session.scalar(
        select(BatchItem)
        .where(BatchItem.id == item_id, BatchItem.client_id == session.client_id)
        .with_for_update()
    )
    if item is None:
        raise NotFound(_("This item does not exist."))
    if item.state != "failed":
        raise Conflict(_("Only a failed item can be tried again; somebody may have been first."))
    item.state, item.error_code, item.finished_at = "waiting", None, None
    item.retries, item.due_at = item.retries + 1, func.clock_timestamp()
    session.flush()
    batch = session.get_one(Batch, item.batch_id, with_for_update=True, populate_existing=True)
    batch.failed, batch.state, batch.finished_at = batch.failed - 1, "running", None
    audit.record(session, "batch.item_retried", subject=item, by=by, batch=str(batch.id))
    ring_after_commit(session, batch.kind)


def stop_batch(session: ScopedSession, batch_id: UUID) -> None:
    """Start no more items; what runs comes to its end. `resume_batch` goes on."""
    _move(session, batch_id, {"waiting", "running"}, "stopped", "batch.stopped")


def resume_batch(session: ScopedSession, batch_id: UUID) -> None:
    """Go on with the items that are not done."""
    _move(session, batch_id, {"stopped"}, "running", "batch.resumed")


def _move(session: ScopedSession, batch_id: UUID, old: set[str], new: str, action: str) -> None:
    mine = (Batch.id == batch_id, Batch.client_id == session.client_id)
    moved = session.scalars(
        update(Batch).where(*mine, Batch.state.in_(old)).values(state=new).returning(Batch.kind)
    ).one_or_none()
    if moved is None and session.scalar(select(Batch.id).where(*mine)) is None:
        raise NotFound(_("This batch does not exist."))
    if moved is None:
        raise Conflict(_("This batch is not in a state in which that can be done."))
    audit.record(session, action, subject_kind="batch", subject_id=batch_id)
    ring_after_commit(session, moved)


def _insert_items(
    session: ScopedSession, batch_id: UUID, client_id: UUID, subjects: Sequence[UUID]
) -> None:
    if len(subjects) > ITEMS_PER_BATCH_MAX:
        raise TooManyItems(
            _("A batch has at most %(limit)s items. Split it.", limit=ITEMS_PER_BATCH_MAX)
        )
    values = {"batch": batch_id, "client": client_id, "subjects": list(subjects)}
    session.execute(INSERT_ITEMS, {**values, "ids": [new_id() for _subject in subjects]})


def count_added(session: ScopedSession) -> None:
    """Write down the items that this transaction has added; the last thing before it commits."""
    added: dict[UUID, int] = session.info.pop(ADDED, {})
    for batch_id in sorted(added):
        session.execute(COUNT_ADDED, {"batch": batch_id, "added": added[batch_id]})


@event.listens_for(ScopedSession, "before_commit")
def _count_added(session: ScopedSession) -> None:
    if not session.in_nested_transaction():
        count_added(session)


@event.listens_for(ScopedSession, "after_soft_rollback")
def _forget_added(session: ScopedSession, previous: object) -> None:
    if not getattr(previous, "nested", False):
        session.info.pop(ADDED, None)
