"""Work in the background."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backoffice.foundation.database import Instant
from migrations.helpers import grant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "schedule_due",
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("noted_at", Instant(), nullable=False),
        sa.CheckConstraint("outcome IN ('fired', 'skipped')", name=op.f("ck_schedule_due_outcome")),
        sa.PrimaryKeyConstraint("schedule", "due_at", name=op.f("pk_schedule_due")),
        schema="firm",
    )
    op.create_table(
        "turn",
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("taken_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("duty", name=op.f("pk_turn")),
        schema="firm",
    )
    op.create_table(
        "batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("opened_by_kind", sa.Text(), nullable=False),
        sa.Column("opened_by_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "opened_by_kind IN ('staff', 'person', 'system')", name=op.f("ck_batch_opened_by")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed_items', 'stopped')",
            name=op.f("ck_batch_state"),
        ),
        sa.CheckConstraint(
            "done >= 0 AND failed >= 0 AND done + failed <= total", name=op.f("ck_batch_counts")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["firm.tenant.id"], name=op.f("fk_batch_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
        schema="firm",
    )
    op.create_index(
        "ix_batch_open",
        "batch",
        ["client_id"],
        unique=False,
        schema="firm",
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )
    op.create_index("ix_batch_subject", "batch", ["subject_id"], unique=False, schema="firm")
    op.create_table(
        "batch_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("retries", sa.BigInteger(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("started_at", Instant(), nullable=True),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(state = 'running') = (lease_until IS NOT NULL)", name=op.f("ck_batch_item_lease")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_batch_item_state")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["firm.batch.id"], name=op.f("fk_batch_item_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_batch_item_client_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_item")),
        sa.UniqueConstraint("batch_id", "position", name=op.f("uq_batch_item_batch_id_position")),
        schema="firm",
    )
    op.create_index(
        "ix_batch_item_client",
        "batch_item",
        ["client_id", "started_at"],
        unique=False,
        schema="firm",
    )
    op.create_index(
        "ix_batch_item_finished",
        "batch_item",
        ["batch_id", "finished_at"],
        unique=False,
        schema="firm",
    )
    op.create_index(
        "ix_batch_item_open",
        "batch_item",
        ["batch_id", "position"],
        unique=False,
        schema="firm",
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )
    op.create_index(
        "ix_batch_item_running",
        "batch_item",
        ["client_id"],
        unique=False,
        schema="firm",
        postgresql_where=sa.text("state = 'running'"),
    )
    # The portal opens batches and shows how far they are; it changes none.
    for table in ("firm.batch", "firm.batch_item"):
        grant(table, portal="SI", workbench="SIU", worker="SIU")
    grant("firm.turn", workbench="S", worker="SIU")
    grant("firm.schedule_due", workbench="S", worker="SI")


def downgrade() -> None:
    op.drop_table("batch_item", schema="firm")
    op.drop_table("batch", schema="firm")
    op.drop_table("turn", schema="firm")
    op.drop_table("schedule_due", schema="firm")
