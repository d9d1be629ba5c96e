"""What staff see of the background: the batches of their clients, what failed, how fast it went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select, text

from backoffice.foundation.batches.models import Batch, BatchItem
from backoffice.foundation.errors import NotFound
from backoffice.foundation.language import _
from backoffice.foundation.tenancy import ScopedSession

LISTED_MAX = 60  # more than these nobody reads; the newest are shown
FAILED_MAX = 100
PACE_BUCKETS = 40
PACE_OVER = timedelta(minutes=10)
UNFINISHED = ("waiting", "running", "stopped")

PACE = text(
    """
    SELECT width_bucket(extract(epoch FROM finished_at), extract(epoch FROM CAST(:since AS
        timestamptz)), extract(epoch FROM CAST(:until AS timestamptz)), :buckets) AS bucket,
      count(*) AS items
    FROM firm.batch_item
    WHERE batch_id = :batch AND state IN ('done', 'failed')
      AND finished_at >= :since AND finished_at < :until
    GROUP BY bucket
    """
)


def batches_in_scope(session: ScopedSession, *, done_since: datetime) -> Sequence[Batch]:
    """Unfinished batches of the clients in scope, and those that ended since an instant."""
    question = (
        select(Batch)
        .where(
            Batch.client_id.in_(session.scope.read or ()),
            or_(Batch.state.in_(UNFINISHED), Batch.finished_at >= done_since),
        )
        .order_by(Batch.opened_at.desc(), Batch.id.desc())
    )
    return session.scalars(question.limit(LISTED_MAX)).all()


def batch_in_scope(session: ScopedSession, batch_id: UUID) -> Batch:
    """One batch of the clients in scope."""
    found = session.get(Batch, batch_id)
    if found is None or found.client_id not in (session.scope.read or ()):
        raise NotFound(_("There is no such batch."))
    return found


def failed_items(session: ScopedSession, batch_id: UUID) -> Sequence[BatchItem]:
    """What was given up of a batch, in its order."""
    question = select(BatchItem).where(BatchItem.batch_id == batch_id, BatchItem.state == "failed")
    return session.scalars(question.order_by(BatchItem.position).limit(FAILED_MAX)).all()


def pace(session: ScopedSession, batch: Batch, *, now: datetime) -> list[int]:
    """How many items ended in each of 40 equal stretches of the last ten minutes of work."""
    until = (batch.finished_at or now) + timedelta(milliseconds=1)
    since = max(batch.opened_at, until - PACE_OVER)
    if since >= until:
        return []
    values = {"batch": batch.id, "since": since, "until": until, "buckets": PACE_BUCKETS}
    counted = {row.bucket: row.items for row in session.execute(PACE, values)}
    return [counted.get(bucket, 0) for bucket in range(1, PACE_BUCKETS + 1)]
