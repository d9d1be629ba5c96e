"""Who works here and which tenants there are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backoffice.foundation.database import Instant
from migrations.helpers import PORTAL, WORKBENCH, WORKER, grant, grant_columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Posted rows never change: the grants say so to the roles, this trigger says so to everybody.
REFUSE_CHANGE = """
CREATE FUNCTION firm.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are never changed or deleted; write a new one', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$
"""

# Whom a member of staff may read: everybody for the manager and the operator, else the clients
# assigned to them, or to the people they lead; the house is everybody's.
CLIENTS_READABLE_BY = """
CREATE FUNCTION firm.clients_readable_by(person uuid) RETURNS uuid[] LANGUAGE sql STABLE AS $$
  WITH today AS (
    SELECT (now() + ahead_seconds * interval '1 second')::date AS day FROM firm.business_clock
  ), me AS (
    SELECT id, role FROM firm.staff WHERE id = person AND deactivated_at IS NULL
  ), mine AS (
    SELECT id FROM me
    UNION
    SELECT m.staff_id
    FROM me, today, firm.membership m
    JOIN firm.team t ON t.id = m.team_id
    JOIN firm.department d ON d.id = t.department_id
    WHERE (t.lead_id = me.id OR d.head_id = me.id)
      AND m.since <= today.day AND (m.until IS NULL OR m.until >= today.day)
  )
  SELECT coalesce(array_agg(tenant.id), '{}')
  FROM me, firm.tenant tenant
  WHERE me.role IN ('backoffice_manager', 'operator') OR tenant.kind = 'house'
     OR EXISTS (
       SELECT 1 FROM firm.assignment a, mine, today
       WHERE a.client_id = tenant.id AND a.staff_id = mine.id
         AND (a.until IS NULL OR a.until >= today.day)
     )
$$
"""


def upgrade() -> None:
    op.create_table(
        "business_clock",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ahead_seconds", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_business_clock_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_business_clock")),
        schema="firm",
    )
    op.create_table(
        "sign_in_throttle",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("window_started_at", Instant(), nullable=False),
        sa.Column("blocked_until", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_throttle")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_sign_in_throttle_key_hash")),
        schema="firm",
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("deactivated_at", Instant(), nullable=True),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_last_step", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "role IN ('associate', 'team_lead', 'department_head', 'account_manager', 'backoffice_manager', 'operator')",
            name=op.f("ck_staff_role"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email_key", name=op.f("uq_staff_email_key")),
        schema="firm",
    )
    op.create_index(
        "uq_staff_operator",
        "staff",
        ["role"],
        unique=True,
        schema="firm",
        postgresql_where=sa.text("role = 'operator'"),
    )
    op.create_table(
        "tenant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("slug_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.CheckConstraint("kind IN ('house', 'client')", name=op.f("ck_tenant_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant")),
        sa.UniqueConstraint("slug_hash", name=op.f("uq_tenant_slug_hash")),
        schema="firm",
    )
    op.create_index(
        "uq_tenant_house",
        "tenant",
        ["kind"],
        unique=True,
        schema="firm",
        postgresql_where=sa.text("kind = 'house'"),
    )
    op.create_table(
        "assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "duty IN ('preparer', 'reviewer', 'account_manager')",
            name=op.f("ck_assignment_duty"),
        ),
        sa.CheckConstraint(
            "until IS NULL OR until >= since",
            name=op.f("ck_assignment_ends_after_it_begins"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_assignment_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["firm.staff.id"], name=op.f("fk_assignment_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        schema="firm",
    )
    op.create_index(
        op.f("ix_assignment_client_id"),
        "assignment",
        ["client_id"],
        unique=False,
        schema="firm",
    )
    op.create_index(
        "uq_assignment_open",
        "assignment",
        ["staff_id", "client_id", "duty"],
        unique=True,
        schema="firm",
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "department",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("head_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["head_id"], ["firm.staff.id"], name=op.f("fk_department_head_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department")),
        sa.UniqueConstraint("name", name=op.f("uq_department_name")),
        schema="firm",
    )
    op.create_table(
        "staff_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("second_factor_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["firm.staff.id"], name=op.f("fk_staff_session_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_session_token_hash")),
        schema="firm",
    )
    op.create_index(
        op.f("ix_staff_session_staff_id"),
        "staff_session",
        ["staff_id"],
        unique=False,
        schema="firm",
    )
    op.create_table(
        "staff_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('invite', 'reset', 'demo')",
            name=op.f("ck_staff_token_purpose"),
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["firm.staff.id"], name=op.f("fk_staff_token_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_token_token_hash")),
        schema="firm",
    )
    op.create_index(
        op.f("ix_staff_token_staff_id"),
        "staff_token",
        ["staff_id"],
        unique=False,
        schema="firm",
    )
    op.create_table(
        "team",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["firm.department.id"],
            name=op.f("fk_team_department_id"),
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["firm.staff.id"], name=op.f("fk_team_lead_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("department_id", "name", name=op.f("uq_team_department_id_name")),
        schema="firm",
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "until IS NULL OR until >= since",
            name=op.f("ck_membership_ends_after_it_begins"),
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["firm.staff.id"], name=op.f("fk_membership_staff_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["firm.team.id"], name=op.f("fk_membership_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        schema="firm",
    )
    op.create_index(
        op.f("ix_membership_staff_id"),
        "membership",
        ["staff_id"],
        unique=False,
        schema="firm",
    )
    op.create_index(
        op.f("ix_membership_team_id"),
        "membership",
        ["team_id"],
        unique=False,
        schema="firm",
    )
    grant("firm.business_clock", portal="S", workbench="SU", worker="SU")
    grant("firm.sign_in_throttle", portal="SIU", workbench="SIU")
    grant("firm.staff", workbench="SIU", worker="S")
    grant("firm.tenant", portal="S", workbench="SI", worker="SI")
    grant("firm.assignment", workbench="SIU", worker="S")
    grant("firm.department", workbench="SIU", worker="S")
    grant("firm.staff_session", workbench="SIU")
    grant("firm.staff_token", workbench="SIU")
    grant("firm.team", workbench="SIU", worker="S")
    grant("firm.membership", workbench="SIU", worker="S")
    grant_columns("firm.staff", PORTAL, "S", ["id", "name"])  # "Priya is coding"
    op.execute("INSERT INTO firm.business_clock (id, ahead_seconds) VALUES (1, 0)")
    op.execute(REFUSE_CHANGE)
    op.execute(CLIENTS_READABLE_BY)
    op.execute("REVOKE ALL ON FUNCTION firm.clients_readable_by FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION firm.clients_readable_by TO {WORKBENCH}, {WORKER}")


def downgrade() -> None:
    op.execute("DROP FUNCTION firm.clients_readable_by")
    op.execute("DROP FUNCTION firm.refuse_change")
    op.drop_table("membership", schema="firm")
    op.drop_table("team", schema="firm")
    op.drop_table("staff_token", schema="firm")
    op.drop_table("staff_session", schema="firm")
    op.drop_table("department", schema="firm")
    op.drop_table("assignment", schema="firm")
    op.drop_table("tenant", schema="firm")
    op.drop_table("staff", schema="firm")
    op.drop_table("sign_in_throttle", schema="firm")
    op.drop_table("business_clock", schema="firm")
