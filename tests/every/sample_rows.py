"""Two rows for every table there is, made from what the database itself says of its columns.

The first row has a value in every column, the second only where it must; each belongs to a tenant
of its own and points at the same row of the other tables. Migrations are tried on these. A new
table needs a line in PARTICULAR only where a CHECK asks for what cannot be read off its columns.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import Connection, text

FULL, BARE = 0, 1


def id_of(table: str, number: int) -> str:
    return str(uuid5(NAMESPACE_OID, f"{table}.id.{number}"))


TENANTS = (id_of("firm.tenant", FULL), id_of("firm.tenant", BARE))

# The values of the full row and of the bare row: by the name of a column in any table, ...
BY_NAME: dict[str, tuple[Any, Any]] = {
    "brand_colour": ("#2f5d50", None),
    "client_id": TENANTS,
    "country": ("GB", "US"),
    "currency": ("GBP", "USD"),
    "fiscal_year_start": ("04-06", "01-01"),
    "month": ("2026-11-01", "2026-10-01"),
    "period": ("2026-11", None),
    "rate": (0.2, 0),
}
# ... and of one column, where a CHECK or a trigger asks for more.
PARTICULAR: dict[str, tuple[Any, Any]] = {
    "firm.batch.done": (0, 0),
    "firm.batch.failed": (0, 0),
    "firm.batch_item.state": ("running", "waiting"),
    "public.account.archived_at": (None, None),
    "public.account.is_parent": (False, False),
    "public.allocation.allocated_on": ("2026-11-09", "2026-11-09"),
    "public.allocation.credit_item_id": (id_of("credit item", FULL), id_of("credit item", BARE)),
    "public.allocation.undoes_id": (None, None),
    "public.bank_import.state": ("released", "reading"),
    "public.bank_statement.sum_minor": (0, 0),
    "public.client.id": TENANTS,
    "public.coding.direction": ("in", "in"),
    "public.coding.kind": ("transfer", "code"),
    "public.coding.parts": (1, 1),
    "public.coding_part.gross_minor": (1, 2),
    "public.coding_part.net_minor": (0, 2),
    "public.coding_part.position": (1, 1),
    "public.coding_part.tax_minor": (1, 0),
    "public.journal_entry.accounting_date": ("2026-11-01", "2026-10-01"),
    "public.period.state": ("open", "open"),
    "public.posting.accounting_date": ("2026-11-01", "2026-10-01"),
    "public.review.outcome": ("returned", "approved"),
    "public.review.reviewer_id": (id_of("firm.staff", BARE), id_of("firm.staff", FULL)),
    "public.work_item.state": ("done", "open"),
}
# What a second row beside the first has otherwise, in the same statement: lines sum to zero, and
# an open item is settled by its opposite.
BESIDE: dict[str, dict[str, tuple[Any, Any]]] = {
    "public.posting": {
        "id": (id_of("credit line", FULL), id_of("credit line", BARE)),
        "line": (2, 1),
        "amount_minor": (-1, -2),
        "base_minor": (-1, -2),
    },
    "public.open_item": {
        "id": (id_of("credit item", FULL), id_of("credit item", BARE)),
        "original_minor": (-1, -2),
    },
}
GIVEN_BY_THE_DATABASE = {"public.journal_entry.posted_in"}
FILLED_ALREADY = {"firm.business_clock"}  # by its migration, and it takes one row alone
SOUGHT_BY_TRIGGERS = {"public.journal_entry": {"public.period"}}

Row = dict[str, Any]
ForeignKey = tuple[list[str], str, list[str]]  # own columns, table, its columns


@dataclass
class Column:
    name: str
    kind: str
    required: bool
    has_default: bool


@dataclass
class Shape:
    """What a row of a table must look like."""

    table: str
    columns: list[Column] = field(default_factory=list)
    foreign_keys: list[ForeignKey] = field(default_factory=list)
    words: dict[str, list[str]] = field(default_factory=dict)  # of a CHECK: column → its words


def fill(connection: Connection) -> None:
    """Put the two rows into every table, all in the connection's transaction."""
    made: dict[str, list[Row]] = {}
    for shape in targets_first(shapes(connection)):
        if shape.table not in FILLED_ALREADY:
            made[shape.table] = [row(shape, number, made) for number in (FULL, BARE)]
            for number in (FULL, BARE):
                insert(connection, shape.table, with_beside(shape, number, made))


def with_beside(shape: Shape, number: int, made: dict[str, list[Row]]) -> list[Row]:
    values = made[shape.table][number]
    otherwise = BESIDE.get(shape.table, {})
    other = {name: answers[number] for name, answers in otherwise.items()}
    return [values, values | other] if other else [values]


