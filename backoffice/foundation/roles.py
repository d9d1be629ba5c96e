"""The roles of the database: an owner that nobody logs in as, and one login per process kind."""

from __future__ import annotations

from sqlalchemy import Connection, text

from backoffice.foundation.errors import Refused

OWNER = "backoffice_owner"
LOGINS = ("portal", "workbench", "worker")

# A web page or a claim that takes longer than this is stuck; the worker parses and posts in bulk.
TIMEOUTS = {
    "portal": {"statement_timeout": "5s", "lock_timeout": "3s"},
    "workbench": {"statement_timeout": "5s", "lock_timeout": "3s"},
    "worker": {"statement_timeout": "60s", "lock_timeout": "10s"},
}
IDLE = "30s"  # an open transaction that does nothing holds locks for nobody's good


class UnsafeRole(Refused):
    code = "unsafe_role"


def create_roles(connection: Connection, passwords: dict[str, str]) -> None:
    """Create the roles where absent and give the logins their passwords and time limits."""
    _create(connection, OWNER, "NOLOGIN")
    for role in LOGINS:
        _create(connection, role, "LOGIN")
        _set_password(connection, role, passwords[role])
        for name, value in {
            **TIMEOUTS[role],
            "idle_in_transaction_session_timeout": IDLE,
        }.items():
            connection.execute(text(f"ALTER ROLE {role} SET {name} = '{value}'"))  # noqa: S608
    _create(connection, "backup", "NOLOGIN")
    connection.execute(text(f"GRANT {OWNER} TO CURRENT_USER"))


def _create(connection: Connection, role: str, login: str) -> None:
    found = connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role})
    if not found:
        connection.execute(text(f"CREATE ROLE {role} {login} NOINHERIT"))


def _set_password(connection: Connection, role: str, password: str) -> None:
    quoted = connection.scalar(text("SELECT quote_literal(:password)"), {"password": password})
    connection.exec_driver_sql(f"ALTER ROLE {role} PASSWORD {quoted}".replace("%", "%%"))


def refuse_unsafe(connection: Connection) -> None:
    """Refuse to start as a role that owns tables or is above row-level security."""
    above, owns = connection.execute(
        text(
            "SELECT r.rolsuper OR r.rolbypassrls OR pg_has_role(r.oid, :owner, 'MEMBER'),"
            " EXISTS (SELECT 1 FROM pg_class c WHERE c.relowner = r.oid)"
            " FROM pg_roles r WHERE r.rolname = current_user"
        ),
        {"owner": OWNER},
    ).one()
    if above or owns:
        raise UnsafeRole(
            "This login of the database owns tables or stands above row-level security. "
            "Start the process as portal, workbench or worker."
        )
