"""Logs: one JSON object a line on standard error, with who and for whom, and nobody's data.

Ids of the request, the client and the actor come from the context, so no call needs to give them.
What is logged besides is ids, counts and states:

    logger.info("statement imported", extra={"fields": {"lines": 12, "import_id": row.id}})

An exception is logged by its type and its places in the code, never by its message: a database's
message repeats the row. A Secret is a mask wherever it is put.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TextIO
from uuid import UUID

from backoffice.foundation.secret import Secret

TEXT_MAX = 500  # letters of one value
FRAMES_MAX = 30  # of one exception, the innermost
_HOME = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class LogContext:
    """Whose work is being done: ids only."""

    request_id: str | None = None
    client_id: str | None = None
    actor_id: str | None = None


_NOBODY = LogContext()
_context: ContextVar[LogContext] = ContextVar("log_context", default=_NOBODY)


def current_context() -> LogContext:
    """The ids that every line carries at this place."""
    return _context.get()


def add_to_context(
    *,
    request_id: UUID | str | None = None,
    client_id: UUID | str | None = None,
    actor_id: UUID | str | None = None,
) -> None:
    """From here to the end of the enclosing `log_context`; what is not named stays."""
    given = {"request_id": request_id, "client_id": client_id, "actor_id": actor_id}
    named = {name: str(value) for name, value in given.items() if value is not None}
    _context.set(replace(_context.get(), **named))


@contextmanager
def log_context(
    *,
    request_id: UUID | str | None = None,
    client_id: UUID | str | None = None,
    actor_id: UUID | str | None = None,
) -> Iterator[None]:
    """One request or job: every line inside carries these ids, none outside does."""
    token = _context.set(_context.get())
    try:
        add_to_context(request_id=request_id, client_id=client_id, actor_id=actor_id)
        yield
    finally:
        _context.reset(token)


def set_up_logs(*, level: str = "INFO", stream: TextIO | None = None) -> None:
    """All loggers, and Python's warnings, into this one form; called once by each process."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(True)


class JsonLines(logging.Formatter):
    """A record as one line of ASCII, so that no value can begin a new line or colour a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        context = current_context()
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
            "request_id": context.request_id,
            "client_id": context.client_id,
            "actor_id": context.actor_id,
        }
        line |= {name: value for name, value in _fields(record).items() if name not in line}
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = _exception(record.exc_info[1])
        return json.dumps(line, ensure_ascii=True)


def _message(record: logging.LogRecord) -> str:
    try:
        return _cut(
            str(record.msg) % _safe_arguments(record.args) if record.args else str(record.msg)
        )
    except (TypeError, ValueError, KeyError):
        return _cut(str(record.msg))


def _safe_arguments(arguments: object) -> object:
    """Arguments of any type may hold a person's data; only plain values are written out."""
    if isinstance(arguments, Mapping):
        return {name: _plain(value) for name, value in arguments.items()}
    if isinstance(arguments, tuple):
        return tuple(_plain(value) for value in arguments)
    return _plain(arguments)


def _fields(record: logging.LogRecord) -> dict[str, object]:
    fields = getattr(record, "fields", None)
    if not isinstance(fields, Mapping):
        return {}
    return {f"{name}": _plain(value) for name, value in fields.items()}


def _plain(value: object) -> object:
    """Numbers as they are, ids and days as text, texts cut; of anything else the type alone."""
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return _cut(value)
        case UUID() | Decimal() | date() | Path() | Secret():
            return str(value)
        case list() | tuple() | set() | frozenset():
            return [_plain(item) for item in value][:FRAMES_MAX]
    return f"<{type(value).__name__}>"


def _exception(error: BaseException) -> dict[str, object]:
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES_MAX:]
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return {
        "type": f"{type(error).__module__}.{type(error).__qualname__}",
        "at": [f"{_shortened(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames],
        **({"because": _exception(cause)} if cause is not None else {}),
    }


def _shortened(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(_HOME)) if path.is_relative_to(_HOME) else path.name


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_MAX else text[:TEXT_MAX] + "…"
