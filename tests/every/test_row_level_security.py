"""Whatever a role does for one client, no row of another is seen, changed, made or noticed.

Two clients have a row in every table (tests/every/sample_rows.py); each role tries each verb that
it was granted on each of them, in raw SQL.
"""

from __future__ import annotations

import json

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from tests.every import catalogue
from tests.every.sample_rows import TENANTS, fill
from tests.every.scopes import NO_SCOPE, OURS, ROLES, THEIRS, acting, granted
from tests.support.databases import Database

INSUFFICIENT_PRIVILEGE = "42501"

by_role = pytest.mark.parametrize("role", ROLES)


@pytest.fixture
def filled(connection: Connection) -> Connection:
    fill(connection)
    return connection


@by_role
def test_sees_the_rows_of_the_client_in_scope_alone(filled: Connection, role: str) -> None:
    tables = granted(filled, role, "SELECT")
    assert len(tables) > 10
    for table in tables:
        for client in TENANTS:
            with acting(filled, role, client):
                seen = filled.scalars(text(f"SELECT DISTINCT client_id::text FROM {table}"))
                assert seen.all() == [client], table


@by_role
def test_changes_no_row_of_another(filled: Connection, role: str) -> None:
    tables = granted(filled, role, "UPDATE")
    assert tables
    for table, columns in tables.items():
        with acting(filled, role):
            changed = filled.execute(text(f'UPDATE {table} SET "{columns[0]}" = "{columns[0]}"'))
            assert changed.rowcount >= 1, f"{table}: nothing was tried"
        with acting(filled, role):
            changed = filled.execute(
                text(f'UPDATE {table} SET "{columns[0]}" = "{columns[0]}" WHERE client_id = :them'),
                {"them": THEIRS},
            )
            assert changed.rowcount == 0, table


@by_role
def test_gives_no_row_to_another(filled: Connection, role: str) -> None:
    """A row that was ours cannot become theirs."""
    for table, columns in granted(filled, role, "UPDATE").items():
        if "client_id" in columns:
            with acting(filled, role), pytest.raises(DBAPIError, match="row-level security"):
                filled.execute(text(f"UPDATE {table} SET client_id = :them"), {"them": THEIRS})


@by_role
def test_makes_no_row_for_another(filled: Connection, role: str) -> None:
    tables = granted(filled, role, "INSERT")
    assert tables
    for table, columns in tables.items():
        names = ", ".join(f'"{column}"' for column in columns)
        theirs = filled.scalar(
            text(
                f"SELECT to_jsonb(t) || jsonb_build_object('id', gen_random_uuid()) FROM {table} t"
                " WHERE client_id = :them"
            ),
            {"them": THEIRS},
        )
        with acting(filled, role), pytest.raises(DBAPIError, match="row-level security"):
            filled.execute(
                text(
                    f"INSERT INTO {table} ({names}) SELECT {names}"
                    f" FROM jsonb_populate_record(NULL::{table}, CAST(:row AS jsonb))"
                ),
                {"row": json.dumps(theirs)},
            )


@by_role
def test_deletes_no_row_of_another(filled: Connection, role: str) -> None:
    tables = [
        name.removeprefix("public.")
        for name, verb in catalogue.granted(filled, role)
        if verb == "DELETE"
    ]
    assert bool(tables) == (role == "workbench")
    for table in tables:
        with acting(filled, role):
            gone = filled.execute(
                text(f"DELETE FROM {table} WHERE client_id = :them"), {"them": THEIRS}
            )
            assert gone.rowcount == 0, table


@by_role
def test_is_refused_everywhere_in_no_scope(filled: Connection, role: str) -> None:
    for table in granted(filled, role, "SELECT"):
        with acting(filled, role, None), pytest.raises(DBAPIError, match=NO_SCOPE):
            filled.execute(text(f"SELECT client_id FROM {table}"))
    for table, columns in granted(filled, role, "UPDATE").items():
        with acting(filled, role, None), pytest.raises(DBAPIError, match=NO_SCOPE):
            filled.execute(text(f'UPDATE {table} SET "{columns[0]}" = "{columns[0]}"'))


WAYS_OUT = (
    "SET LOCAL row_security = off; SELECT client_id FROM client",  # as a dump does
    "SET LOCAL ROLE backoffice_owner",
    "SET LOCAL session_replication_role = replica",
    "ALTER TABLE client DISABLE ROW LEVEL SECURITY",
    "DROP POLICY read ON client",
    "TRUNCATE client CASCADE",
    "CREATE TRIGGER spy BEFORE UPDATE ON client EXECUTE FUNCTION firm.refuse_change()",
    "ALTER ROLE CURRENT_USER BYPASSRLS",
)


@by_role
@pytest.mark.parametrize("statement", WAYS_OUT)
def test_a_login_cannot_leave_the_policies(swept: Database, role: str, statement: str) -> None:
    with (
        swept[role].doors.engine.connect() as connection,
        pytest.raises(DBAPIError) as refused,
    ):
        connection.exec_driver_sql(statement)
    assert refused.value.orig.sqlstate == INSUFFICIENT_PRIVILEGE


def test_copying_in_is_refused_and_copying_out_is_filtered(filled: Connection) -> None:
    raw = filled.connection.driver_connection
    assert raw is not None
    with acting(filled, "workbench"):
        with raw.cursor().copy("COPY (SELECT client_id FROM bank_line) TO STDOUT") as copied:
            assert {bytes(row).decode().strip() for row in copied} == {OURS}
        with (
            pytest.raises(Exception, match="COPY FROM not supported with row-level security"),
            raw.cursor().copy("COPY audit_head (client_id) FROM STDIN") as copying,
        ):
            copying.write(f"{OURS}\n")
