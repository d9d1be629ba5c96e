"""The set-based statements of the posting call, and the columns that are fed to them.

Rows travel as one array per column and are unnested in the database: one INSERT … SELECT for
the entries and one for all of their lines, in one statement, never a loop. The arrays are written
as literals here: the driver looks at each value of an array several times, which cost half of the
whole call.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text

from backoffice.foundation.ids import new_id
from backoffice.ledger.drafts import Draft, PostedEntry, Ready, TaxDetail

LOCK_PERIODS = text(
    "SELECT p.month, p.state, p.fiscal_year, b.currency"
    " FROM period p JOIN books b ON b.client_id = p.client_id"
    " WHERE p.client_id = :client_id AND p.month = ANY(CAST(:months AS date[]))"
    " ORDER BY p.month FOR SHARE OF p"
)

# Kinds and ids crosswise, so that the index answers each id in turn; the caller picks the pairs.
POSTED_BEFORE = text(
    "SELECT id, series, fiscal_year, number, content_hash, source_kind, source_id, purpose"
    " FROM journal_entry WHERE client_id = :client_id"
    " AND source_kind = ANY(CAST(:kinds AS text[])) AND source_id = ANY(CAST(:ids AS uuid[]))"
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
}
TAX_ARRAYS = {
    "tax_code_id": "uuid",
    "tax_part": "text",
    "tax_rate": "numeric",
    "tax_base_minor": "bigint",
    "tax_date": "date",
}


def _insert(table: str, same: Sequence[str], arrays: dict[str, str]) -> str:
    """INSERT … SELECT of one array per column; `same` are equal for all rows."""
    columns = ", ".join((*same, *arrays))
    values = ", ".join((*(f":{name}" for name in same), *arrays))
    unnested = ", ".join(f"CAST(:{table}_{name} AS {kind}[])" for name, kind in arrays.items())
    return (
        f"INSERT INTO {table} ({columns})"  # noqa: S608  names of this module, no input
        f" SELECT {values} FROM unnest({unnested}) AS arriving({', '.join(arrays)})"
    )


SAME = ("client_id", "actor_kind", "actor_id", "recorded_at", "business_at")
ENTRIES = _insert("journal_entry", SAME, ENTRY_ARRAYS)
LINES = _insert("posting", ("client_id",), LINE_ARRAYS)
TAXED_LINES = _insert("posting", ("client_id",), LINE_ARRAYS | TAX_ARRAYS)
MOVE_ON = """numbered AS (
    UPDATE number_series n SET next_number = n.next_number + g.given
    FROM unnest(CAST(:given_series AS text[]), CAST(:given_years AS bigint[]),
      CAST(:given AS bigint[])) AS g(series, fiscal_year, given)
    WHERE n.client_id = :client_id AND n.series = g.series AND n.fiscal_year = g.fiscal_year
  ) UPDATE ledger_head SET sequence = :sequence, hash = :hash WHERE client_id = :client_id"""

# One journey to the database: entries, all of their lines, and the rows locked since the start
# move on to the next numbers and the new end of the chain.
WRITE = text(f"WITH entries AS ({ENTRIES}), lines AS ({LINES}), {MOVE_ON}")
WRITE_TAXED = text(f"WITH entries AS ({ENTRIES}), lines AS ({TAXED_LINES}), {MOVE_ON}")


def entry_columns(
    fresh: Sequence[Ready],
    entries: Sequence[PostedEntry],
    hashes: Sequence[bytes],
    head: tuple[int, bytes],
) -> dict[str, str]:
    """The arrays of the entries of `WRITE`; the head is the chain's end before them."""
    sequence, previous = head
    drafts = [ready.draft for ready in fresh]
    return {
        "journal_entry_id": _array([entry.id.hex for entry in entries]),
        "journal_entry_series": _array([_quoted(entry.series) for entry in entries]),
        "journal_entry_fiscal_year": _array([str(entry.fiscal_year) for entry in entries]),
        "journal_entry_number": _array([str(entry.number) for entry in entries]),
        "journal_entry_sequence": _array([str(sequence + n + 1) for n in range(len(entries))]),
        "journal_entry_accounting_date": _array([str(draft.on) for draft in drafts]),
        "journal_entry_tax_date": _array([str(draft.tax_date or draft.on) for draft in drafts]),
        "journal_entry_document_date": _array(
            [str(draft.document_date or draft.on) for draft in drafts]
        ),
        "journal_entry_narration": _array([_quoted(draft.narration) for draft in drafts]),
        "journal_entry_source_kind": _array([_quoted(draft.source_kind) for draft in drafts]),
        "journal_entry_source_id": _array([draft.source_id.hex for draft in drafts]),
        "journal_entry_purpose": _array([_quoted(draft.purpose) for draft in drafts]),
        "journal_entry_reverses_id": _array([_id(draft.reverses_id) for draft in drafts]),
        "journal_entry_reason": _array(
            [NULL if draft.reason is None else _quoted(draft.reason) for draft in drafts]
        ),
        "journal_entry_content_hash": _array([_bytes(ready.content) for ready in fresh]),
        "journal_entry_previous_hash": _array([_bytes(each) for each in (previous, *hashes[:-1])]),
        "journal_entry_hash": _array([_bytes(each) for each in hashes]),
    }


