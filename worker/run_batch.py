"""Does the work of every kind of batch: claims items, runs them, commits effect and state at once.

    runner = Runner(runtime, registry)
    runner.drain()          # until nothing is due

The items of one batch in a claim run in one transaction, for the client in scope and as whoever
opened the batch. If one raises, everything is rolled back and each is run alone. An item that
raises `Refused` has failed for good; after another error it is tried again, later each time, and
given up after the kind's number of attempts. A worker that loses its claim commits nothing.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import groupby

from sqlalchemy.exc import DBAPIError

from backoffice.foundation import audit
from backoffice.foundation.batches import bell
from backoffice.foundation.batches.claiming import (
    Item,
    claim,
    release,
    seconds_to_next,
)
from backoffice.foundation.batches.models import Batch
from backoffice.foundation.batches.settling import (
    LeaseLost,
    postpone,
    settle_done,
    settle_failed,
)
from backoffice.foundation.errors import IntegrityFailure, Refused
from backoffice.foundation.language import _
from backoffice.foundation.logs import log_context
from backoffice.foundation.registry import BatchKind, Registry
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import Actor, ScopedSession
from worker.limits import TimeLimitPassed, time_limit
from worker.renewing import Renewer

log = logging.getLogger(__name__)

ITEM_SECONDS_MAX = 300  # an item should take ten; what takes this long is stuck
TOGETHER_SECONDS_MAX = 2  # then what is done is committed: progress moves, locks are let go
LOSSES_MAX = 20  # claims that ended in the death of the worker: the item is what kills it
BACKOFF_SECONDS = 1.0
BACKOFF_FACTOR = 4
BACKOFF_SECONDS_MAX = 3600.0
IDLE_IN_TRANSACTION = "25P03"
GONE = {"57P01", "57P02", "57P03", "57P05"}  # it shuts down, crashed, or is starting

Report = Callable[[Sequence[Item]], None]


class Runner:
    """One worker's loop; `stop` may be called from a signal handler."""

    def __init__(
        self,
        runtime: Runtime,
        registry: Registry,
        *,
        claimed: Report | None = None,
        backoff_seconds: float = BACKOFF_SECONDS,
    ) -> None:
        self.runtime = runtime
        self.registry = registry
        self.claimed = claimed
        self.backoff_seconds = backoff_seconds
        self.renewer = Renewer(runtime)
        self.stopping = False
        self._held: dict[Item, None] = {}

    def stop(self) -> None:
        """Start no further item; what runs is brought to its end, the rest is given back."""
        self.stopping = True

    def drain(self) -> int:
        """Work until nothing is due; how many items were claimed."""
        count = 0
        while not self.stopping and (items := self.claim()):
            if len(items) == self._kind(items[0]).claim_max and count == 0:
                bell.ring(items[0].kind)  # there is more than one worker's share
            count += len(items)
            self.work_on(items)
        return count

    def claim(self) -> list[Item]:
        kinds, lease = self.registry.batch_kinds, self.runtime.settings.lease_seconds
        most = {name: kind.claim_max for name, kind in kinds.items()}
        with self.runtime.doors.firm_wide(because="claiming work") as session:
            items = claim(session, kinds=kinds, lease_seconds=lease, most=most)
        if items and self.claimed:
            self.claimed(items)
        return items

    def seconds_to_next(self) -> float | None:
        """In how many seconds there is something to do, as far as can be known now."""
        with self.runtime.doors.firm_wide(because="when the next item is due") as session:
            return seconds_to_next(session, kinds=self.registry.batch_kinds)

    def work_on(self, items: Sequence[Item]) -> None:
        """Run what was claimed; whatever was not started by a stop is given back."""
        self._held = dict.fromkeys(items)
        with self.renewer.holding(items):
            for batch_id, part in groupby(items, key=lambda item: item.batch_id):
                with log_context(client_id=items[0].client_id, request_id=batch_id):
                    self._run_part(list(part))
        if self._held:
            with self.runtime.doors.firm_wide(because="giving back unstarted items") as session:
                release(session, list(self._held))

    def _run_part(self, items: list[Item]) -> None:
        """The items of one batch: together if nothing speaks against it, else each alone."""
        rest = items
        try:
            while len(rest) > 1 and not self.stopping and not any(i.losses for i in rest):
                rest = rest[len(self._together(rest)) :]
        except Exception as error:
            if is_connection_lost(error):
                raise
            log.info("%d items are run one by one (%s).", len(rest), type(error).__name__)
        except TimeLimitPassed:
            log.warning("%d items are run one by one: one takes too long.", len(rest))
        # What killed a worker comes in another place each time, so that it holds up no other.
        if any(item.losses for item in rest):
            random.shuffle(rest)
        for item in rest:
            if not self.stopping:
                self._alone(item)

    def _together(self, items: Sequence[Item]) -> Sequence[Item]:
        """Run items in one transaction until its time is up; those that are done."""
        with self._acting(items[0]) as session:
            done = list(self._run_each(session, items))
            if done:
                self._settle(session, done)
        self._let_go(done)
        return done

    def _run_each(self, session: ScopedSession, items: Sequence[Item]) -> Iterator[Item]:
        until = time.monotonic() + TOGETHER_SECONDS_MAX
        for item in items:
            with time_limit(ITEM_SECONDS_MAX):
                self._kind(item).run(session, item, self.runtime)
                session.flush()
            yield item
            if self.stopping or time.monotonic() > until:
                return

    def _settle(self, session: ScopedSession, items: Sequence[Item]) -> None:
        batch = settle_done(session, items)
        self._finish(session, batch)
        audit.record(
            session,
            "batch.items_done",
            subject_kind="batch",
            subject_id=batch.id,
            kind=batch.kind,
            items=len(items),
            first_position=min(item.position for item in items),
        )

    def _finish(self, session: ScopedSession, batch: Batch) -> None:
        finished = self.registry.batch_kinds[batch.kind].finished
        if batch.done + batch.failed == batch.total and finished:
            finished(session, batch, self.runtime)

    def _alone(self, item: Item) -> None:
        """Run one item; every way in which it can end but a lost connection is dealt with."""
        try:
            if item.losses >= LOSSES_MAX * (item.retries + 1):
                self._give_up(item, "worker_lost", _("Each worker that took this item died."))
            else:
                self._together([item])
        except LeaseLost:
            log.warning("Item %s is another worker's by now.", item.id)
        except Refused as refused:
            self._give_up(item, refused.code, refused.message)
        except IntegrityFailure:
            log.exception("Item %s: stored data are not what was stored.", item.id)
            self._give_up(item, "integrity", _("Stored data are damaged. Tell the operator."))
        except TimeLimitPassed:
            self._try_again(item, "timed_out")
        except Exception as error:
            if is_connection_lost(error):
                raise
            log.exception("Item %s of kind %s failed.", item.id, item.kind)
            self._try_again(item, type(error).__name__)
        finally:
            self._let_go([item])

    def _try_again(self, item: Item, code: str) -> None:
        if item.attempts + 1 >= self._kind(item).attempts_max * (item.retries + 1):
            self._give_up(item, code, _("This did not succeed after several attempts."))
        else:
            self._postpone(item, code)

    def _postpone(self, item: Item, code: str) -> None:
        pause = self.backoff_seconds * BACKOFF_FACTOR ** min(item.attempts, 10)
        with self.runtime.doors.firm_wide(because="an item is to be tried again") as session:
            try:
                postpone(session, item, code=code, seconds=min(pause, BACKOFF_SECONDS_MAX))
            except LeaseLost:
                log.warning("Item %s is another worker's by now.", item.id)

    def _give_up(self, item: Item, code: str, message: str) -> None:
        """Failed for good: the state, and the work item that tells staff, in one transaction."""
        failed = self._kind(item).failed or self.registry.item_failed
        try:
            with self._acting(item) as session:
                if failed:
                    failed(session, item, message, self.runtime)
                attempts = 0 if code == "worker_lost" else 1
                batch = settle_failed(session, item, code=code, attempts=attempts)
                self._finish(session, batch)
                audit.record(
                    session,
                    "batch.item_failed",
                    subject_kind="batch_item",
                    subject_id=item.id,
                    batch=str(batch.id),
                    kind=batch.kind,
                    code=code,
                )
        except LeaseLost:
            log.warning("Item %s is another worker's by now.", item.id)
        except Exception as error:
            if is_connection_lost(error):
                raise
            log.exception("The failure of item %s could not be written down.", item.id)
            self._postpone(item, "failure_not_recorded")

    def _acting(self, item: Item) -> AbstractContextManager[ScopedSession]:
        actor = Actor(item.opened_by_kind, item.opened_by_id)
        return self.runtime.doors.acting_for(item.client_id, by=actor)

    def _kind(self, item: Item) -> BatchKind:
        return self.registry.batch_kinds[item.kind]

    def _let_go(self, items: Sequence[Item]) -> None:
        for item in items:
            self._held.pop(item, None)


def is_connection_lost(error: BaseException) -> bool:
    """The database has gone, so nothing can be written down: the lease brings the item back."""
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    if state == IDLE_IN_TRANSACTION:  # the item's own fault
        return False
    return error.connection_invalidated or state is None or state in GONE or state[:2] == "08"
