"""A client's books, which nobody can rewrite.

The triggers are the net below the posting call: whatever path a row takes, an entry that does not
sum to zero, a line that comes later, a closed month and a wrong balance do not get in. Each error
carries the name of the rule as its constraint; backoffice/ledger/refusals.py turns it into words.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backoffice.foundation.database import Instant
from migrations.helpers import WORKBENCH, WORKER, client_owned, grant_columns

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


# All lines of an entry come in one statement, so this reads no table and nothing can blind it.
LINES_SUM_TO_ZERO = """
CREATE FUNCTION firm.ledger_lines_sum_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong uuid;
BEGIN
  SELECT entry_id INTO wrong
  FROM (
    SELECT client_id, entry_id, sum(amount_minor) AS amount, sum(base_minor) AS base
    FROM arrived GROUP BY client_id, entry_id, currency
  ) AS by_currency
  GROUP BY client_id, entry_id HAVING bool_or(amount <> 0) OR sum(base) <> 0
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the lines of entry % do not sum to zero in each currency', wrong
      USING ERRCODE = 'check_violation', CONSTRAINT = 'lines_sum_to_zero', TABLE = 'posting';
  END IF;
  RETURN NULL;
END $$
"""

# Runs as the owner, whom row-level security does not blind. A line fits when its entry was
# written in this very transaction, on the same date, and its account takes such lines.
# EXECUTE, so that it is planned for the lines at hand: a plan kept from an early small batch
# compares every line with every entry.
LINES_FIT = """
CREATE FUNCTION firm.ledger_lines_fit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE wrong record;
BEGIN
  EXECUTE $ask$
    SELECT l.entry_id, a.code, CASE
        WHEN e.posted_in IS DISTINCT FROM pg_current_xact_id()::text::bigint
          OR l.accounting_date IS DISTINCT FROM e.accounting_date THEN 'line_in_its_own_entry'
        WHEN a.is_control AND e.source_kind = 'manual'
          THEN 'control_account_takes_no_manual_line'
        ELSE 'account_takes_lines'
      END AS rule
    FROM arrived l
    LEFT JOIN public.journal_entry e ON e.client_id = l.client_id AND e.id = l.entry_id
    LEFT JOIN public.account a ON a.client_id = l.client_id AND a.id = l.account_id
    WHERE e.posted_in IS DISTINCT FROM pg_current_xact_id()::text::bigint
       OR l.accounting_date IS DISTINCT FROM e.accounting_date
       OR a.is_parent IS DISTINCT FROM false
       OR a.archived_at IS NOT NULL
       OR (a.is_control AND e.source_kind = 'manual')
    LIMIT 1
  $ask$ INTO wrong;
  IF wrong.rule IS NOT NULL THEN
    RAISE EXCEPTION 'a line of entry % on account % does not fit', wrong.entry_id, wrong.code
      USING ERRCODE = 'check_violation', CONSTRAINT = wrong.rule, TABLE = 'posting',
        DETAIL = coalesce(wrong.code, '');
  END IF;
  RETURN NULL;
END $$
"""

# The balances are written here and nowhere else (no role is granted it), in the same order
# always, so that two transactions never wait for one another crosswise.
BALANCES_FOLLOW = """
CREATE FUNCTION firm.ledger_balances_follow() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO public.account_balance AS b
    (client_id, id, account_id, month, debit_minor, credit_minor, lines)
  SELECT client_id, gen_random_uuid(), account_id, month,
    sum(greatest(base_minor, 0)), sum(greatest(-base_minor, 0)), count(*)
  FROM (
    SELECT client_id, account_id, base_minor,
      accounting_date - extract(day FROM accounting_date)::int + 1 AS month
    FROM arrived
  ) AS line
  GROUP BY client_id, account_id, month
  ORDER BY client_id, account_id, month
  ON CONFLICT (client_id, account_id, month) DO UPDATE
    SET debit_minor = b.debit_minor + excluded.debit_minor,
        credit_minor = b.credit_minor + excluded.credit_minor,
        lines = b.lines + excluded.lines;
  RETURN NULL;
