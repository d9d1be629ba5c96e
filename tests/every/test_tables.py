"""Every table is a client's, with all that protects it, or is on the reviewed list."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from tests.every import catalogue
from tests.every.reviewed import DELETABLE, NO_GRANT_TO_PORTAL, PROVIDER_OWNED


def unprotected(connection: Connection) -> list[str]:
    """What is wrong with the protection of the client-owned tables, one sentence each."""
    return [
        f"{table.name}: {problem}"
        for table in catalogue.client_owned(connection)
        for problem in problems_of(connection, table)
    ]


def problems_of(connection: Connection, table: catalogue.Table) -> Iterator[str]:
    if not (table.secured and table.forced):
        yield "row-level security is not enabled and forced"
    if table.owner != "backoffice_owner":
        yield f"is owned by {table.owner}"
    expected = dict(catalogue.POLICIES)
    if table.name in DELETABLE:
        expected["remove"] = catalogue.REMOVE
    if catalogue.policies(connection, table.name) != expected:
        yield "has other policies than those of migrations/helpers.py"
    for name, primary, columns in catalogue.indexes(connection, table.name):
        if columns[0] != "client_id":
            yield f"unique index {name} does not begin with client_id"
        if primary and columns != ["client_id", "id"]:
            yield f"has the primary key {columns}"
    for name, schema, columns in catalogue.foreign_keys(connection, table.name):
        if schema == "public" and columns[0] != "client_id":
            yield f"foreign key {name} does not begin with client_id"


def test_every_client_owned_table_is_protected(connection: Connection) -> None:
    assert catalogue.client_owned(connection)
    assert unprotected(connection) == []


def test_every_other_table_is_on_the_reviewed_list(connection: Connection) -> None:
    others = {t.name for t in catalogue.tables(connection) if t.schema == "firm"}
    schemas = {t.schema for t in catalogue.tables(connection)}
    assert others == PROVIDER_OWNED
    assert schemas == {"public", "firm"}


def test_delete_is_granted_on_the_reviewed_tables_alone(connection: Connection) -> None:
    deletable = {
        table
        for role in ("portal", "workbench", "worker")
        for table, verb in catalogue.granted(connection, role)
        if verb == "DELETE"
    }
    assert deletable == {f"public.{table}" for table in DELETABLE}


@pytest.mark.parametrize("role", ["portal", "workbench", "worker"])
def test_no_role_has_a_grant_that_escapes_row_level_security(
    connection: Connection, role: str
) -> None:
    escaping = {"TRUNCATE", "TRIGGER", "REFERENCES", "MAINTAIN"}
    assert {t for t, verb in catalogue.granted(connection, role) if verb in escaping} == set()


def test_the_portal_may_not_read_what_is_the_providers_own_business(
    connection: Connection,
) -> None:
    granted = {table for table, _ in catalogue.granted(connection, "portal")}
    assert granted & NO_GRANT_TO_PORTAL == set()


def test_no_login_is_a_member_of_the_owner_or_above_it(connection: Connection) -> None:
    above = connection.scalars(
        text(
            "SELECT rolname FROM pg_roles WHERE rolname IN ('portal', 'workbench', 'worker')"
            " AND (rolsuper OR rolbypassrls OR pg_has_role(oid, 'backoffice_owner', 'MEMBER'))"
        )
    ).all()
    assert above == []


def test_each_policy_that_is_dropped_or_weakened_is_noticed(connection: Connection) -> None:
    """The mutation of the guard: the sweep above must fail for every single policy."""
    noticed = 0
    for table in catalogue.client_owned(connection):
        for policy in catalogue.policies(connection, table.name):
            with connection.begin_nested() as undone:
                connection.execute(text(f'DROP POLICY "{policy}" ON "{table.name}"'))
                assert any(
                    p.startswith(f"{table.name}:") for p in unprotected_one(connection, table)
                )
                undone.rollback()
            noticed += 1
        for weakening in ("NO FORCE", "DISABLE"):
            with connection.begin_nested() as undone:
                connection.execute(
                    text(f'ALTER TABLE "{table.name}" {weakening} ROW LEVEL SECURITY')
                )
                [fresh] = [t for t in catalogue.client_owned(connection) if t.name == table.name]
                assert unprotected_one(connection, fresh)
                undone.rollback()
    assert noticed >= 4 * len(catalogue.client_owned(connection))


def unprotected_one(connection: Connection, table: catalogue.Table) -> list[str]:
    return [f"{table.name}: {problem}" for problem in problems_of(connection, table)]
