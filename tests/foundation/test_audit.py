"""The audit chain: written with the act, in order, and every forgery is named."""

from __future__ import annotations

import threading
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from backoffice.foundation import audit
from backoffice.foundation.tenancy import SYSTEM, Actor
from tests.foundation.test_tenancy import acorn, made
from tests.support.databases import Database

__all__ = ["acorn"]


def act(database: Database, client: UUID, times: int = 1) -> None:
    with database["workbench"].doors.acting_for(client, by=Actor("staff", client)) as session:
        for number in range(times):
            audit.record(session, "thing.done", subject_kind="thing", number=number)


def first_broken(database: Database, client: UUID) -> int | None:
    with database["workbench"].doors.acting_for(client, by=SYSTEM) as session:
        return audit.first_broken(session)


def test_an_act_and_its_row_share_a_transaction(database: Database, acorn: UUID) -> None:
    act(database, acorn, times=3)
    doors = database["workbench"].doors
    with pytest.raises(ZeroDivisionError), doors.acting_for(acorn, by=SYSTEM) as session:
        audit.record(session, "thing.undone")
        session.flush()
        raise ZeroDivisionError
    with doors.acting_for(acorn, by=SYSTEM) as session:
        rows = session.scalars(select(audit.AuditEvent).order_by(audit.AuditEvent.sequence)).all()
        assert [row.sequence for row in rows] == [1, 2, 3]
        assert {row.action for row in rows} == {"thing.done"}
    assert first_broken(database, acorn) is None


def test_racing_acts_of_one_client_make_one_unbroken_chain(database: Database, acorn: UUID) -> None:
    threads = [threading.Thread(target=act, args=(database, acorn, 5)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert first_broken(database, acorn) is None
    with database["workbench"].doors.acting_for(acorn, by=SYSTEM) as session:
        assert session.scalars(select(audit.AuditHead)).one().sequence == 40


FORGERIES = {
    "changed": ("UPDATE audit_event SET action = 'other' WHERE sequence = 4", 4),
    "details changed": (
        """UPDATE audit_event SET details = '{"number": 9}' WHERE sequence = 2""",
        2,
    ),
    "deleted": ("DELETE FROM audit_event WHERE sequence = 3", 3),
    "tail cut": ("DELETE FROM audit_event WHERE sequence = 6", 6),
    "swapped": (
        "UPDATE audit_event SET sequence = CASE sequence WHEN 2 THEN 105 ELSE 102 END"
        " WHERE sequence IN (2, 5);"
        "UPDATE audit_event SET sequence = sequence - 100 WHERE sequence > 100",
        2,
    ),
    "all gone": ("DELETE FROM audit_event", 1),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forgery_is_found_at_its_first_row(database: Database, acorn: UUID, forgery: str) -> None:
    act(database, acorn, times=6)
    statement, broken = FORGERIES[forgery]
    with database.as_superuser().begin() as connection:
        connection.execute(text("ALTER TABLE audit_event DISABLE TRIGGER USER"))
        connection.exec_driver_sql(statement)
        connection.execute(text("ALTER TABLE audit_event ENABLE TRIGGER USER"))
    assert first_broken(database, acorn) == broken


@pytest.mark.parametrize("role", ["portal", "workbench", "worker"])
@pytest.mark.parametrize("verb", ["UPDATE audit_event SET action = ''", "DELETE FROM audit_event"])
def test_no_role_may_change_or_delete_what_was_done(
    database: Database, acorn: UUID, role: str, verb: str
) -> None:
    act(database, acorn)
    with (
        database[role].doors.acting_for(acorn, by=SYSTEM) as session,
        pytest.raises(DBAPIError, match="permission denied"),
    ):
        session.execute(text(verb))


def test_not_even_the_superuser_changes_a_row_by_mistake(database: Database, acorn: UUID) -> None:
    act(database, acorn)
    with database.as_superuser().begin() as connection, pytest.raises(DBAPIError, match="never"):
        connection.execute(text("UPDATE audit_event SET action = ''"))


def test_two_clients_have_two_chains(database: Database, acorn: UUID) -> None:
    birch = made(database)
    act(database, acorn, times=2)
    act(database, birch, times=3)
    assert first_broken(database, acorn) is None
    assert first_broken(database, birch) is None
