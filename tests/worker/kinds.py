"""Kinds for processes that tests start: beans that are counted, at once or slowly."""

from __future__ import annotations

import time

from backoffice.foundation.batches import Item
from backoffice.foundation.registry import BatchKind, registry
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import ScopedSession
from tests.support.background import KIND, count_a_bean

SLOW = "count_slowly"
SLOW_SECONDS = 0.4


def count_slowly(session: ScopedSession, item: Item, runtime: Runtime) -> None:
    count_a_bean(session, item, runtime)
    time.sleep(SLOW_SECONDS)


registry.add(BatchKind(KIND, lambda: "Count beans", count_a_bean))
registry.add(BatchKind(SLOW, lambda: "Count beans slowly", count_slowly))
