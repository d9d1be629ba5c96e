"""Mails that are to be sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backoffice.foundation.database import Instant
from migrations.helpers import client_owned

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("posted_at", Instant(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("retries", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('posted', 'sending', 'sent', 'unsure', 'refused')",
            name=op.f("ck_mail_state"),
        ),
        sa.ForeignKeyConstraint(["client_id"], ["firm.tenant.id"], name=op.f("fk_mail_client_id")),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_mail")),
    )
    client_owned("mail", portal="SI", workbench="SI", worker="SIU")


def downgrade() -> None:
    op.drop_table("mail")
