"""What every migration says the same way: who may do what with a table.

A client-owned table gets its row-level security from `client_owned`, and never by hand: the
catalogue test compares each policy with exactly this text. A provider-owned table gets grants.
"""

from __future__ import annotations

from collections.abc import Iterable

from alembic import op

OWNER = "backoffice_owner"
PORTAL, WORKBENCH, WORKER = ROLES = ("portal", "workbench", "worker")
LOCK_TIMEOUT = "5s"  # a migration gives way to the running release rather than queue before it

# The sub-select keeps the index; there is no missing_ok and no nullif: a missing scope raises.
READ = "client_id = ANY ((SELECT current_setting('backoffice.read')::uuid[])::uuid[])"
WRITE = "client_id = current_setting('backoffice.write')::uuid"

VERBS = {"S": "SELECT", "I": "INSERT", "U": "UPDATE", "D": "DELETE"}


def client_owned(
    table: str,
    *,
    portal: str = "",
    workbench: str = "SIU",
    worker: str = "SIU",
    deletable: bool = False,
) -> None:
    """Enable and force row-level security on a table and grant verbs ("SIU") to each role.

    `deletable` adds the DELETE policy; the table must then be on the reviewed list of the
    catalogue test.
    """
    roles = ", ".join(ROLES)
    for statement in (
        f"ALTER TABLE {table} OWNER TO {OWNER}",
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY owner ON {table} TO {OWNER} USING (true) WITH CHECK (true)",
        f"CREATE POLICY read ON {table} FOR SELECT TO {roles} USING ({READ})",
        f"CREATE POLICY write ON {table} FOR INSERT TO {roles} WITH CHECK ({WRITE})",
        f"CREATE POLICY change ON {table} FOR UPDATE TO {roles}"
        f" USING ({WRITE}) WITH CHECK ({WRITE})",
    ):
        op.execute(statement)
    if deletable:
        op.execute(f"CREATE POLICY remove ON {table} FOR DELETE TO {roles} USING ({WRITE})")
    grant(table, portal=portal, workbench=workbench, worker=worker)


def grant(table: str, *, portal: str = "", workbench: str = "", worker: str = "") -> None:
    """Grant verbs on a table; `backup` may always read."""
    for role, letters in ((PORTAL, portal), (WORKBENCH, workbench), (WORKER, worker)):
        if letters:
            verbs = ", ".join(VERBS[letter] for letter in letters)
            op.execute(f"GRANT {verbs} ON {table} TO {role}")
    op.execute(f"GRANT SELECT ON {table} TO backup")


def grant_columns(table: str, role: str, verb: str, columns: Iterable[str]) -> None:
    """Grant one verb ("S", "I", "U") on some columns alone."""
    op.execute(f"GRANT {VERBS[verb]} ({', '.join(columns)}) ON {table} TO {role}")
