"""What the database itself says of its tables, for the sweeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

ROLES = "{portal,workbench,worker}"
# As PostgreSQL prints the two texts of migrations/helpers.py back.
READ = (
    "(client_id = ANY (( SELECT (current_setting('backoffice.read'::text))::uuid[] AS"
    " current_setting)::uuid[]))"
)
WRITE = "(client_id = (current_setting('backoffice.write'::text))::uuid)"

# name: (command, roles, using, with check)
POLICIES = {
    "owner": ("ALL", "{backoffice_owner}", "true", "true"),
    "read": ("SELECT", ROLES, READ, None),
    "write": ("INSERT", ROLES, None, WRITE),
    "change": ("UPDATE", ROLES, WRITE, WRITE),
}
REMOVE = ("DELETE", ROLES, WRITE, None)


@dataclass(frozen=True)
class Table:
    """A table of the schema public or firm."""

    schema: str
    name: str
    secured: bool
    forced: bool
    owner: str


def tables(connection: Connection) -> list[Table]:
    rows = connection.execute(
        text(
            "SELECT n.nspname, c.relname, c.relrowsecurity, c.relforcerowsecurity,"
            " pg_get_userbyid(c.relowner)"
            " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
            " AND n.nspname NOT LIKE 'pg_temp%' AND n.nspname NOT LIKE 'pg_toast%'"
            " AND c.relkind IN ('r', 'p', 'm', 'v', 'f') ORDER BY 1, 2"
        )
    )
    return [Table(*row) for row in rows]


def client_owned(connection: Connection) -> list[Table]:
    return [table for table in tables(connection) if table.schema == "public"]


def policies(connection: Connection, table: str) -> dict[str, tuple[Any, ...]]:
    rows = connection.execute(
        text(
            "SELECT policyname, cmd, roles::text, qual, with_check FROM pg_policies"
            " WHERE schemaname = 'public' AND tablename = :table"
        ),
        {"table": table},
    )
    return {name: (command, roles, using, check) for name, command, roles, using, check in rows}


def indexes(connection: Connection, table: str) -> list[tuple[str, bool, list[str]]]:
    """(name, is primary, columns) of each unique index."""
    rows = connection.execute(
        text(
            "SELECT i.relname, x.indisprimary,"
            " array_agg(coalesce(a.attname, '') ORDER BY k.position)"
            " FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid"
            " CROSS JOIN LATERAL unnest(x.indkey::int[]) WITH ORDINALITY AS k(number, position)"
            " LEFT JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.number"
            "   AND k.number > 0"
            " WHERE x.indisunique AND x.indrelid = ('public.' || quote_ident(:table))::regclass"
            " GROUP BY 1, 2"
        ),
        {"table": table},
    )
    return [(name, primary, list(columns)) for name, primary, columns in rows]


def foreign_keys(connection: Connection, table: str) -> list[tuple[str, str, list[str]]]:
    """(name, target schema, own columns) of each foreign key."""
    rows = connection.execute(
        text(
            "SELECT c.conname, n.nspname,"
            " (SELECT array_agg(a.attname ORDER BY k.position)"
            "  FROM unnest(c.conkey) WITH ORDINALITY AS k(number, position)"
            "  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number)"
            " FROM pg_constraint c JOIN pg_class t ON t.oid = c.confrelid"
            " JOIN pg_namespace n ON n.oid = t.relnamespace"
            " WHERE c.contype = 'f' AND c.conrelid = ('public.' || quote_ident(:table))::regclass"
        ),
        {"table": table},
    )
    return [(name, schema, list(columns)) for name, schema, columns in rows]


def granted(connection: Connection, role: str) -> set[tuple[str, str]]:
    """(table, verb) that a role was granted on whole tables."""
    rows = connection.execute(
        text(
            "SELECT table_schema || '.' || table_name, privilege_type"
            " FROM information_schema.role_table_grants WHERE grantee = :role"
        ),
        {"role": role},
    )
    return {(table, verb) for table, verb in rows}