END $$
"""

# The lock on the periods' rows is what a close waits for, and what waits for a close.
PERIOD_TAKES_ENTRIES = """
CREATE FUNCTION firm.ledger_period_takes_entries() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE wrong date;
BEGIN
  PERFORM 1 FROM public.period p WHERE (p.client_id, p.month) IN (
    SELECT client_id, accounting_date - extract(day FROM accounting_date)::int + 1 FROM arrived
  ) ORDER BY p.client_id, p.month FOR SHARE;
  SELECT m.month INTO wrong FROM (
    SELECT DISTINCT client_id,
      accounting_date - extract(day FROM accounting_date)::int + 1 AS month
    FROM arrived
  ) AS m
  LEFT JOIN public.period p ON p.client_id = m.client_id AND p.month = m.month
  WHERE p.state IS NULL OR p.state IN ('closed', 'locked')
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the period % takes no entries', wrong
      USING ERRCODE = 'check_violation', CONSTRAINT = 'period_takes_entries',
        TABLE = 'journal_entry', DETAIL = wrong;
  END IF;
  RETURN NULL;
END $$
"""

ENTRY_HAS_LINES = """
CREATE FUNCTION firm.ledger_entry_has_lines() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM public.posting p WHERE p.client_id = NEW.client_id AND p.entry_id = NEW.id
  ) THEN
    RAISE EXCEPTION 'entry % has no lines', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_has_lines', TABLE = 'journal_entry';
  END IF;
  RETURN NULL;
END $$
"""

LOCKED_STAYS_LOCKED = """
CREATE FUNCTION firm.ledger_locked_stays_locked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'locked' THEN
    RAISE EXCEPTION 'the period % is locked for good', OLD.month
      USING ERRCODE = 'check_violation', CONSTRAINT = 'locked_stays_locked', TABLE = 'period';
  END IF;
  RETURN NEW;
END $$
"""

# A new item owes all of its amount.
ITEM_BEGINS_WHOLE = """
CREATE FUNCTION firm.ledger_item_begins_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.residual_minor := NEW.original_minor;
  RETURN NEW;
END $$
"""

# Locks both items in the order of their ids, then takes the amount off both; the CHECK on the
# residual refuses what would turn its sign. NO KEY: the foreign keys' own check came before and
# holds a share of the key, so two that want more than that would wait for one another for ever.
ALLOCATION_SETTLES = """
CREATE FUNCTION firm.ledger_allocation_settles() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  debit public.open_item;
  credit public.open_item;
  undone public.allocation;
BEGIN
  PERFORM 1 FROM public.open_item i
    WHERE i.client_id = NEW.client_id AND i.id IN (NEW.debit_item_id, NEW.credit_item_id)
    ORDER BY i.id FOR NO KEY UPDATE;
  SELECT * INTO debit FROM public.open_item i
    WHERE i.client_id = NEW.client_id AND i.id = NEW.debit_item_id;
  SELECT * INTO credit FROM public.open_item i
    WHERE i.client_id = NEW.client_id AND i.id = NEW.credit_item_id;
  SELECT * INTO undone FROM public.allocation a
    WHERE a.client_id = NEW.client_id AND a.id = NEW.undoes_id;
  IF (debit.original_minor > 0 AND credit.original_minor < 0
      AND debit.currency = credit.currency
      AND (debit.party_id = credit.party_id OR NEW.offset_reason IS NOT NULL)
      AND NEW.allocated_on >= greatest(debit.on_date, credit.on_date)
      AND (NEW.undoes_id IS NULL OR (undone.amount_minor = -NEW.amount_minor
        AND undone.debit_item_id = NEW.debit_item_id
        AND undone.credit_item_id = NEW.credit_item_id
        AND undone.allocated_on <= NEW.allocated_on))) IS NOT TRUE THEN
    RAISE EXCEPTION 'items % and % do not settle one another', NEW.debit_item_id, NEW.credit_item_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'items_settle_one_another',
        TABLE = 'allocation';
  END IF;
  UPDATE public.open_item i SET residual_minor = i.residual_minor - NEW.amount_minor
    WHERE i.client_id = NEW.client_id AND i.id = NEW.debit_item_id;
  UPDATE public.open_item i SET residual_minor = i.residual_minor + NEW.amount_minor
    WHERE i.client_id = NEW.client_id AND i.id = NEW.credit_item_id;
  RETURN NULL;
