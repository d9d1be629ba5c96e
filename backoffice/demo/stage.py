"""Where the demonstration plays: both apps' logins, and who acts for whom.

What staff do goes through the workbench's login, what clients do through the portal's, each with
the acting person: row-level security and the audit see what they would see from the pages.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from uuid import UUID

from backoffice.demo.running import Demo, Say
from backoffice.firm.clients.queries import house_of
from backoffice.firm.staff.queries import operator_id
from backoffice.foundation.batches import bell
from backoffice.foundation.embedded.locks import hold, try_to_hold
from backoffice.foundation.errors import Refused
from backoffice.foundation.identity.sessions import Browser
from backoffice.foundation.language import _
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import Actor, ScopedSession

READING_SECONDS_MAX = 120.0  # of a demo file, on a machine that has other things to do
LOOK_AGAIN_SECONDS = 0.1
BROWSER = Browser(name="Demo", address="127.0.0.1")
WaitUntil = Callable[[Callable[[], bool]], None]
Acting = AbstractContextManager[ScopedSession]


class WorkersTooSlow(Refused):
    code = "workers_too_slow"
    http_status = 503


@dataclass(frozen=True)
class Stage:
    """`wait_until` returns when the workers have made something true, or raises."""

    workbench: Runtime
    portal: Runtime
    wait_until: WaitUntil
    note: Callable[[str, str], None]  # whose line it is, and what it says

    @cached_property
    def house(self) -> UUID:
        with self.workbench.doors.firm_wide(because="which client is the house") as session:
            return house_of(session)

    @cached_property
    def operator(self) -> UUID:
        with self.workbench.doors.firm_wide(because="the operator acts") as session:
            return operator_id(session)

    def at_house(self, staff: UUID) -> Acting:
        """A colleague at what concerns the firm."""
        return self.as_staff(staff, self.house)

    def as_staff(self, staff: UUID, client: UUID) -> Acting:
        """A colleague at a client's pages of the workbench."""
        return self.workbench.doors.acting_for(client, by=Actor("staff", staff))

    def as_person(self, person: UUID, client: UUID) -> Acting:
        """Somebody of the client in the portal."""
        return self.portal.doors.acting_for(client, by=Actor("person", person))


@contextmanager
def on_stage(demo: Demo, *, note: Callable[[str, str], None]) -> Iterator[Stage]:
    """The stage over a demonstration that runs: its own workers do what is in the background."""
    bell.install(demo.settings)
    workbench = Runtime.start(demo.settings, role="workbench", pool_size=2)
    portal = Runtime.start(demo.settings, role="portal", pool_size=2)
    try:
        yield Stage(workbench, portal, patience(demo), note)
    finally:
        workbench.doors.engine.dispose()
        portal.doors.engine.dispose()


@contextmanager
def alone(data: Path, *, say: Say) -> Iterator[None]:
    """One play at a time on the same data: two bookkeepers would code the same lines."""
    data.mkdir(parents=True, exist_ok=True)
    file = data / "play.lock"
    file.touch(mode=0o600)
    lock = try_to_hold(file, fcntl.LOCK_EX)
    if lock is None:
        say(_("Another play is under way on these data; waiting for its end."))
        lock = hold(file, fcntl.LOCK_EX)
    with lock:
        yield


def patience(demo: Demo) -> WaitUntil:
    """Look again until it is true; not for ever, and not beside processes that have ended."""

    def wait_until(is_true: Callable[[], bool]) -> None:
        until = time.monotonic() + READING_SECONDS_MAX
        while not is_true():
            demo.processes.refuse_ended()
            if time.monotonic() > until:
                logs = demo.processes.logs
                raise WorkersTooSlow(
                    _("The workers have not read a file. Their logs: %(logs)s", logs=logs)
                )
            time.sleep(LOOK_AGAIN_SECONDS)

    return wait_until
