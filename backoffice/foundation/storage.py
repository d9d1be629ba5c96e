"""Where files lie: outside the web root, one folder per client, each named by its content's hash.

    <root>/clients/<client id>/<first two of the hash>/<sha256 of the content>
    <root>/temporary/<random name>          on its way in; swept when nobody finishes it

A file is written beside, hashed in pieces, forced to disk, and then renamed: it is there whole or
not at all. The row that names it comes last. No name given by a person is ever part of a path.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import time
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit
from uuid import UUID

from backoffice.foundation import formatting
from backoffice.foundation.errors import BadInput, IntegrityFailure, NotFound, Refused, TooLarge
from backoffice.foundation.language import _
from backoffice.foundation.sealed_files import SealingWriter, decrypt_stream

PIECE_BYTES = 64 * 1024
SIZE_MAX = 100_000_000  # of any one file; what a kind of file may have is in content
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that is safely kept: its key in the storage, the hash and size of its content."""

    key: str
    sha256: str
    size: int


class StorageFull(Refused):
    """The disk is full: nothing was kept, and it works again when there is room."""

    code = "storage_full"
    http_status = 503


class Storage(Protocol):
    """What every kind of storage can do."""

    def put(
        self,
        client_id: UUID,
        stream: BinaryIO,
        key: bytes | None,
        *,
        size_max: int = SIZE_MAX,
        size_expected: int | None = None,
    ) -> Stored:
        """Keep all of the stream, sealed with the client's key where one is given."""

    def open(self, client_id: UUID, storage_key: str, key: bytes | None) -> BinaryIO:
        """Read it from start to end; `IntegrityFailure` when it is not what was kept."""

    def delete(self, client_id: UUID, storage_key: str) -> None:
        """Remove it; nothing happens when it is not there."""

    def sweep_temporary(self, older_than: timedelta) -> int:
        """Remove what was begun and not finished; how many there were."""


def storage_from(url: str) -> Storage:
    """The storage that `STORAGE_URL` names."""
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost") or not parts.path:
        raise BadInput(
            _(
                "Files cannot be kept at a “%(scheme)s” address. "
                "Set STORAGE_URL to a folder, such as file:///var/lib/backoffice/files.",
                scheme=parts.scheme or url[:20],
            ),
            code="storage_unknown",
        )
    return LocalStorage(Path(unquote(parts.path)))


class LocalStorage:
    """Files in a folder of this machine, readable by this user alone."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.temporary = root / "temporary"

    def put(
        self,
        client_id: UUID,
        stream: BinaryIO,
        key: bytes | None,
        *,
        size_max: int = SIZE_MAX,
        size_expected: int | None = None,
    ) -> Stored:
        """Keep the stream's content; the same content again is kept once."""
        temporary = self._begin()
        try:
            stored = _written(temporary, client_id, stream, key, size_max)
            if size_expected is not None and stored.size != size_expected:
                raise _incomplete(stored.size, size_expected)
            self._settle(temporary, self._place(client_id, stored.key))
        except OSError as error:
            raise _refusal(error) from error
        finally:
            temporary.unlink(missing_ok=True)
        return stored

    def open(self, client_id: UUID, storage_key: str, key: bytes | None) -> BinaryIO:
        """The content as a stream that cannot be sought in; close it, or use `with`."""
        try:
            file = self._place(client_id, storage_key).open("rb")
        except FileNotFoundError:
            raise NotFound(_("This file is not there any more.")) from None
        try:
            pieces = _pieces(file, _name(client_id, storage_key), storage_key, key)
        except BaseException:
            file.close()
            raise
        return io.BufferedReader(_Pieces(pieces, file), PIECE_BYTES)

    def delete(self, client_id: UUID, storage_key: str) -> None:
        """Remove the file."""
        self._place(client_id, storage_key).unlink(missing_ok=True)

    def sweep_temporary(self, older_than: timedelta) -> int:
        """Remove uploads that nobody has written to for so long (by the real clock)."""
        limit = time() - older_than.total_seconds()
        swept = 0
        for path in self.temporary.glob("*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < limit:
                    path.unlink()
                    swept += 1
        return swept

    def _begin(self) -> Path:
        try:
            self.temporary.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self.temporary / secrets.token_hex(16)
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except OSError as error:
            raise _refusal(error) from error
        return path

    def _place(self, client_id: UUID, storage_key: str) -> Path:
        # A UUID and 64 hexadecimal digits are all that a path is made of, so none leads elsewhere.
        if not isinstance(client_id, UUID) or not _SHA256.fullmatch(storage_key):
            raise NotFound(_("This file is not there any more."))
        return self.root / "clients" / str(client_id) / storage_key[:2] / storage_key

    def _settle(self, temporary: Path, place: Path) -> None:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary.replace(place)
        for folder in (place.parent, place.parent.parent):
            _force_to_disk(folder)


def _written(
    temporary: Path, client_id: UUID, stream: BinaryIO, key: bytes | None, size_max: int
) -> Stored:
    digest, size = hashlib.sha256(), 0
    with temporary.open("r+b") as file:
        writer = SealingWriter(key, file) if key is not None else file
        while piece := stream.read(PIECE_BYTES):
            size += len(piece)
            if size > size_max:
                raise _too_large(size_max)
            digest.update(piece)
            writer.write(piece)
        if isinstance(writer, SealingWriter):
            writer.finish(_name(client_id, digest.hexdigest()))
        file.flush()
        os.fsync(file.fileno())
    return Stored(digest.hexdigest(), digest.hexdigest(), size)


def _name(client_id: UUID, storage_key: str) -> str:
    return f"{client_id}/{storage_key}"


def _force_to_disk(folder: Path) -> None:
    """A rename lasts only when the folder that holds the name has been written too."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _pieces(file: BinaryIO, name: str, sha256: str, key: bytes | None) -> Iterator[bytes]:
    if key is not None:
        return decrypt_stream(key, file, name=name)
    return _verified(file, sha256)


def _verified(file: BinaryIO, sha256: str) -> Iterator[bytes]:
    digest = hashlib.sha256()
    while piece := file.read(PIECE_BYTES):
        digest.update(piece)
        yield piece
    if digest.hexdigest() != sha256:
        raise IntegrityFailure("A stored file does not have the hash it is named by")


class _Pieces(io.RawIOBase):
    """A stream over pieces that come from a file, which it closes at the end."""

    def __init__(self, pieces: Iterator[bytes], file: BinaryIO) -> None:
        self._pieces = pieces
        self._file = file
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        size = min(len(target), len(self._rest))
        target[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size

    def close(self) -> None:
        self._file.close()
        super().close()


def _too_large(size_max: int) -> TooLarge:
    limit = formatting.file_size(size_max)
    return TooLarge(_("The file is larger than %(limit)s, the most that is accepted.", limit=limit))


def _incomplete(size: int, expected: int) -> BadInput:
    return BadInput(
        _(
            "Only %(size)s of %(expected)s arrived, so nothing was kept. Please send it again.",
            size=formatting.file_size(size),
            expected=formatting.file_size(expected),
        ),
        code="upload_incomplete",
    )


def _refusal(error: OSError) -> Exception:
    if error.errno not in _NO_ROOM:
        return error
    return StorageFull(
        _("There is no room to keep files just now. Nothing was kept; please try again later.")
    )
