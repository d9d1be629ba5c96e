"""The lines of a chunk between reading and storing, as bytes that are sealed and kept briefly."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

LINES_PER_CHUNK_MAX = 2_000  # stored in a second or two, so nobody waits for a chunk's locks


class ReadLine(NamedTuple):
    """A booked line as it was read, with what it is known by."""

    statement_id: UUID
    bank_account_id: UUID
    position: int
    booked_on: date
    valued_on: date | None
    amount_minor: int
    currency: str
    counterparty: str | None
    counterparty_account: str | None
    reference: str | None
    bank_reference: str | None
    identifies: bool  # whether the bank's reference stands for this one line within its file
    kind: str | None
    text: str
    file_line: int
    fingerprint: bytes
    occurrence: int


def packed(lines: Iterable[ReadLine]) -> bytes:
    """The lines as bytes that `unpacked` reads."""
    rows = [
        (
            line.statement_id.hex,
            line.bank_account_id.hex,
            line.position,
            line.booked_on.isoformat(),
            line.valued_on.isoformat() if line.valued_on else None,
            *line[5:15],
            line.fingerprint.hex(),
            line.occurrence,
        )
        for line in lines
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()


def unpacked(content: bytes) -> list[ReadLine]:
    """The lines of a chunk, in their order."""
    return [_line(row) for row in json.loads(content)]


def chunks(lines: Sequence[ReadLine]) -> Iterable[Sequence[ReadLine]]:
    """The lines in pieces that are each stored at once."""
    for start in range(0, len(lines), LINES_PER_CHUNK_MAX):
        yield lines[start : start + LINES_PER_CHUNK_MAX]


def _line(row: list[Any]) -> ReadLine:
    statement, account, position, booked, valued, *rest, mark, occurrence = row
    said = (*rest, bytes.fromhex(mark), occurrence)
    return ReadLine(
        _id(statement),
        _id(account),
        position,
        date.fromisoformat(booked),
        date.fromisoformat(valued) if valued else None,
        *said,
    )


@lru_cache(maxsize=256)
def _id(text: str) -> UUID:
    """Thousands of lines have the same statement and the same account."""
    return UUID(text)
