"""Importing a statement: what is new, known, contradicted or held back."""

from __future__ import annotations

from pathlib import Path

from tests.service_lines.banking.files import bought, imported, lines_of, statement, written
from tests.support.cast import Cast


def test_the_lines_of_a_statement_are_stored_once(cast: Cast, tmp_path: Path) -> None:
    path = written(tmp_path, statement(bought(2, -184_260), bought(3, 480_000)))
    first = imported(cast, path)
    again = imported(cast, path)
    assert (first["new"], first["known"], first["held_back"]) == (2, 0, 0)
    assert (again["new"], again["known"], again["held_back"]) == (0, 2, 0)
    assert [line.amount_minor for line in lines_of(cast)] == [-184_260, 480_000]