END $$
"""

FUNCTIONS = {
    "ledger_lines_sum_to_zero": LINES_SUM_TO_ZERO,
    "ledger_lines_fit": LINES_FIT,
    "ledger_balances_follow": BALANCES_FOLLOW,
    "ledger_period_takes_entries": PERIOD_TAKES_ENTRIES,
    "ledger_entry_has_lines": ENTRY_HAS_LINES,
    "ledger_locked_stays_locked": LOCKED_STAYS_LOCKED,
    "ledger_item_begins_whole": ITEM_BEGINS_WHOLE,
    "ledger_allocation_settles": ALLOCATION_SETTLES,
}

# Statement triggers of one table fire in the order of their names.
TRIGGERS = (
    "CREATE TRIGGER a_lines_sum_to_zero AFTER INSERT ON posting REFERENCING NEW TABLE AS arrived"
    " FOR EACH STATEMENT EXECUTE FUNCTION firm.ledger_lines_sum_to_zero()",
    "CREATE TRIGGER b_lines_fit AFTER INSERT ON posting REFERENCING NEW TABLE AS arrived"
    " FOR EACH STATEMENT EXECUTE FUNCTION firm.ledger_lines_fit()",
    "CREATE TRIGGER c_balances_follow AFTER INSERT ON posting REFERENCING NEW TABLE AS arrived"
    " FOR EACH STATEMENT EXECUTE FUNCTION firm.ledger_balances_follow()",
    "CREATE TRIGGER period_takes_entries AFTER INSERT ON journal_entry"
    " REFERENCING NEW TABLE AS arrived"
    " FOR EACH STATEMENT EXECUTE FUNCTION firm.ledger_period_takes_entries()",
    "CREATE CONSTRAINT TRIGGER entry_has_lines AFTER INSERT ON journal_entry"
    " DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION firm.ledger_entry_has_lines()",
    "CREATE TRIGGER locked_stays_locked BEFORE UPDATE OR DELETE ON period"
    " FOR EACH ROW EXECUTE FUNCTION firm.ledger_locked_stays_locked()",
    "CREATE TRIGGER item_begins_whole BEFORE INSERT ON open_item"
    " FOR EACH ROW EXECUTE FUNCTION firm.ledger_item_begins_whole()",
    "CREATE TRIGGER allocation_settles AFTER INSERT ON allocation"
    " FOR EACH ROW EXECUTE FUNCTION firm.ledger_allocation_settles()",
)
NEVER_CHANGES = ("journal_entry", "posting", "allocation", "period_event")

# The two things that a trigger or the server writes are left out.
ENTRY_COLUMNS = (
    "client_id", "id", "series", "fiscal_year", "number", "sequence", "accounting_date",
    "tax_date", "document_date", "narration", "source_kind", "source_id", "purpose",
    "reverses_id", "reason", "actor_kind", "actor_id", "recorded_at", "business_at",
    "content_hash", "previous_hash", "hash",
)  # fmt: skip
ITEM_COLUMNS = (
    "client_id", "id", "posting_id", "account_id", "party_id", "on_date", "due_on", "reference",
    "currency", "original_minor",
)  # fmt: skip


def grant_all() -> None:
    """Who may do what: the portal reads, the other two post, and nobody writes a balance."""
    for table in ("books", "posting", "allocation", "period_event"):
        client_owned(table, portal="S", workbench="SI", worker="SI")
    for table in ("number_series", "ledger_head", "party"):
        client_owned(table, portal="S", workbench="SIU", worker="SIU")
    for table in ("account", "tax_code", "period"):
        client_owned(table, portal="S", workbench="SI", worker="SI")
    for table in ("journal_entry", "open_item", "account_balance"):
        client_owned(table, portal="S", workbench="S", worker="S")
    for role in (WORKBENCH, WORKER):
        grant_columns("journal_entry", role, "I", ENTRY_COLUMNS)
        grant_columns("open_item", role, "I", ITEM_COLUMNS)
        # The kind and the role of an account are given once: what was posted rests on them.
        grant_columns("account", role, "U", ["name", "description", "parent_id", "archived_at"])
        grant_columns("tax_code", role, "U", ["name", "box", "valid_until"])
        grant_columns("period", role, "U", ["state"])


def create_triggers() -> None:
    for function in FUNCTIONS.values():
        op.execute(function)
    for trigger in TRIGGERS:
        op.execute(trigger)
    for table in NEVER_CHANGES:
        op.execute(
            f"CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION firm.refuse_change()"
        )
    # Room on the page for the next version of a balance, so that its indexes stay untouched.
    op.execute("ALTER TABLE account_balance SET (fillfactor = 70)")


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("is_parent", sa.Boolean(), nullable=False),
        sa.Column("is_control", sa.Boolean(), nullable=False),
        sa.Column("archived_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('asset', 'liability', 'equity', 'income', 'expense')",
            name=op.f("ck_account_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "parent_id"],
            ["account.client_id", "account.id"],
            name=op.f("fk_account_client_id_parent_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_account_client_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_account")),
        sa.UniqueConstraint("client_id", "code", name=op.f("uq_account_client_id_code")),
    )
    op.create_index(
        "uq_account_role",
        "account",
        ["client_id", "role"],
        unique=True,
        postgresql_where=sa.text("role IS NOT NULL AND role <> 'bank'"),
    )
    op.create_table(
        "books",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("fiscal_year_start", sa.Text(), nullable=False),
        sa.Column("chart", sa.Text(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["firm.tenant.id"], name=op.f("fk_books_client_id")),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_books")),
        sa.UniqueConstraint("client_id", name=op.f("uq_books_client_id")),
    )
    op.create_table(
        "journal_entry",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("fiscal_year", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("accounting_date", sa.Date(), nullable=False),
        sa.Column("tax_date", sa.Date(), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=False),
        sa.Column("narration", sa.Text(), nullable=False),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("business_at", Instant(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "posted_in",
            sa.BigInteger(),
            server_default=sa.text("pg_current_xact_id()::text::bigint"),
            nullable=False,
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_journal_entry_number")),
        sa.ForeignKeyConstraint(
            ["client_id", "reverses_id"],
            ["journal_entry.client_id", "journal_entry.id"],
            name=op.f("fk_journal_entry_client_id_reverses_id"),
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_journal_entry")),
        sa.UniqueConstraint(
            "client_id", "sequence", name=op.f("uq_journal_entry_client_id_sequence")
        ),
        sa.UniqueConstraint(
            "client_id",
            "series",
            "fiscal_year",
            "number",
            name=op.f("uq_journal_entry_client_id_series_fiscal_year_number"),
        ),
        sa.UniqueConstraint(
            "client_id",
            "source_kind",
            "source_id",
            "purpose",
            name=op.f("uq_journal_entry_client_id_source_kind_source_id_purpose"),
        ),
    )
    op.create_index(
        "ix_journal_entry_business_at", "journal_entry", ["client_id", "business_at"], unique=False
    )
    op.create_index(
        "ix_journal_entry_date",
        "journal_entry",
        ["client_id", "accounting_date", "sequence"],
        unique=False,
    )
    op.create_index(
        "uq_journal_entry_reverses",
        "journal_entry",
        ["client_id", "reverses_id"],
        unique=True,
        postgresql_where=sa.text("reverses_id IS NOT NULL"),
    )
    op.create_table(
        "ledger_head",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_ledger_head_client_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_ledger_head")),
        sa.UniqueConstraint("client_id", name=op.f("uq_ledger_head_client_id")),
    )
    op.create_table(
        "number_series",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("fiscal_year", sa.BigInteger(), nullable=False),
        sa.Column("next_number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_number_series_client_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_number_series")),
        sa.UniqueConstraint(
            "client_id",
            "series",
            "fiscal_year",
            name=op.f("uq_number_series_client_id_series_fiscal_year"),
        ),
    )
    op.create_table(
        "party",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("archived_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["firm.tenant.id"], name=op.f("fk_party_client_id")),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_party")),
    )
    op.create_index("ix_party_name_key", "party", ["client_id", "name_key"], unique=False)
    op.create_table(
        "period",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("fiscal_year", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'soft_closed', 'closed', 'locked')", name=op.f("ck_period_state")
        ),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_period_month")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_period_client_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_period")),
        sa.UniqueConstraint("client_id", "month", name=op.f("uq_period_client_id_month")),
    )
    op.create_table(
        "account_balance",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("debit_minor", sa.BigInteger(), nullable=False),
        sa.Column("credit_minor", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "account_id"],
            ["account.client_id", "account.id"],
            name=op.f("fk_account_balance_client_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_account_balance_client_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_account_balance")),
        sa.UniqueConstraint(
            "client_id",
            "account_id",
            "month",
            name=op.f("uq_account_balance_client_id_account_id_month"),
        ),
    )
    op.create_table(
        "period_event",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "period_id"],
            ["period.client_id", "period.id"],
            name=op.f("fk_period_event_client_id_period_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_period_event_client_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_period_event")),
    )
    op.create_table(
        "tax_code",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rate", sa.Numeric(precision=9, scale=6), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("output_account_id", sa.Uuid(), nullable=True),
        sa.Column("input_account_id", sa.Uuid(), nullable=True),
        sa.Column("box", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "direction IN ('output', 'input', 'both', 'none')", name=op.f("ck_tax_code_direction")
        ),
        sa.CheckConstraint("rate >= 0 AND rate < 1", name=op.f("ck_tax_code_rate")),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_until >= valid_from", name=op.f("ck_tax_code_dates")
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "input_account_id"],
            ["account.client_id", "account.id"],
            name=op.f("fk_tax_code_client_id_input_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "output_account_id"],
            ["account.client_id", "account.id"],
            name=op.f("fk_tax_code_client_id_output_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_tax_code_client_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_tax_code")),
        sa.UniqueConstraint(
            "client_id", "code", "valid_from", name=op.f("uq_tax_code_client_id_code_valid_from")
        ),
    )
    op.create_table(
        "posting",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("accounting_date", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("base_minor", sa.BigInteger(), nullable=False),
        sa.Column("narration", sa.Text(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("tax_code_id", sa.Uuid(), nullable=True),
        sa.Column("tax_part", sa.Text(), nullable=True),
        sa.Column("tax_rate", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("tax_base_minor", sa.BigInteger(), nullable=True),
        sa.Column("tax_date", sa.Date(), nullable=True),
        sa.Column("return_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("tax_part IN ('base', 'tax')", name=op.f("ck_posting_tax_part")),
        sa.CheckConstraint(
            "(tax_code_id IS NULL) = (tax_rate IS NULL) AND (tax_code_id IS NULL) = (tax_base_minor IS NULL) AND (tax_code_id IS NULL) = (tax_date IS NULL) AND (tax_code_id IS NULL) = (tax_part IS NULL)",
            name=op.f("ck_posting_tax_is_whole"),
        ),
        sa.CheckConstraint("char_length(currency) = 3", name=op.f("ck_posting_currency")),
        sa.ForeignKeyConstraint(
            ["client_id", "account_id"],
            ["account.client_id", "account.id"],
            name=op.f("fk_posting_client_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "entry_id"],
            ["journal_entry.client_id", "journal_entry.id"],
            name=op.f("fk_posting_client_id_entry_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "party_id"],
            ["party.client_id", "party.id"],
            name=op.f("fk_posting_client_id_party_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "tax_code_id"],
            ["tax_code.client_id", "tax_code.id"],
            name=op.f("fk_posting_client_id_tax_code_id"),
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_posting")),
        sa.UniqueConstraint(
            "client_id", "entry_id", "line", name=op.f("uq_posting_client_id_entry_id_line")
        ),
    )
    op.create_index(
        "ix_posting_account",
        "posting",
        ["client_id", "account_id", "accounting_date", "id"],
        unique=False,
    )
    op.create_index(
        "ix_posting_party",
        "posting",
        ["client_id", "party_id"],
        unique=False,
        postgresql_where=sa.text("party_id IS NOT NULL"),
    )
    op.create_index(
        "ix_posting_tax",
        "posting",
        ["client_id", "tax_code_id", "tax_date"],
        unique=False,
        postgresql_where=sa.text("tax_code_id IS NOT NULL"),
    )
    op.create_table(
        "open_item",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("posting_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("original_minor", sa.BigInteger(), nullable=False),
        sa.Column("residual_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "original_minor > 0 AND residual_minor BETWEEN 0 AND original_minor OR original_minor < 0 AND residual_minor BETWEEN original_minor AND 0",
            name=op.f("ck_open_item_residual"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "account_id"],
            ["account.client_id", "account.id"],
            name=op.f("fk_open_item_client_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "party_id"],
            ["party.client_id", "party.id"],
            name=op.f("fk_open_item_client_id_party_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "posting_id"],
            ["posting.client_id", "posting.id"],
            name=op.f("fk_open_item_client_id_posting_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_open_item_client_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_open_item")),
    )
    op.create_index(
        "ix_open_item_open",
        "open_item",
        ["client_id", "party_id", "due_on"],
        unique=False,
        postgresql_where=sa.text("residual_minor <> 0"),
    )
    op.create_table(
        "allocation",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("debit_item_id", sa.Uuid(), nullable=False),
        sa.Column("credit_item_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("allocated_on", sa.Date(), nullable=False),
        sa.Column("offset_reason", sa.Text(), nullable=True),
        sa.Column("undoes_id", sa.Uuid(), nullable=True),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "undoes_id IS NULL AND amount_minor > 0 OR undoes_id IS NOT NULL AND amount_minor < 0",
            name=op.f("ck_allocation_amount"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "credit_item_id"],
            ["open_item.client_id", "open_item.id"],
            name=op.f("fk_allocation_client_id_credit_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "debit_item_id"],
            ["open_item.client_id", "open_item.id"],
            name=op.f("fk_allocation_client_id_debit_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "undoes_id"],
            ["allocation.client_id", "allocation.id"],
            name=op.f("fk_allocation_client_id_undoes_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_allocation_client_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_allocation")),
    )
    op.create_index(
        "ix_allocation_credit_item_id", "allocation", ["client_id", "credit_item_id"], unique=False
    )
    op.create_index(
        "ix_allocation_debit_item_id", "allocation", ["client_id", "debit_item_id"], unique=False
    )
    op.create_index(
        "uq_allocation_undoes",
        "allocation",
        ["client_id", "undoes_id"],
        unique=True,
        postgresql_where=sa.text("undoes_id IS NOT NULL"),
    )
    grant_all()
    create_triggers()


def downgrade() -> None:
    op.drop_table("allocation")
    op.drop_table("open_item")
    op.drop_table("posting")
    op.drop_table("tax_code")
    op.drop_table("period_event")
    op.drop_table("account_balance")
    op.drop_table("period")
    op.drop_table("party")
    op.drop_table("number_series")
    op.drop_table("ledger_head")
    op.drop_table("journal_entry")
    op.drop_table("books")
    op.drop_table("account")
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION firm.{function}")
