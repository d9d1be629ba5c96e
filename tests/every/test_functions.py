"""What could carry somebody past the policies: functions, views, and who may create them."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from tests.every.reviewed import (
    DEFINERS,
    NO_GRANT_TO_PORTAL,
    PORTAL_MAY_READ,
    UNPINNED,
)

PINNED = "search_path=pg_catalog, public, pg_temp"
ROLES = ("portal", "workbench", "worker", "backup")


def definers(connection: Connection) -> dict[str, tuple[str, ...]]:
    rows = connection.execute(
        text(
            "SELECT n.nspname || '.' || p.proname, coalesce(p.proconfig, '{}')"
            " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
        )
    )
    return {name: tuple(settings) for name, settings in rows}


def test_only_reviewed_functions_run_above_the_policies(connection: Connection) -> None:
    assert set(definers(connection)) == DEFINERS


def test_they_find_the_same_names_whoever_calls_them(connection: Connection) -> None:
    unpinned = {name for name, settings in definers(connection).items() if PINNED not in settings}
    assert unpinned == UNPINNED


def test_none_of_them_can_be_called_but_as_a_trigger(connection: Connection) -> None:
    callable_ones = connection.scalars(
        text(
            "SELECT p.oid::regprocedure::text FROM pg_proc p"
            " JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE p.prosecdef AND p.prorettype <> 'trigger'::regtype"
            " AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
        )
    )
    assert list(callable_ones) == []


@pytest.mark.parametrize("role", ROLES)
def test_no_role_may_create_anything_to_be_found_instead(connection: Connection, role: str) -> None:
    schemas = connection.scalars(
        text("SELECT nspname FROM pg_namespace WHERE has_schema_privilege(:role, oid, 'CREATE')"),
        {"role": role},
    )
    assert list(schemas) == []
    assert not connection.scalar(
        text("SELECT has_database_privilege(:role, current_database(), 'CREATE')"), {"role": role}
    )


def test_nothing_is_granted_to_everybody(connection: Connection) -> None:
    granted = connection.scalars(
        text(
            "SELECT c.oid::regclass::text FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace,"
            " LATERAL aclexplode(c.relacl) a"
            " WHERE a.grantee = 0 AND n.nspname IN ('public', 'firm')"
        )
    )
    assert list(granted) == []


def leaking_views(connection: Connection) -> list[str]:
    """A view of the owner's and a materialised one both give every client's rows to anybody."""
    leaking = connection.scalars(
        text(
            "SELECT c.oid::regclass::text FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname IN ('public', 'firm') AND (c.relkind = 'm' OR (c.relkind = 'v'"
            " AND NOT coalesce(c.reloptions, '{}') @> '{security_invoker=true}'))"
        )
    )
    return list(leaking)


def test_views_ask_as_their_reader_and_none_is_a_copy(connection: Connection) -> None:
    assert leaking_views(connection) == []


def test_no_table_has_parts_that_could_be_asked_past_it(connection: Connection) -> None:
    """A partition asked directly answers by its own policies, not by its parent's."""
    parts = connection.scalars(text("SELECT inhrelid::regclass::text FROM pg_inherits"))
    tables = set(connection.scalars(text("SELECT relname FROM pg_class WHERE relkind = 'r'")))
    assert {part for part in parts if part in tables} == set()


def test_a_provider_owned_table_points_into_a_clients_with_its_client(
    connection: Connection,
) -> None:
    """Row-level security does not apply to foreign key checks: the composite key does."""
    pointing = connection.scalars(
        text(
            "SELECT pg_get_constraintdef(c.oid) FROM pg_constraint c"
            " JOIN pg_class own ON own.oid = c.conrelid"
            " JOIN pg_class target ON target.oid = c.confrelid"
            " WHERE c.contype = 'f' AND own.relnamespace = 'firm'::regnamespace"
            " AND target.relnamespace = 'public'::regnamespace"
        )
    ).all()
    assert [key for key in pointing if not key.startswith("FOREIGN KEY (client_id, ")] == []


def test_the_portal_reads_reviewed_columns_of_the_providers_business(
    connection: Connection,
) -> None:
    rows = connection.execute(
        text(
            "SELECT table_schema || '.' || table_name, column_name"
            " FROM information_schema.column_privileges WHERE grantee = 'portal'"
        )
    )
    found: dict[str, set[str]] = {}
    for table, column in rows:
        found.setdefault(table, set()).add(column)
    assert {t: found[t] for t in NO_GRANT_TO_PORTAL & set(found)} == PORTAL_MAY_READ
