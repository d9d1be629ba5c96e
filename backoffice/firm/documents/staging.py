"""A file on its way in: in a nameless temporary file, hashed in pieces, its content looked at.

No database is asked, so a slow line holds no transaction open; and a line that is cut leaves
nothing behind, because a nameless file ends with its last user.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from backoffice.firm.documents.refusals import cut_short, larger_than
from backoffice.firm.documents.rules import HEAD_BYTES, HELD_CODES
from backoffice.foundation.content import examine
from backoffice.foundation.errors import Refused
from backoffice.foundation.file_names import display_name

PIECE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Staged:
    """A whole file that was looked at. `held_reason` is set where it can be kept but not used."""

    file: BinaryIO
    name: str
    media_type: str
    size: int
    sha256: str
    head: bytes
    held_code: str | None = None
    held_reason: str | None = None


@contextmanager
def staged(
    stream: BinaryIO, *, name: str, bytes_max: int, size_expected: int | None = None
) -> Iterator[Staged]:
    """Take the stream in whole and say what it is; `Refused` where it may not be kept."""
    with tempfile.TemporaryFile() as file:
        size, sha256 = _taken_in(stream, file, bytes_max)
        if size_expected is not None and size != size_expected:
            raise cut_short(size, size_expected)
        file.seek(0)
        head = file.read(HEAD_BYTES)
        file.seek(0)
        yield _looked_at(file, name, size, sha256, head)


@contextmanager
def already_read(path: Path, *, media_type: str) -> Iterator[Staged]:
    """A file of this machine that its own reader has read: what it is needs no more guessing."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
        file.seek(0)
        head = file.read(HEAD_BYTES)
        file.seek(0)
        yield Staged(file, display_name(path.name), media_type, size, sha256, head)


def _taken_in(stream: BinaryIO, file: BinaryIO, bytes_max: int) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    while piece := stream.read(PIECE_BYTES):
        size += len(piece)
        if size > bytes_max:
            raise larger_than(bytes_max)
        digest.update(piece)
        file.write(piece)
    return size, digest.hexdigest()


def _looked_at(file: BinaryIO, name: str, size: int, sha256: str, head: bytes) -> Staged:
    try:
        found = examine(file, name)
    except Refused as refused:
        if refused.code not in HELD_CODES:
            raise
        media_type = HELD_CODES[refused.code]
        shown = display_name(name)
        return Staged(file, shown, media_type, size, sha256, head, refused.code, refused.message)
    return Staged(file, found.file_name, found.media_type, size, sha256, head)
