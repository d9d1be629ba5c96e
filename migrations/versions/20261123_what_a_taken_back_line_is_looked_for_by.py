"""What a line that is taken back is looked for by: without it each deleted line reads all of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_bank_line_conflicts_with_id",
        "bank_line",
        ["client_id", "conflicts_with_id"],
        unique=False,
        postgresql_where=sa.text("conflicts_with_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_bank_line_conflicts_with_id", table_name="bank_line")
