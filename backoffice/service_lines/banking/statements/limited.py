"""Reading an upload in a child process that can do no harm and cannot run on.

    read_limited(storage.open(...), name="march.xml") -> StatementFile

The child has 512 MB, 20 seconds of CPU and no network, no files to write, no processes to start;
it dies with us. Whatever stops it is a refusal in plain words, like any other.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from backoffice.foundation.errors import BadInput
from backoffice.foundation.language import _, current_locale

from .limits import ANSWER_LINE_BYTES_MAX, CHILD_WALL_SECONDS
from .records import StatementFile
from .refusals import ReadingStopped
from .transport import BrokenAnswer, file_of

_CHILD = f"{__package__}.confined"
_PROJECT = Path(__file__).resolve().parents[4]
_log = logging.getLogger(__name__)


def read_limited(
    source: bytes | Path | IO[bytes], name: str, *, wall_seconds: float = CHILD_WALL_SECONDS
) -> StatementFile:
    """The file's statements, complete or not at all; `Refused` where it cannot be read."""
    with _as_input(source) as file, _child(file, name, wall_seconds) as answer:
        try:
            return file_of(_values(answer, name), name=name)
        except BrokenAnswer:
            raise _stopped(name) from None


@contextmanager
def _as_input(source: bytes | Path | IO[bytes]) -> Iterator[IO[bytes]]:
    """Something that a child can read as its standard input."""
    if isinstance(source, Path):
        with source.open("rb") as file:
            yield file
        return
    # Memory without a name: what is decrypted here never lies on a disk.
    with os.fdopen(os.memfd_create("statement"), "w+b") as file:
        if isinstance(source, bytes):
            file.write(source)
        else:
            shutil.copyfileobj(source, file)
        file.seek(0)
        yield file


@contextmanager
def _child(file: IO[bytes], name: str, wall_seconds: float) -> Iterator[IO[bytes]]:
    """The child's answer. It is killed at the end, whether it has ended or not."""
    words = [name, current_locale(), str(os.getpid())]
    with subprocess.Popen(
        [sys.executable, "-B", "-m", _CHILD, *words],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={"PYTHONPATH": str(_PROJECT), "PYTHONUTF8": "1"},  # none of our secrets
    ) as process:
        timer = threading.Timer(wall_seconds, process.kill)
        timer.start()
        try:
            assert process.stdout is not None  # noqa: S101 - asked for above
            yield process.stdout
        finally:
            timer.cancel()
            process.kill()


def _values(answer: IO[bytes], name: str) -> Iterator[Any]:
    """The lines as JSON; a refusal or a failure among them is raised."""
    while line := answer.readline(ANSWER_LINE_BYTES_MAX):
        if not line.endswith(b"\n"):
            raise BrokenAnswer
        try:
            value = json.loads(line)
        except ValueError as error:
            raise BrokenAnswer from error
        if isinstance(value, dict):
            raise _refusal(value, name)
        yield value


def _refusal(value: dict[str, Any], name: str) -> BadInput:
    """What the child says instead of statements."""
    if refused := value.get("refused"):
        return BadInput(refused.pop("message"), **refused)
    if failed := value.get("failed"):
        _log.error("reading a statement failed: %s", failed)
        return ReadingStopped(
            _("The file could not be read, through a fault of ours that has been noted."),
            code="reader_failed",
            file=name,
        )
    return _stopped(name)


def _stopped(name: str) -> ReadingStopped:
    return ReadingStopped(
        _(
            "Reading the file took more time or memory than a bank statement needs, and was "
            "stopped. Ask the bank for shorter periods, or for the file again."
        ),
        file=name,
    )
