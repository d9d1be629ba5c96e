"""The worker that one would write first: does the work, then says that it is done.

No token and no joint transaction: the effect is committed by itself, the state afterwards and
whoever holds the item by then. The control of the fault test, which must catch it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

import worker.main
from backoffice.foundation.batches import Item
from worker.run_batch import Runner

DONE = text(
    "UPDATE firm.batch_item SET state = 'done', lease_until = NULL, finished_at = now()"
    " WHERE id = ANY (CAST(:ids AS uuid[]))"
)


class NaiveRunner(Runner):
    def work_on(self, items: Sequence[Item]) -> None:
        for item in items:
            with self._acting(item) as session:
                self._kind(item).run(session, item, self.runtime)
        with self.runtime.doors.firm_wide(because="the work is done") as session:
            session.execute(DONE, {"ids": [item.id for item in items]})


worker.main.Runner = NaiveRunner  # type: ignore[misc]
