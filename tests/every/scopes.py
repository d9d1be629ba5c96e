"""Doing as one of our roles, in raw SQL, in the scope of a client; and what the roles may do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from tests.every.sample_rows import TENANTS

OURS, THEIRS = TENANTS
ROLES = ("portal", "workbench", "worker")
# Never set in this connection, or left behind by a transaction that had a scope.
NO_SCOPE = 'backoffice.read|backoffice.write|malformed array literal: ""|type uuid: ""'


@contextmanager
def acting(connection: Connection, role: str, client: str | None = OURS) -> Iterator[None]:
    """Do as the role, in the scope of a client (None: in no scope); then take it back."""
    with connection.begin_nested() as undone:
        connection.exec_driver_sql(f"SET LOCAL ROLE {role}")
        if client is not None:
            set_scope(connection, client)
        yield
        undone.rollback()


def set_scope(connection: Connection, client: str) -> None:
    connection.execute(
        text(
            "SELECT set_config('backoffice.read', :read, true),"
            " set_config('backoffice.write', :write, true)"
        ),
        {"read": f"{{{client}}}", "write": client},
    )


def granted(connection: Connection, role: str, verb: str) -> dict[str, list[str]]:
    """The client-owned tables that a role may SELECT, INSERT or UPDATE, with the columns."""
    rows = connection.execute(
        text(
            "SELECT table_name, array_agg(column_name::text ORDER BY column_name)"
            " FROM information_schema.column_privileges"
            " WHERE grantee = :role AND privilege_type = :verb AND table_schema = 'public'"
            " GROUP BY 1 ORDER BY 1"
        ),
        {"role": role, "verb": verb},
    )
    return {table: list(columns) for table, columns in rows}
