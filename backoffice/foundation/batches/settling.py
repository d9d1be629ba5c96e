"""Ending items: the state is written in the transaction that holds the effect, and only by the
holder of the newest token. Where that is somebody else by now, everything is rolled back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, TextClause, text
from sqlalchemy.orm import Session

from backoffice.foundation.batches.claiming import Item
from backoffice.foundation.batches.models import Batch
from backoffice.foundation.batches.opening import count_added
from backoffice.foundation.tenancy import ScopedSession

END = text(
    """
    UPDATE firm.batch_item i
    SET state = :state, lease_until = NULL, error_code = :code, finished_at = clock_timestamp(),
      attempts = i.attempts + :attempts
    FROM unnest(CAST(:ids AS uuid[]), CAST(:tokens AS bigint[])) AS mine (id, token)
    WHERE i.id = mine.id AND i.token = mine.token AND i.state = 'running'
    """
)

POSTPONE = text(
    """
    UPDATE firm.batch_item
    SET state = 'waiting', lease_until = NULL, error_code = :code, attempts = attempts + 1,
      due_at = clock_timestamp() + CAST(:seconds AS double precision) * interval '1 second'
    WHERE id = :id AND token = :token AND state = 'running'
    """
)

# One row lock, taken last: of two workers that end the last two items the second sees the first.
COUNT = text(
    """
    UPDATE firm.batch
    SET done = done + :done, failed = failed + :failed,
      state = CASE
        WHEN done + failed + :done + :failed < total
          THEN CASE state WHEN 'waiting' THEN 'running' ELSE state END
        WHEN failed + :failed > 0 THEN 'failed_items'
        ELSE 'done'
      END,
      finished_at = CASE WHEN done + failed + :done + :failed = total THEN clock_timestamp() END
    WHERE id = :batch
    """
)


class LeaseLost(Exception):
    """Another worker holds some of the items by now: nothing of this transaction may stay."""


def settle_done(session: ScopedSession, items: Sequence[Item]) -> Batch:
    """The items of one batch are done, if they are still ours; the batch as it stands then."""
    _end(session, items, state="done", code=None, attempts=0)
    return _count(session, items[0].batch_id, done=len(items))


def settle_failed(session: ScopedSession, item: Item, *, code: str, attempts: int) -> Batch:
    """The item is given up, for a reason that staff read in its work item."""
    _end(session, [item], state="failed", code=code, attempts=attempts)
    return _count(session, item.batch_id, failed=1)


def postpone(session: Session, item: Item, *, code: str, seconds: float) -> None:
    """The attempt failed; the item waits for its next."""
    values = {"id": item.id, "token": item.token, "code": code, "seconds": seconds}
    if _changed(session, POSTPONE, values) != 1:
        raise LeaseLost


def _end(
    session: Session, items: Sequence[Item], *, state: str, code: str | None, attempts: int
) -> None:
    session.flush()
    values = {
        "state": state,
        "code": code,
        "attempts": attempts,
        "ids": [item.id for item in items],
        "tokens": [item.token for item in items],
    }
    if _changed(session, END, values) != len(items):
        raise LeaseLost


def _count(session: ScopedSession, batch_id: UUID, *, done: int = 0, failed: int = 0) -> Batch:
    count_added(session)
    session.execute(COUNT, {"batch": batch_id, "done": done, "failed": failed})
    return session.get_one(Batch, batch_id, populate_existing=True)


def _changed(session: Session, statement: TextClause, values: Mapping[str, Any]) -> int:
    return cast(CursorResult[Any], session.execute(statement, values)).rowcount
