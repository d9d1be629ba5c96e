"""The reviewed lists: what may be an exception, each with its reason.

A new name here is a decision: it belongs in the same change as its table, and is read in review.
"""

# Provider-owned: no row-level security, never a client's names, amounts or texts.
PROVIDER_OWNED = {
    "alembic_version",  # where the migrations stand
    "assignment",  # which member of staff works for which client
    "batch",  # client, kind, counts
    "batch_item",  # client, ids, lease, token
    "business_clock",  # one number
    "department",
    "membership",
    "person",  # the address of mail somebody signs in with, before any client is known
    "person_company",  # person → companies
    "person_session",
    "person_token",  # token hash → client
    "schedule_due",  # that a duty was due
    "sign_in_throttle",  # hashes and counts
    "staff",
    "staff_session",
    "staff_token",
    "team",
    "tenant",  # that a client exists
    "turn",  # whose turn it was at a duty of the workers
}

# Rows that are work in hand rather than record: taken back before anything rests on them.
DELETABLE: set[str] = {
    "bank_line",  # undoing an import takes its lines back while none was ever coded
}

# The provider's own business.
NO_GRANT_TO_PORTAL = {
    "firm.assignment",
    "firm.department",
    "firm.membership",
    "firm.schedule_due",
    "firm.staff",  # but for id and name, by column
    "firm.staff_session",
    "firm.staff_token",
    "firm.team",
    "firm.turn",
}

# What the portal may read of them all the same, column by column.
PORTAL_MAY_READ = {
    "firm.assignment": {"client_id", "staff_id", "duty", "since", "until"},  # who works for us
    "firm.staff": {"id", "name"},  # "Priya is coding"
}

# Functions that run as the owner, above row-level security: triggers that must see every row.
DEFINERS = {
    "firm.ledger_allocation_settles",  # locks and changes both open items, which no role may
    "firm.ledger_balances_follow",  # the balances are written here alone
    "firm.ledger_entry_has_lines",
    "firm.ledger_lines_fit",  # a line of another client's entry must be seen to be refused
    "firm.ledger_period_takes_entries",  # locks periods, which no role may
}
# Pinning a search path costs 13 % of a posting in this one, which runs once an entry. It names
# everything with its schema, and nobody can put an operator before those of pg_catalog: no role
# may create anything in any schema.
UNPINNED = {"firm.ledger_entry_has_lines"}

# Exact numbers that are never compared under row-level security: `numeric =` is not leakproof,
# so an index on it would not be used. Money is bigint.
NUMERIC = {"posting.tax_rate", "tax_code.rate"}