def line_columns(fresh: Sequence[Ready]) -> dict[str, str]:
    """The arrays of the lines of `WRITE`, and of `WRITE_TAXED` where a line has tax."""
    rows = [
        (ready, place, line)
        for ready in fresh
        for place, line in enumerate(ready.draft.lines, start=1)
    ]
    columns = {
        "posting_id": _array([new_id().hex for _row in rows]),
        "posting_entry_id": _array([ready.id.hex for ready, _place, _line in rows]),
        "posting_line": _array([str(place) for _ready, place, _line in rows]),
        "posting_account_id": _array([line.account_id.hex for _ready, _place, line in rows]),
        "posting_accounting_date": _array([str(ready.draft.on) for ready, _place, _line in rows]),
        "posting_amount_minor": _array([str(line.amount_minor) for _ready, _place, line in rows]),
        "posting_currency": _array([_quoted(line.currency) for _ready, _place, line in rows]),
        "posting_base_minor": _array([str(line.base) for _ready, _place, line in rows]),
        "posting_narration": _array([_quoted(line.narration) for _ready, _place, line in rows]),
        "posting_party_id": _array([_id(line.party_id) for _ready, _place, line in rows]),
    }
    if any(line.tax for _ready, _place, line in rows):
        columns |= _tax_columns([(ready.draft, line.tax) for ready, _place, line in rows])
    return columns


def _tax_columns(rows: Sequence[tuple[Draft, TaxDetail | None]]) -> dict[str, str]:
    return {
        "posting_tax_code_id": _array([tax.code_id.hex if tax else NULL for _draft, tax in rows]),
        "posting_tax_part": _array([tax.part if tax else NULL for _draft, tax in rows]),
        "posting_tax_rate": _array([str(tax.rate) if tax else NULL for _draft, tax in rows]),
        "posting_tax_base_minor": _array(
            [str(tax.base_minor) if tax else NULL for _draft, tax in rows]
        ),
        "posting_tax_date": _array(
            [str(draft.tax_date or draft.on) if tax else NULL for draft, tax in rows]
        ),
    }


NULL = "NULL"


def _array(spelled: Sequence[str]) -> str:
    return "{" + ",".join(spelled) + "}"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _id(value: UUID | None) -> str:
    return NULL if value is None else value.hex


def _bytes(value: bytes) -> str:
    return f'"\\\\x{value.hex()}"'


def ids_array(ids: Sequence[UUID]) -> str:
    """An array of ids for a statement of this module."""
    return _array([value.hex for value in ids])
