"""Shortcuts of these tests: read some bytes, or say what they are refused for."""

from __future__ import annotations

import pytest

from backoffice.foundation.errors import Refused
from backoffice.service_lines.banking.statements.read import read
from backoffice.service_lines.banking.statements.records import Entry, Statement, StatementFile
from backoffice.service_lines.banking.statements.summary import figures_of


def read_text(text: str, encoding: str = "utf-8") -> StatementFile:
    return read(text.encode(encoding), name="statement")


def only_statement(file: StatementFile) -> Statement:
    [statement] = file.statements
    return statement


def only_entry(file: StatementFile) -> Entry:
    [entry] = only_statement(file).entries
    return entry


def figures(file: StatementFile) -> list[tuple[object, ...]]:
    """Opening, closing, entries, sum and the flag of each statement."""
    return [
        (part["opening"], part["closing"], part["entries"], part["sum"], part["balances"])
        for part in figures_of(file)["statements"]
    ]


def refusal_of(data: bytes | str, name: str = "statement") -> Refused:
    with pytest.raises(Refused) as caught:
        read(data.encode() if isinstance(data, str) else data, name=name)
    return caught.value


def place_of(refused: Refused) -> tuple[str, int | None, int | None]:
    return refused.code, refused.line, refused.column
