"""What the page of batches shows: each with its client and how far it is, and one in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backoffice.firm.clients.queries import every_client
from backoffice.firm.work.batches import reasons_of
from backoffice.foundation.batches import Batch, BatchItem, Progress, progress_of
from backoffice.foundation.batches.listing import (
    UNFINISHED,
    batch_in_scope,
    batches_in_scope,
    failed_items,
    pace,
)
from backoffice.foundation.clock import real_now
from backoffice.foundation.errors import NotFound
from backoffice.foundation.language import _
from backoffice.foundation.registry import registry
from backoffice.foundation.tenancy import ScopedSession

DONE_IS_SHOWN_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class BatchOnPage:
    """A batch with its words and its figures."""

    batch: Batch
    title: str
    client_name: str
    progress: Progress

    @property
    def is_open(self) -> bool:
        return self.batch.state in UNFINISHED

    @property
    def time_left(self) -> timedelta | None:
        """A guess from the last minute; None where there is nothing to guess from."""
        left = self.progress.seconds_left
        return timedelta(seconds=round(left)) if left else None

    @property
    def a_minute(self) -> int:
        """How many items end in a minute, going by the last one."""
        return round(self.progress.rate * 60)


def batches_on_page(session: ScopedSession, chosen: str | None) -> dict[str, Any]:
    """All batches of the reader's clients, and the one in hand with what failed of it."""
    now = real_now()
    batches = list(batches_in_scope(session, done_since=now - DONE_IS_SHOWN_FOR))
    if (asked := _chosen(session, chosen)) is not None and asked not in batches:
        batches.append(asked)
    shown = _on_page(session, batches)
    in_hand = next((one for one in shown if asked is not None and one.batch.id == asked.id), None)
    in_hand = in_hand or (shown[0] if shown else None)
    return {
        "running": [one for one in shown if one.is_open],
        "done": [one for one in shown if not one.is_open],
        "in_hand": in_hand,
        **_in_full(session, in_hand, now),
    }


def _chosen(session: ScopedSession, words: str | None) -> Batch | None:
    if not words:
        return None
    try:
        return batch_in_scope(session, UUID(words))
    except ValueError:
        raise NotFound(_("There is no such batch.")) from None


def _on_page(session: ScopedSession, batches: Sequence[Batch]) -> list[BatchOnPage]:
    figures = progress_of(session, [batch.id for batch in batches])
    names = {card.id: card.name for card in every_client(session, with_house=True)}
    return [
        BatchOnPage(batch, _title(batch.kind), names.get(batch.client_id, ""), figures[batch.id])
        for batch in batches
    ]


def _in_full(session: ScopedSession, in_hand: BatchOnPage | None, now: datetime) -> dict[str, Any]:
    if in_hand is None:
        return {"failed": [], "reasons": {}, "pace": []}
    failed: Sequence[BatchItem] = failed_items(session, in_hand.batch.id)
    return {
        "failed": failed,
        "reasons": reasons_of(session, [item.id for item in failed]),
        "pace": pace(session, in_hand.batch, now=now),
    }


def _title(kind: str) -> str:
    known = registry.batch_kinds.get(kind)
    return known.title() if known else kind
