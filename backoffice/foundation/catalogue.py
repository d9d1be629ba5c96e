"""What the foundation itself offers to the worker: the sending of mail, and sweeping up."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from backoffice.foundation import mail
from backoffice.foundation.language import _
from backoffice.foundation.registry import BatchKind, Schedule, registry
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import ScopedSession
from backoffice.foundation.timetable import LocalTimes

MAIL_ATTEMPTS_MAX = 8  # a mail server that is away for an hour is nobody's work item yet
UPLOAD_LIFE_MAX = timedelta(hours=1)  # what was begun longer ago is never finished
EVERY_HOUR = LocalTimes("UTC", tuple(time(hour) for hour in range(24)))


def sweep_temporary_files(session: ScopedSession, due_at: datetime, runtime: Runtime) -> None:  # noqa: ARG001 - a schedule's signature
    """Remove what an upload left that was cut off."""
    runtime.storage.sweep_temporary(UPLOAD_LIFE_MAX)


registry.add(
    BatchKind(
        name=mail.KIND,
        title=lambda: _("Mail"),
        run=mail.send,
        attempts_max=MAIL_ATTEMPTS_MAX,
        claim_max=5,  # a server may take its time with each
    )
)
registry.add(Schedule("sweep_temporary_files", EVERY_HOUR, sweep_temporary_files))
