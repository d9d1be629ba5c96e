"""The three doors: what each may read and write, and that a missing scope raises."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from backoffice.foundation.audit import AuditHead
from backoffice.foundation.ids import new_id
from backoffice.foundation.tenancy import SYSTEM, Actor, MissingScope, Scope, ScopeChanged
from tests.support.databases import Database


@pytest.fixture
def acorn(database: Database) -> UUID:
    return made(database)


@pytest.fixture
def birch(database: Database) -> UUID:
    return made(database)


def made(database: Database) -> UUID:
    """A tenant with one client-owned row: the head of its audit chain."""
    client = new_id()
    with database["workbench"].doors.acting_for(client, by=SYSTEM) as session:
        session.execute(
            text("INSERT INTO firm.tenant VALUES (:id, 'client', :id_bytes, now())"),
            {"id": client, "id_bytes": client.bytes},
        )
        session.add(AuditHead())
    return client


def heads(session: Session) -> set[UUID]:
    return set(session.scalars(select(AuditHead.client_id)))


def test_acting_for_reads_and_writes_one_client(
    database: Database, acorn: UUID, birch: UUID
) -> None:
    with database["workbench"].doors.acting_for(acorn, by=SYSTEM) as session:
        assert heads(session) == {acorn}
        session.scalars(select(AuditHead)).one().sequence = 7
        touched = session.execute(
            text("UPDATE audit_head SET sequence = 9 WHERE client_id = :birch"), {"birch": birch}
        )
        assert touched.rowcount == 0  # type: ignore[attr-defined]


def test_nobody_inserts_for_another_client(database: Database, acorn: UUID, birch: UUID) -> None:
    with (
        pytest.raises(DBAPIError, match="row-level security"),
        database["workbench"].doors.acting_for(acorn, by=SYSTEM) as session,
    ):
        session.add(AuditHead(client_id=birch))


def test_a_missing_scope_raises_in_raw_sql(database: Database, acorn: UUID) -> None:
    for role in ("portal", "workbench", "worker"):
        with (
            database[role].doors.firm_wide(because="a test") as session,
            pytest.raises(DBAPIError, match='backoffice.read|malformed array literal: ""'),
        ):
            session.execute(text("SELECT 1 FROM audit_head"))


def test_a_missing_scope_raises_after_another_transaction_had_one(
    database: Database, acorn: UUID
) -> None:
    """The setting reads '' after a commit, not NULL: the cast must raise all the same."""
    engine = database["portal"].doors.engine
    with engine.connect() as connection:
        connection.execute(
            text("SELECT set_config('backoffice.read', :read, true)"), {"read": f"{{{acorn}}}"}
        )
        assert connection.scalar(text("SELECT count(*) FROM audit_head")) == 1
        connection.commit()
        with pytest.raises(DBAPIError, match="malformed array literal"):
            connection.execute(text("SELECT 1 FROM audit_head"))


def test_a_missing_scope_raises_even_where_the_table_is_empty(database: Database) -> None:
    with (
        database["workbench"].doors.firm_wide(because="a test") as session,
        pytest.raises(MissingScope),
    ):
        session.scalars(select(AuditHead)).all()


def test_across_reads_the_assigned_clients_and_writes_none(
    database: Database, acorn: UUID, birch: UUID
) -> None:
    staff = new_id()
    with database["workbench"].doors.firm_wide(because="a test") as session:
        session.execute(
            text(
                "INSERT INTO firm.staff (id, name, role, zone, created_at, email, email_key,"
                " totp_last_step, epoch, locale) VALUES (:id, 'Priya Nair', 'associate',"
                " 'Europe/London', now(), 'p@x', 'p@x', 0, 1, 'en')"
            ),
            {"id": staff},
        )
        session.execute(
            text(
                "INSERT INTO firm.assignment (id, staff_id, client_id, duty, since)"
                " VALUES (:id, :staff, :client, 'preparer', '2026-01-01')"
            ),
            {"id": new_id(), "staff": staff, "client": acorn},
        )
    with database["workbench"].doors.across(staff) as session:
        assert heads(session) == {acorn}
        with pytest.raises(
            DBAPIError, match='backoffice.write|invalid input syntax for type uuid: ""'
        ):
            session.execute(text("UPDATE audit_head SET sequence = 1"))


def test_across_without_any_assignment_reads_nothing(database: Database, acorn: UUID) -> None:
    with database["workbench"].doors.across(new_id()) as session:
        assert heads(session) == set()


def test_a_session_cannot_change_to_another_client(
    database: Database, acorn: UUID, birch: UUID
) -> None:
    sessions = database["workbench"].doors.sessions
    with sessions(info={"scope": Scope((acorn,), acorn, SYSTEM)}) as session:
        session.scalars(select(AuditHead)).one()
        session.commit()
        session.info["scope"] = Scope((birch,), birch, Actor("staff"))
        with pytest.raises(ScopeChanged):
            session.scalars(select(AuditHead)).one()


def test_a_raise_rolls_everything_back(database: Database, acorn: UUID) -> None:
    doors = database["workbench"].doors
    with pytest.raises(ZeroDivisionError), doors.acting_for(acorn, by=SYSTEM) as session:
        session.scalars(select(AuditHead)).one().sequence = 5
        session.flush()
        raise ZeroDivisionError
    with doors.acting_for(acorn, by=SYSTEM) as session:
        assert session.scalars(select(AuditHead)).one().sequence == 0
