"""The set-based statements of the posting call, and the columns that are fed to them.

Rows travel as one array per column and are unnested in the database: one INSERT … SELECT for
the entries and one for all of their lines, never a loop.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from backoffice.foundation.ids import new_id
from backoffice.ledger.drafts import PostedEntry, Ready

LOCK_PERIODS = text(
    "SELECT p.month, p.state, p.fiscal_year, b.currency"
    " FROM period p JOIN books b ON b.client_id = p.client_id"
    " WHERE p.client_id = :client_id AND p.month = ANY(CAST(:months AS date[]))"
    " ORDER BY p.month FOR SHARE OF p"
)

POSTED_BEFORE = text(
    "SELECT e.id, e.series, e.fiscal_year, e.number, e.content_hash,"
    " e.source_kind, e.source_id, e.purpose"
    " FROM unnest(CAST(:kinds AS text[]), CAST(:ids AS uuid[]), CAST(:purposes AS text[]))"
    "   AS s(kind, id, purpose)"
    " JOIN journal_entry e ON e.client_id = :client_id"
    "   AND (e.source_kind, e.source_id, e.purpose) = (s.kind, s.id, s.purpose)"
)

ENTRY_ARRAYS = {
    "id": "uuid",
    "series": "text",
    "fiscal_year": "bigint",
    "number": "bigint",
    "sequence": "bigint",
    "accounting_date": "date",
    "tax_date": "date",
    "document_date": "date",
    "narration": "text",
    "source_kind": "text",
    "source_id": "uuid",
    "purpose": "text",
    "reverses_id": "uuid",
    "reason": "text",
    "content_hash": "bytea",
    "previous_hash": "bytea",
    "hash": "bytea",
}
ENTRY_SAME = ("client_id", "actor_kind", "actor_id", "recorded_at", "business_at")

LINE_ARRAYS = {
    "id": "uuid",
    "entry_id": "uuid",
    "line": "bigint",
    "account_id": "uuid",
    "accounting_date": "date",
    "amount_minor": "bigint",
    "currency": "text",
    "base_minor": "bigint",
    "narration": "text",
    "party_id": "uuid",
    "tax_code_id": "uuid",
    "tax_part": "text",
    "tax_rate": "numeric",
    "tax_base_minor": "bigint",
    "tax_date": "date",
}


def _insert(table: str, same: Sequence[str], arrays: dict[str, str]) -> Any:
    columns = ", ".join((*same, *arrays))
    values = ", ".join((*(f":{name}" for name in same), *arrays))
    unnested = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in arrays.items())
    return text(
        f"INSERT INTO {table} ({columns})"  # noqa: S608  names of this module, no input
        f" SELECT {values} FROM unnest({unnested}) AS arriving({', '.join(arrays)})"
    )


INSERT_ENTRIES = _insert("journal_entry", ENTRY_SAME, ENTRY_ARRAYS)
INSERT_LINES = _insert("posting", ("client_id",), LINE_ARRAYS)

MOVE_ON = text(
    "WITH numbered AS ("
    "  UPDATE number_series n SET next_number = n.next_number + g.given"
    "  FROM unnest(CAST(:series AS text[]), CAST(:fiscal_years AS bigint[]),"
    "    CAST(:given AS bigint[])) AS g(series, fiscal_year, given)"
    "  WHERE n.client_id = :client_id AND n.series = g.series AND n.fiscal_year = g.fiscal_year"
    ") UPDATE ledger_head SET sequence = :sequence, hash = :hash WHERE client_id = :client_id"
)


def entry_columns(
    fresh: Sequence[Ready],
    entries: Sequence[PostedEntry],
    hashes: Sequence[bytes],
    head: tuple[int, bytes],
) -> dict[str, list[Any]]:
    """The arrays of `INSERT_ENTRIES`."""
    sequence, previous = head
    previous_hashes = [previous, *hashes[:-1]]
    rows = []
    for place, (ready, entry) in enumerate(zip(fresh, entries, strict=True)):
        draft = ready.draft
        rows.append(
            (
                entry.id, entry.series, entry.fiscal_year, entry.number, sequence + place + 1,
                draft.on, draft.tax_date or draft.on, draft.document_date or draft.on,
                draft.narration, *draft.source, draft.reverses_id, draft.reason,
                ready.content, previous_hashes[place], hashes[place],
            )
        )  # fmt: skip
    return _columns(ENTRY_ARRAYS, rows)


def line_columns(fresh: Sequence[Ready]) -> dict[str, list[Any]]:
    """The arrays of `INSERT_LINES`."""
    return _columns(LINE_ARRAYS, [row for ready in fresh for row in _line_rows(ready)])


def _line_rows(ready: Ready) -> list[tuple[Any, ...]]:
    draft = ready.draft
    tax_date = draft.tax_date or draft.on
    rows = []
    for place, line in enumerate(draft.lines, start=1):
        tax = line.tax
        taxed: tuple[Any, ...] = (None,) * 5
        if tax is not None:
            taxed = (tax.code_id, tax.part, tax.rate, tax.base_minor, tax_date)
        rows.append(
            (
                new_id(), ready.id, place, line.account_id, draft.on, line.amount_minor,
                line.currency, line.base, line.narration, line.party_id, *taxed,
            )
        )  # fmt: skip
    return rows


def _columns(arrays: dict[str, str], rows: list[tuple[Any, ...]]) -> dict[str, list[Any]]:
    columns = zip(*rows, strict=True)
    return {name: list(column) for name, column in zip(arrays, columns, strict=True)}
