"""No more rights than each app uses.

The portal fills its quota and never widens it, and reads of our work all but the words that
colleagues write to one another. The workbench signs no client's people in: it needs neither
their passwords' hashes nor their companies.
"""

from __future__ import annotations

from alembic import op

from migrations.helpers import PORTAL, grant_columns

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

OF_WORK = [
    "client_id",
    "id",
    "kind",
    "title",
    "state",
    "once_key",
    "team_id",
    "assignee_id",
    "period",
    "subject_kind",
    "subject_id",
    "due_on",
    "opened_at",
    "changed_at",
    "done_at",
]


def upgrade() -> None:
    op.execute("REVOKE UPDATE ON document_quota FROM portal")
    grant_columns("document_quota", PORTAL, "U", ["bytes_used"])
    op.execute("REVOKE SELECT ON work_item FROM portal")
    grant_columns("work_item", PORTAL, "S", OF_WORK)
    op.execute("REVOKE SELECT, INSERT ON firm.person FROM workbench")
    op.execute("REVOKE SELECT ON firm.person_company FROM workbench")


def downgrade() -> None:
    op.execute("GRANT SELECT ON firm.person_company TO workbench")
    op.execute("GRANT SELECT, INSERT ON firm.person TO workbench")
    # Names from the list above.
    op.execute(f"REVOKE SELECT ({', '.join(OF_WORK)}) ON work_item FROM portal")  # noqa: S608
    op.execute("GRANT SELECT ON work_item TO portal")
    op.execute("REVOKE UPDATE (bytes_used) ON document_quota FROM portal")
    op.execute("GRANT UPDATE ON document_quota TO portal")
