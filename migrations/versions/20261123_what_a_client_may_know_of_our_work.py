"""What a client may know of our work: who does it, how far it is, and their own bank's lines.

Column by column: of staff the name and nothing else, of bank lines no note and no suggestion.
"""

from __future__ import annotations

from alembic import op

from migrations.helpers import PORTAL, grant_columns

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

COLUMNS = {
    "firm.assignment": ["client_id", "staff_id", "duty", "since", "until"],
    "bank_statement": [
        "client_id",
        "import_id",
        "bank_account_id",
        "position",
        "currency",
        "closing_minor",
        "to_on",
    ],
    "bank_line": [
        "client_id",
        "id",
        "bank_account_id",
        "import_id",
        "booked_on",
        "amount_minor",
        "currency",
        "counterparty",
        "text",
        "state",
        "document_id",
    ],
}


def upgrade() -> None:
    """Grant it."""
    for table, columns in COLUMNS.items():
        grant_columns(table, PORTAL, "S", columns)


def downgrade() -> None:
    """Take it back."""
    for table, columns in COLUMNS.items():
        # Names from the list above.
        op.execute(f"REVOKE SELECT ({', '.join(columns)}) ON {table} FROM {PORTAL}")  # noqa: S608
