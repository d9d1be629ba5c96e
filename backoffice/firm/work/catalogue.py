"""What the firm's work offers to the house: whatever was given up anywhere lands in its queue."""

from __future__ import annotations

from backoffice.firm.work.batches import item_failed
from backoffice.foundation.registry import registry

registry.item_failed = item_failed
