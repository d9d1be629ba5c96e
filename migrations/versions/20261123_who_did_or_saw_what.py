"""Who did or saw what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from backoffice.foundation.database import Instant
from migrations.helpers import client_owned

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_event",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("business_at", Instant(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_audit_event_client_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_audit_event")),
        sa.UniqueConstraint(
            "client_id", "sequence", name=op.f("uq_audit_event_client_id_sequence")
        ),
    )
    op.create_index(
        "ix_audit_event_subject",
        "audit_event",
        ["client_id", "subject_kind", "subject_id"],
        unique=False,
    )
    op.create_table(
        "audit_head",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_audit_head_client_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_audit_head")),
        sa.UniqueConstraint("client_id", name=op.f("uq_audit_head_client_id")),
    )
    client_owned("audit_event", portal="SI", workbench="SI", worker="SI")
    client_owned("audit_head", portal="SU", workbench="SIU", worker="SIU")
    op.execute(
        "CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event"
        " FOR EACH STATEMENT EXECUTE FUNCTION firm.refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("audit_head")
    op.drop_table("audit_event")
