"""Which role may do what, as one table for staff and one for the people of a client.

A route names one permission; a role has it or has not. Which clients a member of staff may touch
is another question, answered by assignment (`tenancy.clients_readable_by`).
"""

from __future__ import annotations

ASSOCIATE = frozenset(
    {
        "today.see", "clients.see", "books.see", "books.code", "books.prepare", "books.review",
        "documents.see", "documents.send", "documents.decide", "batches.see", "batches.retry",
        "work.take", "own.account", "search",
    }
)  # fmt: skip
LEAD = ASSOCIATE | {"imports.release", "imports.undo", "rules.write", "work.assign"}
HEAD = LEAD | {"staff.see", "audit.see", "clients.assign", "clients.invite"}
ACCOUNT_MANAGER = (ASSOCIATE - {"books.code", "books.prepare"}) | {
    "clients.add", "clients.assign", "clients.invite", "audit.see",
}  # fmt: skip
MANAGER = HEAD | ACCOUNT_MANAGER | {"staff.write", "periods.close"}

STAFF: dict[str, frozenset[str]] = {
    "associate": ASSOCIATE | {"imports.release", "imports.undo", "rules.write"},
    "team_lead": LEAD,
    "department_head": HEAD,
    "account_manager": ACCOUNT_MANAGER,
    "backoffice_manager": MANAGER,
    "operator": MANAGER,
}

READER = frozenset({"home.see", "documents.see", "own.account"})
HR = READER | {"documents.send"}
FINANCE = HR | {"books.see"}
OWNER = FINANCE | {"people.see", "people.invite", "people.remove", "audit.see"}

PEOPLE: dict[str, frozenset[str]] = {
    "owner": OWNER,
    "finance": FINANCE,
    "hr": HR,
    "read_only": READER | {"books.see"},
}

STAFF_ROLES = tuple(STAFF)
PEOPLE_ROLES = tuple(PEOPLE)
ANYONE = "anyone"  # a route that needs nobody signed in
SIGNED_IN = "signed in"  # a route that needs somebody signed in, of whatever role


def staff_may(role: str, permission: str) -> bool:
    return permission in STAFF[role]
