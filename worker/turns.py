"""Of all workers one does a duty that comes round: whoever is the first to take the turn.

A turn is a row with the time it was last taken, changed on condition that it is long enough ago.
That needs no lock which somebody could die with, and works behind a pooler; the row also says
how long the duty has been silent.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

TAKE = text(
    """
    INSERT INTO firm.turn (duty, taken_at) VALUES (:duty, clock_timestamp())
    ON CONFLICT (duty) DO UPDATE SET taken_at = clock_timestamp()
    WHERE turn.taken_at
      <= clock_timestamp() - CAST(:every AS double precision) * interval '1 second'
    RETURNING duty
    """
)


def take_turn(session: Session, duty: str, *, every_seconds: float) -> bool:
    """Whether the duty is ours this time; commit at once."""
    taken = session.scalar(TAKE, {"duty": duty, "every": every_seconds})
    return taken is not None
