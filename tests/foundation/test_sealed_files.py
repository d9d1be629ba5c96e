"""Sealed files: whole, in order, unmixed and under their own name, or not at all."""

from __future__ import annotations

import io
import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice.foundation.encryption import Keyring
from backoffice.foundation.errors import IntegrityFailure
from backoffice.foundation.sealed_files import (
    FRAME_BYTES,
    SealingWriter,
    decrypt_stream,
    encrypt_stream,
)

KEYRING = Keyring(b"installation key of the tests..." * 2)
KEY = KEYRING.unwrap(KEYRING.new_client_key())
SEALED_FRAME = FRAME_BYTES + 16
HEADER = 4 + 1 + 4 + 12 + 32 + 16


def sealed(content: bytes, name: str = "a") -> bytes:
    target = io.BytesIO()
    encrypt_stream(KEY, io.BytesIO(content), target, name=name)
    return target.getvalue()


def opened(file: bytes, name: str = "a", key: bytes = KEY) -> bytes:
    return b"".join(decrypt_stream(key, io.BytesIO(file), name=name))


def three_frames() -> tuple[bytes, list[bytes]]:
    """A header and the sealed frames of a file of three."""
    file = sealed(b"1" * FRAME_BYTES + b"2" * FRAME_BYTES + b"3" * 10)
    cuts = [HEADER, HEADER + SEALED_FRAME, HEADER + 2 * SEALED_FRAME, len(file)]
    return file[:HEADER], [file[start:end] for start, end in pairwise(cuts)]


@pytest.mark.parametrize("size", [0, 1, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1])
@pytest.mark.parametrize("frames", [0, 1, 2])
def test_a_file_of_any_size_comes_back(size: int, frames: int) -> None:
    content = bytes(range(256)) * (FRAME_BYTES // 256) * frames + b"x" * size
    file = sealed(content)
    assert opened(file) == content
    assert len(file) == HEADER + len(content) + 16 * max(1, -(-len(content) // FRAME_BYTES))


@settings(max_examples=25)
@given(st.lists(st.integers(0, 100_000), max_size=6))
def test_it_does_not_matter_in_which_pieces_it_is_written(sizes: list[int]) -> None:
    target = io.BytesIO()
    writer = SealingWriter(KEY, target)
    for number, size in enumerate(sizes):
        writer.write(bytes([number]) * size)
    writer.finish("a")
    assert opened(target.getvalue()) == b"".join(bytes([n]) * s for n, s in enumerate(sizes))


@pytest.mark.parametrize(
    "order",
    [
        pytest.param([0, 1], id="the end is missing"),
        pytest.param([0], id="only the first frame is left"),
        pytest.param([], id="nothing is left"),
        pytest.param([1, 2], id="the first is missing"),
        pytest.param([0, 2], id="one in the middle is missing"),
        pytest.param([1, 0, 2], id="two are swapped"),
        pytest.param([0, 0, 1, 2], id="one is repeated"),
        pytest.param([0, 1, 2, 2], id="something follows the end"),
    ],
)
def test_frames_cannot_be_cut_moved_or_repeated(order: list[int]) -> None:
    header, frames = three_frames()
    assert opened(header + b"".join(frames)), "the file was whole to begin with"
    with pytest.raises(IntegrityFailure):
        opened(header + b"".join(frames[number] for number in order))


def test_frames_of_two_files_of_one_client_cannot_be_mixed() -> None:
    one, other = sealed(b"1" * 3 * FRAME_BYTES), sealed(b"2" * 3 * FRAME_BYTES)
    at = HEADER + SEALED_FRAME
    with pytest.raises(IntegrityFailure):
        opened(one[:at] + other[at : at + SEALED_FRAME] + one[at + SEALED_FRAME :])


def test_a_whole_file_does_not_open_under_another_name() -> None:
    with pytest.raises(IntegrityFailure):
        opened(sealed(b"salaries", "a"), name="b")


def test_a_file_does_not_open_with_another_clients_key() -> None:
    with pytest.raises(IntegrityFailure):
        opened(sealed(b"x"), key=KEYRING.unwrap(KEYRING.new_client_key()))


def test_a_byte_changed_or_cut_anywhere_is_noticed() -> None:
    file = sealed(b"short")
    for position in range(len(file)):
        changed = bytearray(file)
        changed[position] ^= 0x80
        with pytest.raises(IntegrityFailure):
            opened(bytes(changed))
        with pytest.raises(IntegrityFailure):
            opened(file[:position])


def test_a_file_whose_writing_was_not_finished_never_opens() -> None:
    target = io.BytesIO()
    writer = SealingWriter(KEY, target)
    writer.write(b"1" * 3 * FRAME_BYTES)
    with pytest.raises(IntegrityFailure):
        opened(target.getvalue())


def test_the_first_piece_that_is_given_out_is_right() -> None:
    header, frames = three_frames()
    pieces = decrypt_stream(KEY, io.BytesIO(header + frames[0] + frames[2]), name="a")
    assert next(pieces) == b"1" * FRAME_BYTES
    with pytest.raises(IntegrityFailure):
        next(pieces)


class Trickle(io.RawIOBase):
    """A source that gives little at a time, and no end of it: a pipe."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int = -1) -> bytes:
        given = min(size, 1000, self.left)
        self.left -= given
        return b"x" * given


class Counter(io.RawIOBase):
    """A target that keeps nothing."""

    written = 0

    def write(self, piece: bytes) -> int:  # type: ignore[override]
        self.written += len(piece)
        return len(piece)

    def seek(self, position: int, _whence: int = 0) -> int:
        return position


def test_a_large_file_needs_no_more_memory_than_a_small_one() -> None:
    size = 20 * 1024 * 1024
    target = Counter()
    tracemalloc.start()
    try:
        encrypt_stream(KEY, Trickle(size), target, name="a")  # type: ignore[arg-type]
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert target.written > size
    assert peak < 1024 * 1024
