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
