"""Keeps the lease of what this worker holds, from a thread with a connection of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from backoffice.foundation.batches.claiming import Item, renew
from backoffice.foundation.runtime import Runtime

log = logging.getLogger(__name__)


class Renewer:
    """Renews while a claim is held. A renewal that fails costs nothing but the lease."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self._items: Sequence[Item] = ()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="renewer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    @contextmanager
    def holding(self, items: Sequence[Item]) -> Iterator[None]:
        self._items = items
        try:
            yield
        finally:
            self._items = ()

    def _run(self) -> None:
        while not self._ended.wait(self.runtime.settings.lease_renewal_seconds):
            if self._items:
                self._renew(self._items)

    def _renew(self, items: Sequence[Item]) -> None:
        try:
            with self.runtime.doors.firm_wide(because="renewing a lease") as session:
                renew(session, items, lease_seconds=self.runtime.settings.lease_seconds)
        except Exception:
            log.exception("A lease could not be renewed.")
