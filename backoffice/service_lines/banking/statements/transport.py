"""A statement file as lines of JSON, from the confined child to the process that asked.

The first line tells of the file; then each statement has a line of its own, and its entries
follow in chunks. The last line is `"end"`: an answer without it is not complete, and not taken.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from .limits import ENTRIES_PER_ANSWER_LINE
from .records import Entry, Statement, StatementFile

END = "end"


class BrokenAnswer(Exception):
    """The child's answer is not one that `lines_of` writes."""


def lines_of(file: StatementFile) -> Iterator[bytes]:
    """The file as lines, each a JSON value of its own."""
    yield _line([file.format, file.version, file.securities_left_out, len(file.statements)])
    for statement in file.statements:
        yield _line(_statement_values(statement))
        entries = statement.entries
        for start in range(0, len(entries), ENTRIES_PER_ANSWER_LINE):
            chunk = entries[start : start + ENTRIES_PER_ANSWER_LINE]
            yield _line([_entry_values(entry) for entry in chunk])
    yield _line(END)


def file_of(values: Iterable[Any], *, name: str) -> StatementFile:
    """The file of an answer whose lines have been read as JSON; `BrokenAnswer` if it is none."""
    answer = iter(values)
    try:
        kind, version, securities, count = next(answer)
        statements = tuple(_statement_of(answer) for _number in range(count))
        if next(answer) != END:
            raise BrokenAnswer
    except (StopIteration, RuntimeError, TypeError, ValueError, ArithmeticError) as error:
        raise BrokenAnswer from error
    return StatementFile(name, kind, version, statements, securities)


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _entry_values(entry: Entry) -> list[Any]:
    amount, booked, valued, *rest = entry
    return [str(amount), _day_text(booked), _day_text(valued), *rest]


def _entry_of(values: list[Any]) -> Entry:
    amount, booked, valued, *rest = values
    return Entry(Decimal(amount), _day(booked), _day(valued), *rest)


def _statement_values(statement: Statement) -> list[Any]:
    opening, closing = statement.opening, statement.closing
    return [
        statement.account,
        statement.currency,
        None if opening is None else str(opening),
        None if closing is None else str(closing),
        _day_text(statement.opening_on),
        _day_text(statement.closing_on),
        statement.identifier,
        statement.bank,
        len(statement.entries),
    ]


def _statement_of(answer: Iterator[Any]) -> Statement:
    account, currency, opening, closing, opening_on, closing_on, identifier, bank, count = next(
        answer
    )
    entries: list[Entry] = []
    while len(entries) < count:
        entries.extend(map(_entry_of, next(answer)))
    return Statement(
        account=account,
        currency=currency,
        opening=None if opening is None else Decimal(opening),
        closing=None if closing is None else Decimal(closing),
        opening_on=_day(opening_on),
        closing_on=_day(closing_on),
        identifier=identifier,
        bank=bank,
        entries=tuple(entries),
    )


def _day_text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


@lru_cache(maxsize=4096)
def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
