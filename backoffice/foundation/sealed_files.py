"""Files encrypted piece by piece, in constant memory, so that no part can be cut, moved or swapped.

    header   magic 4 | version, key id, nonce, wrapped file key and tag
    frames   64 KiB of the file each, the last one shorter or full, each with its 16-byte tag

Every file has a random key of its own, wrapped by the client's key together with the file's
name. A frame's nonce is its number and a mark on the last frame, so a missing, repeated or moved
frame, or an end that is not the end, does not open. Reading is from start to end only.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backoffice.foundation import encryption
from backoffice.foundation.errors import IntegrityFailure

MAGIC = b"BOF1"
FRAME_BYTES = 64 * 1024
_SEALED_FRAME_BYTES = FRAME_BYTES + encryption.TAG_BYTES
_HEADER_BYTES = len(MAGIC) + encryption.OVERHEAD_BYTES + encryption.KEY_BYTES


class SealingWriter:
    """Writes a sealed file whose name is known only at the end (it is the content's hash).

    The target must be seekable: the header is written last, and a file without one never opens.
    """

    def __init__(self, client_key: bytes, target: BinaryIO) -> None:
        self._wrapping_key = encryption.file_key(client_key)
        self._target = target
        self._key = os.urandom(encryption.KEY_BYTES)
        self._cipher = AESGCM(self._key)
        self._frames = 0
        self._waiting = bytearray()
        target.write(bytes(_HEADER_BYTES))

    def write(self, piece: bytes) -> None:
        """Take a piece of any size; full frames are written on as they come about."""
        self._waiting += piece
        # The last full frame waits too: only `finish` knows that it is the last.
        while len(self._waiting) > FRAME_BYTES:
            self._write_frame(bytes(self._waiting[:FRAME_BYTES]), last=False)
            del self._waiting[:FRAME_BYTES]

    def finish(self, name: str) -> None:
        """Write the last frame and the header, which binds the file to its name."""
        self._write_frame(bytes(self._waiting), last=True)
        self._target.seek(0)
        self._target.write(MAGIC + encryption.seal_key(self._wrapping_key, self._key, name))
        self._target.seek(0, os.SEEK_END)

    def _write_frame(self, frame: bytes, *, last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._frames, last=last), frame, None))
        self._frames += 1


def encrypt_stream(client_key: bytes, source: BinaryIO, target: BinaryIO, *, name: str) -> None:
    """Seal all of `source` into `target` (seekable) under a name that is known beforehand."""
    writer = SealingWriter(client_key, target)
    while piece := source.read(FRAME_BYTES):
        writer.write(piece)
    writer.finish(name)


def decrypt_stream(client_key: bytes, source: BinaryIO, *, name: str) -> Iterator[bytes]:
    """The pieces of the file; `IntegrityFailure` at the first that is not as it was written.

    A piece that has been given out was right. That none is missing is known only when the
    iteration ends without a raise.
    """
    header = _exactly(source, _HEADER_BYTES)
    if not header.startswith(MAGIC):
        raise IntegrityFailure("This is not a sealed file")
    wrapping_key = encryption.file_key(client_key)
    key = encryption.open_key(wrapping_key, header[len(MAGIC) :], name)
    return _frames(AESGCM(key), source)


def _frames(cipher: AESGCM, source: BinaryIO) -> Iterator[bytes]:
    number, frame = 0, _exactly(source, _SEALED_FRAME_BYTES)
    while True:
        following = _exactly(source, _SEALED_FRAME_BYTES)
        try:
            yield cipher.decrypt(_nonce(number, last=not following), frame, None)
        except InvalidTag:
            raise IntegrityFailure("A sealed file is damaged, cut or joined") from None
        if not following:
            return
        number, frame = number + 1, following


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(encryption.NONCE_BYTES - 1, "big") + bytes([last])


def _exactly(source: BinaryIO, size: int) -> bytes:
    """So many bytes unless the file ends, however little a single read gives."""
    pieces = bytearray()
    while len(pieces) < size and (piece := source.read(size - len(pieces))):
        pieces += piece
    return bytes(pieces)
