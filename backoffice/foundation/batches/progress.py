"""How far a batch is, and how the whole of the background is doing.

What is claimed counts as running, never as done: done are committed items alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

RATE_OVER_SECONDS = 60

PROGRESS = text(
    """
    SELECT b.id AS batch_id, b.state, b.total, b.done, b.failed,
      (SELECT count(*) FROM firm.batch_item i
       WHERE i.batch_id = b.id AND i.state = 'running'
         AND i.lease_until > clock_timestamp()) AS running,
      recent.items / greatest(extract(epoch FROM clock_timestamp() - recent.since), 0.001) AS rate
    FROM firm.batch b
    CROSS JOIN LATERAL (
      SELECT count(*) AS items,
        greatest(b.opened_at, clock_timestamp() - :window * interval '1 second') AS since
      FROM firm.batch_item i
      WHERE i.batch_id = b.id AND b.finished_at IS NULL AND i.state IN ('done', 'failed')
        AND i.finished_at > clock_timestamp() - :window * interval '1 second'
    ) recent
    WHERE b.id = ANY (CAST(:ids AS uuid[]))
    """
)

HEALTH = text(
    """
    SELECT
      coalesce((
        SELECT extract(epoch FROM clock_timestamp() - min(
          CASE i.state WHEN 'waiting' THEN i.due_at ELSE i.lease_until END))
        FROM firm.batch b JOIN firm.batch_item i ON i.batch_id = b.id
        WHERE b.state IN ('waiting', 'running') AND i.state IN ('waiting', 'running')
          AND CASE i.state WHEN 'waiting' THEN i.due_at ELSE i.lease_until END
            <= clock_timestamp()
      ), 0) AS oldest_due_seconds,
      (SELECT count(*) FROM firm.batch_item
       WHERE state = 'waiting') AS waiting,
      (SELECT count(*) FROM firm.batch_item WHERE state = 'running') AS running,
      recent.ended, recent.failed, recent.lost,
      (SELECT extract(epoch FROM clock_timestamp() - max(taken_at)) FROM firm.turn
       WHERE duty = 'relay') AS relay_silent_seconds
    FROM (
      SELECT count(*) AS ended, count(*) FILTER (WHERE i.state = 'failed') AS failed,
        count(*) FILTER (WHERE i.token > i.attempts + 1) AS lost
      FROM firm.batch b JOIN firm.batch_item i ON i.batch_id = b.id
      WHERE i.finished_at > clock_timestamp() - interval '1 hour'
        AND (b.finished_at IS NULL OR b.finished_at > clock_timestamp() - interval '1 hour')
    ) recent
    """
)


@dataclass(frozen=True, slots=True)
class Progress:
    """Of one batch. `rate` is items a second over the last minute, `seconds_left` a guess that
    is None while there is nothing to guess from."""

    batch_id: UUID
    state: str
    total: int
    done: int
    failed: int
    running: int
    waiting: int
    rate: float
    seconds_left: float | None

    @property
    def is_finished(self) -> bool:
        return self.done + self.failed == self.total


@dataclass(frozen=True, slots=True)
class Health:
    """What the alerts look at: RELIABILITY's rule is at most 120 s for the oldest due item, 1 %
    leases lost of those that ended within the hour, 60 s of silence from the relay."""

    oldest_due_seconds: float
    waiting: int
    running: int
    ended: int
    failed: int
    lost: int
    relay_silent_seconds: float | None


def progress(session: Session, batch_id: UUID) -> Progress:
    """How far one batch is; LookupError where there is none."""
    return progress_of(session, [batch_id])[batch_id]


def progress_of(session: Session, batch_ids: Sequence[UUID]) -> dict[UUID, Progress]:
    """How far several batches are, in one query."""
    rows = session.execute(PROGRESS, {"ids": list(batch_ids), "window": RATE_OVER_SECONDS})
    return {row["batch_id"]: _progress(**row) for row in rows.mappings()}


def _progress(
    *, total: int, done: int, failed: int, running: int, rate: float, batch_id: UUID, state: str
) -> Progress:
    left = total - done - failed
    running = min(running, left)  # counted a moment later than the rest
    seconds = left / float(rate) if rate and left else (0.0 if not left else None)
    return Progress(
        batch_id=batch_id,
        state=state,
        total=total,
        done=done,
        failed=failed,
        running=running,
        waiting=left - running,
        rate=float(rate),
        seconds_left=seconds,
    )


def health(session: Session) -> Health:
    """The state of the background for /metrics."""
    row = session.execute(HEALTH).mappings().one()
    silent = row["relay_silent_seconds"]
    return Health(
        **{
            **row,
            "oldest_due_seconds": float(row["oldest_due_seconds"]),
            "relay_silent_seconds": None if silent is None else float(silent),
        }
    )
