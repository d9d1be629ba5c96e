"""What every worker does beside its work, in a thread of its own: the relay and the timetable."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from backoffice.foundation.registry import Registry
from backoffice.foundation.runtime import Runtime
from worker.relay import relay
from worker.timetable import fire_due
from worker.turns import take_turn

log = logging.getLogger(__name__)


class Housekeeping:
    """Looks every few seconds whether it is this worker's turn."""

    def __init__(self, runtime: Runtime, registry: Registry) -> None:
        self.runtime = runtime
        self.registry = registry
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(self.runtime.settings.relay_seconds):
            self._try("relay", lambda: relay(self.runtime))
            self._try("timetable", self._timetable)

    def _timetable(self) -> None:
        every = self.runtime.settings.relay_seconds * 0.8
        with self.runtime.doors.firm_wide(because="the timetable's turn") as session:
            is_ours = take_turn(session, "timetable", every_seconds=every)
        if is_ours:
            fire_due(self.runtime, self.registry)

    def _try(self, name: str, duty: Callable[[], object]) -> None:
        try:
            duty()
        except Exception as error:  # noqa: BLE001  the database may be away; the next turn comes
            log.warning("The %s is late (%s).", name, type(error).__name__)
