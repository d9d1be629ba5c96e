"""Claiming items: one statement gives a worker its next items, a lease on them and a token.

The lease is on the database's clock alone. The token grows with each claim; whoever holds an
older one can commit nothing any more (see `settling`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

CLAIM_MAX = 50
ALIKE: Mapping[str, int] = {}  # no kind has a limit of its own

# `place` puts the batches in the order in which they are served: first the clients of whom the
# fewest items run, then the one that was served longest ago, so that a client with 100,000 items
# shares the workers evenly with a client with one. The lateral join keeps that order, takes the
# open items of each batch in turn, and stops at the limit; rows that another claim has just taken
# are skipped. A claim is of one client and one kind: that of the first batch which has any. An item
# whose workers died is claimed among ever fewer others, in the end alone: if it is what kills them,
# it alone is given up.
CLAIM = text(
    """
    WITH moment AS MATERIALIZED (
      SELECT clock_timestamp() AS now
    ), busy AS MATERIALIZED (
      SELECT client_id, count(*) AS items FROM firm.batch_item
      WHERE state = 'running' GROUP BY client_id
    ), waiting AS MATERIALIZED (
      SELECT DISTINCT client_id FROM firm.batch WHERE state IN ('waiting', 'running')
    ), served AS MATERIALIZED (
      SELECT w.client_id, (
        SELECT max(i.started_at) FROM firm.batch_item i WHERE i.client_id = w.client_id
      ) AS at
      FROM waiting w
    ), batch AS MATERIALIZED (
      SELECT b.id, b.client_id, b.kind,
        row_number() OVER (
          ORDER BY coalesce(busy.items, 0), served.at NULLS FIRST, b.client_id, b.id
        ) AS place
      FROM firm.batch b
      JOIN served ON served.client_id = b.client_id
      LEFT JOIN busy ON busy.client_id = b.client_id
      WHERE b.state IN ('waiting', 'running') AND b.kind = ANY (CAST(:kinds AS text[]))
      ORDER BY place
    ), due AS MATERIALIZED (
      SELECT item.id, item.position, item.losses, batch.place, batch.client_id, batch.kind
      FROM batch CROSS JOIN LATERAL (
        SELECT i.id, i.position, i.token - i.attempts AS losses
        FROM firm.batch_item i, moment
        WHERE i.batch_id = batch.id AND i.state IN ('waiting', 'running')
          AND CASE i.state WHEN 'waiting' THEN i.due_at ELSE i.lease_until END <= moment.now
        ORDER BY i.position LIMIT :limit FOR UPDATE OF i SKIP LOCKED
      ) item
      LIMIT :limit
    ), first AS (
      SELECT client_id, kind FROM due ORDER BY place LIMIT 1
    ), share AS (
      SELECT id, losses, row_number() OVER (ORDER BY place, position) AS ordinal
      FROM due JOIN first USING (client_id, kind)
    ), most AS (
      SELECT kind, items
      FROM unnest(CAST(:kinds AS text[]), CAST(:most AS integer[])) AS most (kind, items)
    )
    UPDATE firm.batch_item i
    SET state = 'running', token = i.token + 1, started_at = clock_timestamp(),
      lease_until = clock_timestamp() + CAST(:lease AS double precision) * interval '1 second'
    FROM share, firm.batch b, most
    WHERE i.id = share.id AND b.id = i.batch_id AND most.kind = b.kind
      AND share.ordinal <= greatest(1, most.items >> CAST(least(share.losses, 16) AS integer))
    RETURNING i.id, i.batch_id, i.client_id, i.subject_id, i.position, i.token, i.attempts,
      i.retries, b.kind, b.opened_by_kind, b.opened_by_id
    """
)

# Whoever settles an item holds its row, and has no need of a longer lease: it is skipped.
RENEW = text(
    """
    UPDATE firm.batch_item i
    SET lease_until = clock_timestamp() + CAST(:lease AS double precision) * interval '1 second'
    FROM (
      SELECT i.id FROM firm.batch_item i
      JOIN unnest(CAST(:ids AS uuid[]), CAST(:tokens AS bigint[])) AS mine (id, token)
        ON i.id = mine.id AND i.token = mine.token
      WHERE i.state = 'running'
      FOR UPDATE OF i SKIP LOCKED
    ) held
    WHERE i.id = held.id
    """
)

RELEASE = text(
    """
    UPDATE firm.batch_item i SET state = 'waiting', lease_until = NULL
    FROM unnest(CAST(:ids AS uuid[]), CAST(:tokens AS bigint[])) AS mine (id, token)
    WHERE i.id = mine.id AND i.token = mine.token AND i.state = 'running'
    """
)

SECONDS_TO_NEXT = text(
    """
    SELECT extract(epoch FROM min(
      CASE i.state WHEN 'waiting' THEN i.due_at ELSE i.lease_until END
    ) - clock_timestamp())
    FROM firm.batch b JOIN firm.batch_item i ON i.batch_id = b.id
    WHERE b.state IN ('waiting', 'running') AND i.state IN ('waiting', 'running')
      AND b.kind = ANY (CAST(:kinds AS text[]))
    """
)


@dataclass(frozen=True, slots=True)
class Item:
    """One claimed item, as `BatchKind.run` gets it. `attempts` counts the earlier ones that
    raised, `retries` how often a person asked to try again."""

    id: UUID
    batch_id: UUID
    client_id: UUID
    subject_id: UUID
    position: int
    token: int
    attempts: int
    retries: int
    kind: str
    opened_by_kind: str
    opened_by_id: UUID | None

    @property
    def losses(self) -> int:
        """How often a worker claimed it and neither finished it nor said why."""
        return max(0, self.token - 1 - self.attempts)


def claim(
    session: Session,
    *,
    kinds: Collection[str],
    lease_seconds: float,
    limit: int = CLAIM_MAX,
    most: Mapping[str, int] = ALIKE,
) -> list[Item]:
    """The next items, all of one client and one kind; none where nothing is due.

    At most `limit`, or what `most` says for their kind. Commit at once: the claim is nobody's
    until then, and its rows are locked.
    """
    limit = min(limit, CLAIM_MAX)
    values = {
        "kinds": list(kinds),
        "most": [min(limit, most.get(kind, limit)) for kind in kinds],
        "lease": lease_seconds,
        "limit": limit,
    }
    claimed = [Item(**row) for row in session.execute(CLAIM, values).mappings()]
    return sorted(claimed, key=lambda item: (item.batch_id, item.position))


def renew(session: Session, items: Sequence[Item], *, lease_seconds: float) -> None:
    """Keep the lease of those items that are still ours."""
    session.execute(RENEW, {**_held(items), "lease": lease_seconds})


def release(session: Session, items: Sequence[Item]) -> None:
    """Give back items that were not started."""
    session.execute(RELEASE, _held(items))


def seconds_to_next(session: Session, *, kinds: Collection[str]) -> float | None:
    """In how many seconds the next item falls due or the next lease ends; None for never."""
    seconds = session.scalar(SECONDS_TO_NEXT, {"kinds": list(kinds)})
    return None if seconds is None else float(seconds)


def _held(items: Sequence[Item]) -> dict[str, list[UUID] | list[int]]:
    return {"ids": [item.id for item in items], "tokens": [item.token for item in items]}
