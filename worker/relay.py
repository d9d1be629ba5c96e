"""Rings again for what nobody has heard: Redis may lose every ring and no work is lost.

Every few seconds one of the workers looks for due items that nobody holds, and rings for them.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from backoffice.foundation.batches import bell
from backoffice.foundation.runtime import Runtime
from worker.turns import take_turn

UNHEARD = text(
    """
    SELECT DISTINCT b.kind FROM firm.batch b
    WHERE b.state IN ('waiting', 'running') AND EXISTS (
      SELECT FROM firm.batch_item i
      WHERE i.batch_id = b.id AND i.state IN ('waiting', 'running')
        AND CASE i.state WHEN 'waiting' THEN i.due_at ELSE i.lease_until END
          <= clock_timestamp() - CAST(:seconds AS double precision) * interval '1 second'
    )
    """
)


def relay(runtime: Runtime) -> list[str]:
    """Take the relay's turn if it is free; the kinds that were rung for."""
    settings = runtime.settings
    with runtime.doors.firm_wide(because="the relay's turn") as session:
        # A little less than the pause between two looks, or every other turn would be missed.
        if not take_turn(session, "relay", every_seconds=settings.relay_seconds * 0.8):
            return []
        kinds = unheard(session, older_than_seconds=settings.ring_again_seconds)
    return [kind for kind in kinds if bell.ring(kind)]


def unheard(session: Session, *, older_than_seconds: float) -> list[str]:
    """The kinds of which something has been due for so long without a live lease."""
    return list(session.scalars(UNHEARD, {"seconds": older_than_seconds}))
