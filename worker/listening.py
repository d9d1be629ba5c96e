"""Waits for the doorbell on RQ's queue, and knows when there is no Redis to wait for.

RQ carries the ring and nothing else, so its own Worker, with a child process for each job, is
left out on purpose. A ring holds no work: taking it off the queue *is* the whole job, there is
nothing to lose, to repeat or to time out. The work itself runs in this process, claimed from
PostgreSQL, which makes the faults of a work-horse impossible rather than handled: no orphan that
works on after its parent, no second copy, no "abandoned" job, no engine that crossed a fork. What
a child process would have isolated is dealt with where it arises: a file is parsed in a limited
subprocess, an item has its seconds, the process its memory; and a process that dies is started
again by whatever supervises it, while its claim falls free with the lease. It is also quicker: a
claim is 50 items and one commit, without a fork.
"""

from __future__ import annotations

import logging
import threading

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.exceptions import DequeueTimeout

from backoffice.foundation.batches.bell import Bell

log = logging.getLogger(__name__)

ANSWER_SECONDS_MAX = 5.0  # beyond the wait itself: a Redis that takes longer is taken for absent
LISTEN_SECONDS_MIN = 0.05  # Redis reads a wait of nothing as for ever
LISTEN_SECONDS_MAX = 60.0  # one wait at the door; after it the worker looks by itself


def kick(*, kick: str) -> None:
    """What a ring names as its function, for whoever looks at the queue; see `Listener`."""
    raise RuntimeError(f"A ring for {kick} is taken off the queue, never run as a job.")


class Stopped(BaseException):
    """Raised by the signal handler while a worker waits."""


class Listener:
    """One worker at the door. `wait` never raises for Redis' sake: without it, it just waits."""

    def __init__(self, bell: Bell) -> None:
        self.bell = bell
        self.hears = False  # whether Redis answered the last time
        self._stopped = threading.Event()
        self._is_waiting = False
        self._queue: Queue | None = None

    def stop(self) -> None:
        """From a signal handler: end the wait at once."""
        self._stopped.set()
        if self._is_waiting:
            raise Stopped

    def wait(self, *, seconds: float, seconds_when_deaf: float) -> None:
        """Until it rings, at most `seconds`, or `seconds_when_deaf` where Redis is absent."""
        try:
            self._is_waiting = True
            if not self._stopped.is_set() and not self._listen(seconds):
                self._stopped.wait(min(seconds, seconds_when_deaf))
        except Stopped:
            pass
        finally:
            self._is_waiting = False

    def _listen(self, seconds: float) -> bool:
        """Wait at the queue; False at once where there is none."""
        if not self.bell.redis_url:
            return False
        try:
            self._take_ring(seconds)
        except DequeueTimeout:
            pass
        except (RedisError, OSError) as error:
            self._say("Redis does not answer (%s): the database is polled.", error, hears=False)
            return False
        self._say("Redis answers: waiting for its rings.", hears=True)
        return True

    def _take_ring(self, seconds: float) -> None:
        queue = self.queue
        wait = min(max(seconds, LISTEN_SECONDS_MIN), LISTEN_SECONDS_MAX)
        found = Queue.dequeue_any([queue], wait, queue.connection, serializer="json")  # type: ignore[arg-type]
        if found:
            job, _queue = found
            queue.intermediate_queue.remove(job.id)
            job.delete()

    @property
    def queue(self) -> Queue:
        if self._queue is None:
            connection = Redis.from_url(
                self.bell.redis_url or "",
                # Unless it is told otherwise, the client gives up a silent wait after 5 seconds.
                socket_timeout=LISTEN_SECONDS_MAX + ANSWER_SECONDS_MAX,
                socket_connect_timeout=ANSWER_SECONDS_MAX,
                retry=Retry(NoBackoff(), 0),
            )
            self._queue = Queue(self.bell.queue_name, connection=connection, serializer="json")
            connection.delete(self._queue.intermediate_queue.key)  # taken by one who died then
        return self._queue

    def _say(self, message: str, *details: object, hears: bool) -> None:
        if hears != self.hears:
            self.hears = hears
            log.info(message, *(type(detail).__name__ for detail in details))
