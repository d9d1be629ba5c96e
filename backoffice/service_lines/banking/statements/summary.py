"""What `backoffice statement read` prints: the figures of a file as a plain object."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TypedDict

from .figures import as_text
from .limits import STATEMENT_BYTES_MAX
from .read import read
from .records import Statement, StatementFile


class StatementFigures(TypedDict):
    """One statement; amounts as the file gives them, `entries` counts pending ones too."""

    account: str | None
    currency: str | None
    opening: str | None
    closing: str | None
    entries: int
    sum: str
    balances: bool | None


class FileFigures(TypedDict):
    """One file with its statements in file order."""

    format: str
    version: str | None
    statements: list[StatementFigures]


def read_as_json(path: str | Path) -> FileFigures:
    """Read the file at that path; `Refused` where it cannot be read."""
    place = Path(path)
    with place.open("rb") as file:
        data = file.read(STATEMENT_BYTES_MAX + 1)  # one more, by which it is known to be too large
    return figures_of(read(data, name=place.name))


def figures_of(file: StatementFile) -> FileFigures:
    """The figures of a file that has been read."""
    return {
        "format": file.format,
        "version": file.version,
        "statements": [_figures(statement) for statement in file.statements],
    }


def _figures(statement: Statement) -> StatementFigures:
    return {
        "account": statement.account,
        "currency": statement.currency,
        "opening": _text(statement.opening),
        "closing": _text(statement.closing),
        "entries": len(statement.entries),
        "sum": as_text(statement.sum),
        "balances": statement.balances,
    }


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else as_text(amount)
