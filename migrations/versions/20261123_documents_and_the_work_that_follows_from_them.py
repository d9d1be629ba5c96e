"""Documents and the work that follows from them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backoffice.foundation.database import Instant
from migrations.helpers import client_owned

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "document_quota",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bytes_used", sa.BigInteger(), nullable=False),
        sa.Column("bytes_max", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "bytes_used BETWEEN 0 AND bytes_max", name=op.f("ck_document_quota_within")
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_document_quota_client_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_document_quota")),
        sa.UniqueConstraint("client_id", name=op.f("uq_document_quota_client_id")),
    )
    op.create_table(
        "work_item",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("once_key", sa.Text(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("period", sa.Text(), nullable=True),
        sa.Column("subject_kind", sa.Text(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("done_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(state = 'done') = (done_at IS NOT NULL)", name=op.f("ck_work_item_done_when")
        ),
        sa.CheckConstraint(
            "period IS NULL OR period ~ '^[0-9]{4}-[0-9]{2}$'", name=op.f("ck_work_item_period")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'in_progress', 'prepared', 'returned', 'done', 'cancelled')",
            name=op.f("ck_work_item_state"),
        ),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["firm.staff.id"], name=op.f("fk_work_item_assignee_id")
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_work_item_client_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["firm.team.id"], name=op.f("fk_work_item_team_id")),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_work_item")),
    )
    op.create_index(
        "ix_work_item_assignee",
        "work_item",
        ["assignee_id"],
        unique=False,
        postgresql_where=sa.text("state IN ('open', 'in_progress', 'prepared', 'returned')"),
    )
    op.create_index(
        "ix_work_item_open",
        "work_item",
        ["client_id", "due_on", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('open', 'in_progress', 'prepared', 'returned')"),
    )
    op.create_index(
        "ix_work_item_subject",
        "work_item",
        ["client_id", "subject_kind", "subject_id"],
        unique=False,
    )
    op.create_index(
        "uq_work_item_once_key",
        "work_item",
        ["client_id", "once_key"],
        unique=True,
        postgresql_where=sa.text("state IN ('open', 'in_progress', 'prepared', 'returned')"),
    )
    op.create_table(
        "document",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("storage_key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("held_code", sa.Text(), nullable=True),
        sa.Column("held_reason", sa.Text(), nullable=True),
        sa.Column("unscanned", sa.Boolean(), nullable=False),
        sa.Column("received_by_kind", sa.Text(), nullable=False),
        sa.Column("received_by_id", sa.Uuid(), nullable=True),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("request_key", sa.Text(), nullable=False),
        sa.Column("work_item_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(state = 'held') <= (held_reason IS NOT NULL)",
            name=op.f("ck_document_held_for_a_reason"),
        ),
        sa.CheckConstraint(
            "state IN ('checking', 'kept', 'held', 'refused')", name=op.f("ck_document_state")
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_document_size")),
        sa.ForeignKeyConstraint(
            ["client_id", "work_item_id"],
            ["work_item.client_id", "work_item.id"],
            name=op.f("fk_document_client_id_work_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_document_client_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_document")),
        sa.UniqueConstraint(
            "client_id", "request_key", name=op.f("uq_document_client_id_request_key")
        ),
        sa.UniqueConstraint("client_id", "sha256", name=op.f("uq_document_client_id_sha256")),
    )
    op.create_index(
        "ix_document_received_at", "document", ["client_id", "received_at", "id"], unique=False
    )
    op.create_index(
        "ix_document_work_item_id", "document", ["client_id", "work_item_id"], unique=False
    )
    op.create_table(
        "preparation",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("work_item_id", sa.Uuid(), nullable=False),
        sa.Column("preparer_id", sa.Uuid(), nullable=False),
        sa.Column("prepared_at", Instant(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("voided_at", Instant(), nullable=True),
        sa.Column("voided_because", sa.Text(), nullable=True),
        sa.Column("superseded_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id", "work_item_id"],
            ["work_item.client_id", "work_item.id"],
            name=op.f("fk_preparation_client_id_work_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_preparation_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["preparer_id"], ["firm.staff.id"], name=op.f("fk_preparation_preparer_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_preparation")),
        sa.UniqueConstraint(
            "client_id",
            "id",
            "preparer_id",
            "content_hash",
            name=op.f("uq_preparation_client_id_id_preparer_id_content_hash"),
        ),
    )
    op.create_index(
        "uq_preparation_live",
        "preparation",
        ["client_id", "work_item_id"],
        unique=True,
        postgresql_where=sa.text("voided_at IS NULL AND superseded_at IS NULL"),
    )
    op.create_table(
        "expected_input",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("file_words", sa.Text(), nullable=True),
        sa.Column("subject_kind", sa.Text(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("period", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("work_item_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("fulfilled_at", Instant(), nullable=True),
        sa.Column("cancelled_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "period IS NULL OR period ~ '^[0-9]{4}-[0-9]{2}$'",
            name=op.f("ck_expected_input_period"),
        ),
        sa.CheckConstraint(
            "(fulfilled_at IS NULL) = (document_id IS NULL)",
            name=op.f("ck_expected_input_fulfilled_by"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "document_id"],
            ["document.client_id", "document.id"],
            name=op.f("fk_expected_input_client_id_document_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "work_item_id"],
            ["work_item.client_id", "work_item.id"],
            name=op.f("fk_expected_input_client_id_work_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_expected_input_client_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_expected_input")),
    )
    op.create_index(
        "ix_expected_input_waiting",
        "expected_input",
        ["client_id", "due_on"],
        unique=False,
        postgresql_where=sa.text("fulfilled_at IS NULL AND cancelled_at IS NULL"),
    )
    op.create_index(
        "uq_expected_input_once",
        "expected_input",
        ["client_id", "kind", "subject_id", "period"],
        unique=True,
        postgresql_where=sa.text("cancelled_at IS NULL AND subject_id IS NOT NULL"),
    )
    op.create_table(
        "review",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("preparation_id", sa.Uuid(), nullable=False),
        sa.Column("preparer_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("reviewed_at", Instant(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("request_key", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "outcome = 'approved' OR reason IS NOT NULL", name=op.f("ck_review_says_why")
        ),
        sa.CheckConstraint("outcome IN ('approved', 'returned')", name=op.f("ck_review_outcome")),
        sa.CheckConstraint("reviewer_id <> preparer_id", name=op.f("ck_review_another_person")),
        sa.ForeignKeyConstraint(
            ["client_id", "preparation_id", "preparer_id", "content_hash"],
            [
                "preparation.client_id",
                "preparation.id",
                "preparation.preparer_id",
                "preparation.content_hash",
            ],
            name="fk_review_preparation",
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_review_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["firm.staff.id"], name=op.f("fk_review_reviewer_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_review")),
        sa.UniqueConstraint(
            "client_id", "preparation_id", name=op.f("uq_review_client_id_preparation_id")
        ),
    )
    client_owned("document_quota", portal="SIU", workbench="SIU", worker="SIU")
    client_owned("work_item", portal="SI", workbench="SIU", worker="SIU")
    client_owned("document", portal="SIU", workbench="SIU", worker="SIU")
    client_owned("preparation", workbench="SIU", worker="SU")
    client_owned("expected_input", portal="SU", workbench="SIU", worker="SIU")
    client_owned("review", workbench="SI", worker="S")
    op.execute(
        "CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON review"
        " FOR EACH STATEMENT EXECUTE FUNCTION firm.refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("review")
    op.drop_table("expected_input")
    op.drop_table("preparation")
    op.drop_table("document")
    op.drop_table("work_item")
    op.drop_table("document_quota")
