"""Work in the background, kept in PostgreSQL; Redis is only its doorbell.

A capability registers a `BatchKind` whose `run(session, item, runtime)` does one item for the
client in scope, and calls `open_batch` in the transaction that makes the work necessary. The
worker does the rest: claims with lease and token, effect and state in one transaction, retries,
progress. Inside `run`: raise `Refused` for what cannot succeed, anything else to be tried again.
"""

from __future__ import annotations

from backoffice.foundation.batches.claiming import Item
from backoffice.foundation.batches.models import Batch, BatchItem
from backoffice.foundation.batches.opening import (
    add_items,
    open_batch,
    resume_batch,
    retry_item,
    stop_batch,
)
from backoffice.foundation.batches.progress import (
    Health,
    Progress,
    health,
    progress,
    progress_of,
)

__all__ = [
    "Batch",
    "BatchItem",
    "Health",
    "Item",
    "Progress",
    "add_items",
    "health",
    "open_batch",
    "progress",
    "progress_of",
    "resume_batch",
    "retry_item",
    "stop_batch",
]
