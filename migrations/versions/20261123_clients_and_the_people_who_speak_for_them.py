"""Clients and the people who speak for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backoffice.foundation.database import Instant
from migrations.helpers import client_owned, grant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_last_step", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email_key", name=op.f("uq_person_email_key")),
        schema="firm",
    )
    op.create_table(
        "client",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("fiscal_year_start", sa.Text(), nullable=False),
        sa.Column("chart", sa.Text(), nullable=False),
        sa.Column("brand_colour", sa.Text(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "brand_colour IS NULL OR brand_colour ~ '^#[0-9a-f]{6}$'",
            name=op.f("ck_client_colour"),
        ),
        sa.CheckConstraint("country ~ '^[A-Z]{2}$'", name=op.f("ck_client_country")),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_client_currency")),
        sa.CheckConstraint(
            "fiscal_year_start ~ '^[0-1][0-9]-[0-3][0-9]$'",
            name=op.f("ck_client_fiscal_year_start"),
        ),
        sa.CheckConstraint("client_id = id", name=op.f("ck_client_is_its_own_tenant")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_client_client_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_client")),
    )
    op.create_table(
        "client_key",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_client_key_client_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_client_key")),
        sa.UniqueConstraint("client_id", "version", name=op.f("uq_client_key_client_id_version")),
    )
    op.create_table(
        "client_member",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("removed_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "role IN ('owner', 'finance', 'hr', 'read_only')",
            name=op.f("ck_client_member_role"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_client_member_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["firm.person.id"], name=op.f("fk_client_member_person_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_client_member")),
        sa.UniqueConstraint(
            "client_id", "person_id", name=op.f("uq_client_member_client_id_person_id")
        ),
    )
    op.create_table(
        "person_company",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_person_company_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["firm.person.id"], name=op.f("fk_person_company_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_company")),
        sa.UniqueConstraint(
            "person_id", "client_id", name=op.f("uq_person_company_person_id_client_id")
        ),
        schema="firm",
    )
    op.create_index(
        op.f("ix_person_company_client_id"),
        "person_company",
        ["client_id"],
        unique=False,
        schema="firm",
    )
    op.create_table(
        "person_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("second_factor_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_person_session_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["firm.person.id"], name=op.f("fk_person_session_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_person_session_token_hash")),
        schema="firm",
    )
    op.create_index(
        op.f("ix_person_session_person_id"),
        "person_session",
        ["person_id"],
        unique=False,
        schema="firm",
    )
    op.create_table(
        "invitation",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("invited_by_kind", sa.Text(), nullable=False),
        sa.Column("invited_by_id", sa.Uuid(), nullable=True),
        sa.Column("invited_at", Instant(), nullable=False),
        sa.Column("accepted_at", Instant(), nullable=True),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "role IN ('owner', 'finance', 'hr', 'read_only')",
            name=op.f("ck_invitation_role"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_invitation_client_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_invitation")),
    )
    op.create_table(
        "person_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("invitation_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(purpose = 'invite') = (invitation_id IS NOT NULL)",
            name=op.f("ck_person_token_invites"),
        ),
        sa.CheckConstraint(
            "purpose IN ('invite', 'reset', 'demo')",
            name=op.f("ck_person_token_purpose"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "invitation_id"],
            ["invitation.client_id", "invitation.id"],
            name=op.f("fk_person_token_client_id_invitation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_person_token_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["firm.person.id"], name=op.f("fk_person_token_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_person_token_token_hash")),
        schema="firm",
    )
    grant("firm.person", portal="SIU", workbench="SI")
    client_owned("client", portal="S", workbench="SIU", worker="SI")
    client_owned("client_key", portal="S", workbench="SI", worker="SI")
    client_owned("client_member", portal="SIU", workbench="S", worker="S")
    grant("firm.person_company", portal="SI", workbench="S")
    grant("firm.person_session", portal="SIU")
    client_owned("invitation", portal="SIU", workbench="SIU", worker="S")
    grant("firm.person_token", portal="SIU", workbench="SIU")


def downgrade() -> None:
    op.drop_table("person_token", schema="firm")
    op.drop_table("invitation")
    op.drop_table("person_session", schema="firm")
    op.drop_table("person_company", schema="firm")
    op.drop_table("client_member")
    op.drop_table("client_key")
    op.drop_table("client")
    op.drop_table("person", schema="firm")
