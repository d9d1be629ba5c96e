"""Exports: nothing runs in the reader's spreadsheet, numbers stay numbers, all of it reads back."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.foundation.exports import Cell, csv_pieces, harmless
from backoffice.foundation.ids import new_id
from backoffice.foundation.money import Money
from backoffice.foundation.secret import Secret


def exported(*rows: list[Cell]) -> str:
    header = [f"column {number}" for number in range(len(rows[0]))]
    return b"".join(csv_pieces(header, rows)).decode()


def read_back(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


@pytest.mark.parametrize(
    "payload",
    [
        '=HYPERLINK("http://example.com","x")',
        "@SUM(1+1)*cmd|' /C calc'!A0",
        "+1+1",
        "-1+1",
        "-12.50",
        "\t=1+1",
        "\r=1+1",
        "\0=1+1",
        "=1+1\n=2+2",
        "\uff1d1+1",
    ],
)
def test_a_text_that_would_be_calculated_is_shown_as_text(payload: str) -> None:
    assert harmless(payload) == f"'{payload}"
    _header, (cell,) = read_back(exported([payload]))
    assert cell == f"'{payload}"


@pytest.mark.parametrize("text", ["", "a=b", " =1", "'=1", "12.50", 'Ünï, "quoted"\r\nline'])
def test_any_other_text_is_stored_and_exported_as_it_is(text: str) -> None:
    assert read_back(exported([text]))[1] == ([text] if text else [""])


def test_typed_numbers_stay_numbers() -> None:
    money = Money(-1250, "GBP")
    row: list[Cell] = [money, -12, Decimal("-12.50"), Decimal("1E+3"), Money(-5, "JPY")]
    assert read_back(exported(row))[1] == ["-12.50", "-12", "-12.50", "1000", "-5"]


def test_days_ids_and_blanks_have_one_form_and_secrets_none() -> None:
    row_id = new_id()
    moment = datetime(2026, 11, 26, 14, 5, tzinfo=UTC)
    row: list[Cell] = [date(2026, 11, 26), moment, row_id, None, Secret("GB33")]
    assert read_back(exported(row))[1] == [
        "2026-11-26",
        "2026-11-26T14:05:00+00:00",
        str(row_id),
        "",
        "••••",
    ]


def test_a_value_without_a_form_or_a_row_of_another_length_is_a_mistake() -> None:
    for cell in (1.5, True, object()):
        with pytest.raises(TypeError):
            exported([cell])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="Row 2 has 1 cells under 2 heads"):
        list(csv_pieces(["a", "b"], [["1", "2"], ["1"]]))


def test_a_table_without_rows_has_its_head_and_heads_are_harmless_too() -> None:
    assert b"".join(csv_pieces(["a", "=b"], [])) == b"a,'=b\r\n"


@given(
    st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=3, max_size=3))
)
def test_whatever_is_written_reads_back(rows: list[list[str]]) -> None:
    data = b"".join(csv_pieces(["a", "b", "c"], rows)).decode()
    assert read_back(data)[1:] == [[harmless(cell) for cell in row] for row in rows]
    assert not any(
        cell.startswith(("=", "+", "-", "@", "\t", "\r", "\0"))
        for row in read_back(data)
        for cell in row
    )


def test_a_long_table_is_written_as_it_is_read() -> None:
    taken = 0

    def rows() -> Iterator[list[Cell]]:
        nonlocal taken
        for taken in range(100_000):  # noqa: B007
            yield ["x" * 50, 5]

    tracemalloc.start()
    try:
        pieces = csv_pieces(["a", "b"], rows())
        next(pieces)
        assert taken < 1_000
        assert sum(map(len, pieces)) > 5_000_000
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000
