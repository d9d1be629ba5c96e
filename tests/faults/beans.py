"""The smallest books there are: each item takes a bean from one heap and lays it on another.

Two rows that must come together and once; nothing but the batch's own promise keeps them so. For
the control, which breaks it, and for the real thing beside it.
"""

from __future__ import annotations

import time

from backoffice.foundation import audit
from backoffice.foundation.batches import Item
from backoffice.foundation.registry import BatchKind, registry
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import ScopedSession

KIND = "move_a_bean"
TAKEN, LAID = "bean.taken", "bean.laid"
BETWEEN_SECONDS = 0.02


def move_a_bean(session: ScopedSession, item: Item, runtime: Runtime) -> None:  # noqa: ARG001
    audit.record(session, TAKEN, subject_kind="bean", subject_id=item.subject_id)
    time.sleep(BETWEEN_SECONDS)
    audit.record(session, LAID, subject_kind="bean", subject_id=item.subject_id)


registry.add(BatchKind(KIND, lambda: "Move a bean", move_a_bean))
