"""The worker process: works off what is due, then waits for the bell, until it is told to end.

The first SIGTERM (or Ctrl-C) ends it in order: the running item is brought to its end, what was
claimed and not started is given back at once instead of when its lease runs out.
"""

from __future__ import annotations

import logging
import signal
import time

from sqlalchemy.exc import OperationalError

from backoffice.foundation.batches import bell
from backoffice.foundation.registry import Registry, load_catalogues
from backoffice.foundation.runtime import Runtime
from config.settings import Settings
from worker.housekeeping import Housekeeping
from worker.limits import limit_memory
from worker.listening import Listener
from worker.run_batch import Report, Runner

log = logging.getLogger(__name__)

CONNECTIONS = 5  # the work, what it opens beside it, the renewal, the housekeeping, one to spare
START_SECONDS_MAX = 60.0  # a database that starts at the same time may take this long
PAUSE_SECONDS = 0.2  # after an error of the loop itself, doubled each time
PAUSE_SECONDS_MAX = 5.0
RELAYS_PER_LOOK = 4  # with a bell, look without being rung only this rarely


class Worker:
    """One process' loop."""

    def __init__(
        self, runtime: Runtime, registry: Registry, *, claimed: Report | None = None
    ) -> None:
        self.runtime = runtime
        self.runner = Runner(runtime, registry, claimed=claimed)
        self.listener = Listener(bell.Bell(runtime.settings))
        self.housekeeping = Housekeeping(runtime, registry)

    def run(self) -> None:
        """Until `stop`."""
        self.runner.renewer.start()
        self.housekeeping.start()
        log.info("The worker waits for work of %d kinds.", len(self.runner.registry.batch_kinds))
        try:
            self._loop()
        finally:
            self.housekeeping.stop()
            self.runner.renewer.stop()
            log.info("The worker has ended in order.")

    def stop(self) -> None:
        """From a signal handler."""
        self.runner.stop()
        self.listener.stop()

    def _loop(self) -> None:
        pause = PAUSE_SECONDS
        while not self.runner.stopping:
            try:
                self.runner.drain()
                seconds = self._seconds_to_look()
                pause = PAUSE_SECONDS
            except Exception:
                log.exception("The worker goes on in %.1f s.", pause)
                self.listener.wait(seconds=pause, seconds_when_deaf=pause)
                pause = min(pause * 2, PAUSE_SECONDS_MAX)
                continue
            self._wait(seconds)

    def _seconds_to_look(self) -> float:
        settings = self.runtime.settings
        at_most = settings.relay_seconds * RELAYS_PER_LOOK
        to_next = self.runner.seconds_to_next()
        return at_most if to_next is None else max(0.0, min(at_most, to_next))

    def _wait(self, seconds: float) -> None:
        if not self.runner.stopping:
            deaf = self.runtime.settings.poll_seconds
            self.listener.wait(seconds=seconds, seconds_when_deaf=deaf)


def serve(settings: Settings, *, claimed: Report | None = None) -> None:
    """Be a worker until SIGTERM or Ctrl-C."""
    registry = load_catalogues()
    limit_memory(settings.worker_memory_bytes_max)
    bell.install(settings)
    worker = Worker(start_when_database_answers(settings), registry, claimed=claimed)
    for stops in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stops, lambda _signal, _frame: worker.stop())
    worker.run()


def start_when_database_answers(settings: Settings) -> Runtime:
    until = time.monotonic() + START_SECONDS_MAX
    while True:
        try:
            return Runtime.start(settings, role="worker", pool_size=CONNECTIONS)
        except OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(PAUSE_SECONDS)
