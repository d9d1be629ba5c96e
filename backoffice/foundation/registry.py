"""What service lines offer to the rest of the house, registered by each line's `catalogue.py`.

The firm, the worker and the month's close read the registry; they never import a line by name.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from backoffice.foundation.timetable import LocalTimes

if TYPE_CHECKING:
    from backoffice.foundation.runtime import Runtime
    from backoffice.foundation.tenancy import ScopedSession


@dataclass(frozen=True)
class Failure:
    """A broken invariant: what should hold, what was found, and how many records are wrong."""

    invariant: str
    message: str
    records: int


@dataclass(frozen=True)
class Check:
    """One invariant of a client's data, asked by `backoffice check` and by the month's close."""

    name: str
    find: Callable[[ScopedSession, Runtime], Sequence[Failure]]


@dataclass(frozen=True)
class DocumentKind:
    """A kind of file that a line knows what to do with.

    `recognises(head, name)` looks at the first bytes; `received(session, document_id, runtime)`
    runs in the transaction that stores the document and opens whatever work follows from it.
    """

    name: str
    recognises: Callable[[bytes, str], bool]
    received: Callable[[ScopedSession, UUID, Runtime], None]


@dataclass(frozen=True)
class BatchKind:
    """Work in the background. `run(session, item, runtime)` does one item for the client in scope.

    `finished(session, batch, runtime)` runs once, in the transaction that completes the last item
    (again if a failed item was retried and the batch came to its end anew).
    `failed(session, item, message, runtime)` runs when an item was given up; without one the
    registry's `item_failed` does. An error that is no refusal is tried `attempts_max` times. A
    worker takes up to `claim_max` items at once: few where one takes longer than a moment, or the
    others would stand idle beside it.
    """

    name: str
    title: Callable[[], str]
    run: Callable[[ScopedSession, Any, Runtime], None]
    finished: Callable[[ScopedSession, Any, Runtime], None] | None = None
    failed: Callable[[ScopedSession, Any, str, Runtime], None] | None = None
    attempts_max: int = 5
    claim_max: int = 50


@dataclass(frozen=True)
class Schedule:
    """A duty of the firm that falls due by a local clock.

    `due(session, due_at, runtime)` runs once per due instant, in schema `firm` alone, in the
    transaction that notes it: it opens the batches that do the work. `catch_up` says what happens
    to what fell due while no worker ran: all of it, the latest alone, or none.
    """

    name: str
    times: LocalTimes
    due: Callable[[ScopedSession, datetime, Runtime], None]
    catch_up: Literal["all", "latest", "none"] = "latest"


@dataclass
class Registry:
    """All that the lines have registered, by name."""

    checks: dict[str, Check] = field(default_factory=dict)
    document_kinds: dict[str, DocumentKind] = field(default_factory=dict)
    batch_kinds: dict[str, BatchKind] = field(default_factory=dict)
    schedules: dict[str, Schedule] = field(default_factory=dict)
    item_failed: Callable[[ScopedSession, Any, str, Runtime], None] | None = None

    def add(self, offer: Check | DocumentKind | BatchKind | Schedule) -> None:
        shelves: dict[type, dict[str, Any]] = {
            Check: self.checks,
            DocumentKind: self.document_kinds,
            BatchKind: self.batch_kinds,
            Schedule: self.schedules,
        }
        shelf = shelves[type(offer)]
        if offer.name in shelf:
            raise ValueError(f"{offer.name} was registered twice.")
        shelf[offer.name] = offer


registry = Registry()


def load_catalogues() -> Registry:
    """Import every `catalogue.py` of the business, once; each registers what it offers."""
    import backoffice

    for module in pkgutil.walk_packages(backoffice.__path__, "backoffice."):
        if module.name.endswith(".catalogue"):
            importlib.import_module(module.name)
    return registry
