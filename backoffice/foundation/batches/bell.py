"""The doorbell: says to idle workers, through Redis, that there is something to do.

Nothing depends on it. The message is `{"kick": kind}` and holds no data; it is sent after the
commit, a failure is ignored, and a bell that nobody heard is rung again by the relay. Without
Redis the workers look into the database every few seconds.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import event

from backoffice.foundation.tenancy import ScopedSession
from config.settings import Settings, expand_key

if TYPE_CHECKING:
    from rq import Queue

log = logging.getLogger(__name__)

RINGS_WAITING_MAX = 100  # when no worker listens, more rings would only fill Redis
RING_SECONDS_MAX = 1.0  # a page may wait this long for a Redis that does not answer
KEPT_SECONDS = 60  # a ring that nobody heard within this time is the relay's matter
KICK = "worker.listening.kick"
RINGS = "rings"


class Bell:
    """The queue of one installation; its name is derived from the installation's key, so that
    several may share a Redis."""

    installed: ClassVar[Bell | None] = None

    def __init__(self, settings: Settings) -> None:
        self.redis_url = settings.redis_url
        own = expand_key(settings.key, purpose="backoffice bell: name of the queue")
        self.queue_name = f"backoffice-{own.hex()[:12]}"
        self._queue: Queue | None = None

    @property
    def queue(self) -> Queue:
        """The connection is made at the first ring; pages and commands that ring for nobody
        never load the library."""
        if self._queue is None:
            from redis import Redis
            from redis.backoff import NoBackoff
            from redis.retry import Retry
            from rq import Queue

            connection = Redis.from_url(
                self.redis_url or "",
                socket_timeout=RING_SECONDS_MAX,
                socket_connect_timeout=RING_SECONDS_MAX,
                retry=Retry(NoBackoff(), 0),
            )
            self._queue = Queue(self.queue_name, connection=connection, serializer="json")
        return self._queue

    def ring(self, kind: str) -> bool:
        """Whether it was rung; that somebody heard it is not promised."""
        if not self.redis_url:
            return False
        try:
            self._ring(kind)
        except Exception as error:  # noqa: BLE001  whatever ails Redis, the work is written down
            log.warning("The bell could not be rung (%s).", type(error).__name__)
            return False
        return True

    def _ring(self, kind: str) -> None:
        if self.queue.count < RINGS_WAITING_MAX:
            self.queue.enqueue_call(
                KICK,
                kwargs={"kick": kind},
                ttl=KEPT_SECONDS,
                result_ttl=0,
                failure_ttl=KEPT_SECONDS,
            )


def install(settings: Settings) -> None:
    """Give this process its bell; without one, workers find the work by themselves."""
    Bell.installed = Bell(settings)


def ring(kind: str) -> bool:
    return Bell.installed is not None and Bell.installed.ring(kind)


def ring_after_commit(session: ScopedSession, kind: str) -> None:
    """Ring once for each kind when the session's transaction has committed."""
    session.info.setdefault(RINGS, set()).add(kind)


@event.listens_for(ScopedSession, "after_commit")
def _ring(session: ScopedSession) -> None:
    if not session.in_nested_transaction():
        for kind in sorted(session.info.pop(RINGS, ())):
            ring(kind)


@event.listens_for(ScopedSession, "after_soft_rollback")
def _forget(session: ScopedSession, previous: Any) -> None:
    if not previous.nested:
        session.info.pop(RINGS, None)
