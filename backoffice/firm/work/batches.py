"""An item of background work that was given up becomes work for people, with a way to retry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from backoffice.firm.work.actions import finish, item_of, open_item
from backoffice.firm.work.models import WorkItem
from backoffice.firm.work.rules import UNFINISHED
from backoffice.foundation.batches import retry_item
from backoffice.foundation.batches.listing import batch_in_scope, failed_items
from backoffice.foundation.registry import registry
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import Actor, ScopedSession

KIND = "failed_item"


def item_failed(session: ScopedSession, item: Any, message: str, _runtime: Runtime) -> None:
    """The hook of every kind of batch that has none of its own: put it in the team's queue."""
    open_failed_item(session, item.id, batch_kind=item.kind, message=message)


def open_failed_item(
    session: ScopedSession, item_id: UUID, *, batch_kind: str, message: str
) -> None:
    """Open the work item of a batch item that was given up, once while it is unfinished."""
    kind = registry.batch_kinds[batch_kind]
    open_item(
        session,
        kind=KIND,
        title=kind.title(),
        once_key=f"{KIND}:{item_id}",
        subject_kind="batch_item",
        subject_id=item_id,
        reason=message,
    )


def try_again(session: ScopedSession, work_item_id: UUID, *, by: Actor) -> None:
    """Run the failed piece once more; if it fails again, it is back in the queue."""
    item = item_of(session, work_item_id, lock=True)
    if item.kind == KIND and item.subject_id is not None:
        retry_item(session, item.subject_id, by=by)
    finish(session, work_item_id, by=by)


def try_item_again(session: ScopedSession, batch_item_id: UUID, *, by: Actor) -> None:
    """The same from the list of a batch: what stands for the item in the queue is finished too."""
    work = session.scalar(_work_of([batch_item_id]).with_only_columns(WorkItem.id))
    if work is None:
        retry_item(session, batch_item_id, by=by)
    else:
        try_again(session, work, by=by)


def try_all_again(session: ScopedSession, batch_id: UUID, *, by: Actor) -> int:
    """Every failed item of a batch once more; answers how many."""
    failed = failed_items(session, batch_in_scope(session, batch_id).id)
    for item in failed:
        try_item_again(session, item.id, by=by)
    return len(failed)


def reasons_of(session: ScopedSession, batch_item_ids: Sequence[UUID]) -> dict[UUID, str]:
    """What went wrong with failed items, in the words of their work items."""
    rows = session.scalars(_work_of(batch_item_ids))
    return {row.subject_id: row.reason or "" for row in rows if row.subject_id is not None}


def _work_of(batch_item_ids: Sequence[UUID]) -> Select[WorkItem]:
    return select(WorkItem).where(
        WorkItem.subject_kind == "batch_item",
        WorkItem.subject_id.in_(batch_item_ids),
        WorkItem.state.in_(UNFINISHED),
    )