def row(shape: Shape, number: int, made: dict[str, list[Row]]) -> Row:
    values: Row = {}
    for column in shape.columns:
        if f"{shape.table}.{column.name}" in PARTICULAR:
            values[column.name] = PARTICULAR[f"{shape.table}.{column.name}"][number]
        elif number == FULL or (column.required and not column.has_default):
            values[column.name] = value(shape, column, number)
    for key in sorted(shape.foreign_keys, key=lambda key: key[1] == shape.table):
        point(shape, values, key, values if key[1] == shape.table else made[key[1]][number])
    return values


def point(shape: Shape, values: Row, key: ForeignKey, aimed: Row) -> None:
    """Fill the columns of a foreign key from the row that it points at (itself comes last)."""
    columns, _, target_columns = key
    if all(name in values for name in columns):
        for name, aimed_at in zip(columns, target_columns, strict=True):
            if f"{shape.table}.{name}" not in PARTICULAR:
                values[name] = aimed[aimed_at]


def value(shape: Shape, column: Column, number: int) -> Any:
    if column.name in BY_NAME:
        return BY_NAME[column.name][number]
    if column.name in shape.words:
        return shape.words[column.name][number % len(shape.words[column.name])]
    tag = f"{shape.table}.{column.name}.{number}"
    by_kind = {
        "uuid": str(uuid5(NAMESPACE_OID, tag)),
        "text": f"{column.name} {number}",
        "bytea": "\\x" + tag.encode().hex(),
        "jsonb": {"number": number},
        "boolean": number == BARE,
        "date": f"2026-11-0{number + 1}",
        "timestamp with time zone": f"2026-11-0{number + 1} 09:42:00+00",
        "text[]": [tag],
        "uuid[]": [str(uuid5(NAMESPACE_OID, tag))],
    }
    return by_kind.get(re.sub(r"\(.*\)", "", column.kind), number + 1)


def insert(connection: Connection, table: str, rows: list[Row]) -> None:
    columns = ", ".join(f'"{name}"' for name in rows[0])
    connection.execute(
        text(
            f"INSERT INTO {table} ({columns})"
            f" SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, CAST(:rows AS jsonb))"
        ),
        {"rows": json.dumps(rows)},
    )


def shapes(connection: Connection) -> dict[str, Shape]:
    found: dict[str, Shape] = {}
    for table, name, *column in connection.execute(COLUMNS):
        shape = found.setdefault(table, Shape(table))
        if f"{table}.{name}" not in GIVEN_BY_THE_DATABASE:
            shape.columns.append(Column(name, *column))
    for table, *key in connection.execute(FOREIGN_KEYS):
        found[table].foreign_keys.append(tuple(key))  # type: ignore[arg-type]
    for table, check in connection.execute(CHECKS):
        one_of = re.fullmatch(r"CHECK \(\((\w+) = ANY \(ARRAY\[(.*)\]\)\)\)", check)
        if one_of:
            found[table].words[one_of[1]] = re.findall(r"'([^']*)'", one_of[2])
    return found


def targets_first(found: dict[str, Shape]) -> list[Shape]:
    """The tables in an order in which everything pointed at is there already."""
    ordered: list[Shape] = []
    while len(ordered) < len(found):
        there = {shape.table for shape in ordered}
        ready = [
            shape for shape in found.values() if shape.table not in there and sought(shape) <= there
        ]
        assert ready, f"tables point at one another in a circle: {set(found) - there}"
        ordered += ready
    return ordered


def sought(shape: Shape) -> set[str]:
    """The tables that must be filled before this one."""
    pointed_at = {target for _, target, _ in shape.foreign_keys} - {shape.table}
    return pointed_at | SOUGHT_BY_TRIGGERS.get(shape.table, set())


OURS = (
    " n.nspname IN ('public', 'firm') AND c.relkind IN ('r', 'p')"
    " AND c.relname <> 'alembic_version'"
)
NAME = "n.nspname || '.' || c.relname"
COLUMNS = text(
    f"SELECT {NAME}, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.atthasdef"
    " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
    f" JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {OURS}"
    " AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity = ''"
    " ORDER BY c.oid, a.attnum"
)
NAMES_OF = (
    "(SELECT array_agg(a.attname::text ORDER BY k.position)"
    " FROM unnest({numbers}) WITH ORDINALITY AS k(number, position)"
    " JOIN pg_attribute a ON a.attrelid = {table} AND a.attnum = k.number)"
)
FOREIGN_KEYS = text(
    f"SELECT {NAME}, {NAMES_OF.format(numbers='f.conkey', table='f.conrelid')},"
    " (SELECT tn.nspname || '.' || tc.relname FROM pg_class tc"
    "  JOIN pg_namespace tn ON tn.oid = tc.relnamespace WHERE tc.oid = f.confrelid),"
    f" {NAMES_OF.format(numbers='f.confkey', table='f.confrelid')}"
    " FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid"
    f" JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {OURS} AND f.contype = 'f'"
)
CHECKS = text(
    f"SELECT {NAME}, pg_get_constraintdef(f.oid)"
    " FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid"
    f" JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {OURS} AND f.contype = 'c'"
)
