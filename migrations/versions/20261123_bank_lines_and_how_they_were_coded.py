"""Bank lines and how they were coded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backoffice.foundation.database import Instant
from migrations.helpers import WORKBENCH, client_owned, grant_columns

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# What of a line may change after it was stored; what the bank said never does.
LINE_CHANGES = [
    "state",
    "version",
    "document_id",
    "conflicts_with_id",
    "note",
    "suggested_account_id",
    "suggested_tax_code_id",
    "suggested_transfer_id",
    "confidence",
    "reason_kind",
    "reason_rule_id",
    "reason_times",
    "reason_of",
]
UNDOING = ["undone_at", "undone_by_id", "undone_because", "reversal_entry_id"]

# Reads the rows of the statement alone, so row-level security cannot blind it. The number of
# parts and the line's amount are copied by the foreign keys, so no part can follow later.
PARTS_SUM_TO_THE_LINE = """
CREATE FUNCTION firm.parts_sum_to_the_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM added GROUP BY client_id, coding_id
    HAVING sum(gross_minor) IS DISTINCT FROM min(coding_amount_minor)
        OR count(*) IS DISTINCT FROM min(parts)
  ) THEN
    RAISE EXCEPTION 'the parts of a coding must sum to its line, in one statement'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$
"""

CODING_HAS_PARTS = """
CREATE FUNCTION firm.coding_has_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM coding_part WHERE client_id = NEW.client_id AND coding_id = NEW.id
  ) THEN
    RAISE EXCEPTION 'a coding has at least one part' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "bank_account",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("number_index", sa.LargeBinary(), nullable=False),
        sa.Column("last_four", sa.Text(), nullable=False),
        sa.Column("ledger_account_id", sa.Uuid(), nullable=False),
        sa.Column("opening_entry_id", sa.Uuid(), nullable=True),
        sa.Column("opening_statement_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_bank_account_currency")),
        sa.ForeignKeyConstraint(
            ["client_id", "ledger_account_id"],
            ["account.client_id", "account.id"],
            name=op.f("fk_bank_account_client_id_ledger_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "opening_entry_id"],
            ["journal_entry.client_id", "journal_entry.id"],
            name=op.f("fk_bank_account_client_id_opening_entry_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_bank_account_client_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_bank_account")),
        sa.UniqueConstraint(
            "client_id",
            "ledger_account_id",
            name=op.f("uq_bank_account_client_id_ledger_account_id"),
        ),
        sa.UniqueConstraint(
            "client_id",
            "number_index",
            "currency",
            name=op.f("uq_bank_account_client_id_number_index_currency"),
        ),
    )
    op.create_table(
        "bank_rule",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("amount_min", sa.BigInteger(), nullable=True),
        sa.Column("amount_max", sa.BigInteger(), nullable=True),
        sa.Column("bank_account_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("tax_code_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", Instant(), nullable=False),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.Column("retired_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "direction IN ('in', 'out', 'any')", name=op.f("ck_bank_rule_direction")
        ),
        sa.CheckConstraint("words <> ''", name=op.f("ck_bank_rule_words")),
        sa.CheckConstraint(
            "amount_min IS NULL OR amount_max IS NULL OR amount_min <= amount_max",
            name=op.f("ck_bank_rule_range"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["firm.staff.id"], name=op.f("fk_bank_rule_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "account_id"],
            ["account.client_id", "account.id"],
            name=op.f("fk_bank_rule_client_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "bank_account_id"],
            ["bank_account.client_id", "bank_account.id"],
            name=op.f("fk_bank_rule_client_id_bank_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "tax_code_id"],
            ["tax_code.client_id", "tax_code.id"],
            name=op.f("fk_bank_rule_client_id_tax_code_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_bank_rule_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["retired_by_id"], ["firm.staff.id"], name=op.f("fk_bank_rule_retired_by_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_bank_rule")),
    )
    op.create_index(
        "ix_bank_rule_live",
        "bank_rule",
        ["client_id"],
        unique=False,
        postgresql_where=sa.text("retired_at IS NULL"),
    )
    op.create_table(
        "bank_import",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("bank_account_id", sa.Uuid(), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=True),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("pending", sa.BigInteger(), nullable=False),
        sa.Column("new", sa.BigInteger(), nullable=False),
        sa.Column("known", sa.BigInteger(), nullable=False),
        sa.Column("conflicts", sa.BigInteger(), nullable=False),
        sa.Column("held_back", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("gap_accepted_because", sa.Text(), nullable=True),
        sa.Column("started_by_kind", sa.Text(), nullable=False),
        sa.Column("started_by_id", sa.Uuid(), nullable=True),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("read_at", Instant(), nullable=True),
        sa.Column("released_at", Instant(), nullable=True),
        sa.Column("released_by_id", sa.Uuid(), nullable=True),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.Column("undone_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state IN ('reading', 'held', 'shown', 'released', 'undone', 'refused')",
            name=op.f("ck_bank_import_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('held', 'refused') OR reason IS NOT NULL",
            name=op.f("ck_bank_import_says_why"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "bank_account_id"],
            ["bank_account.client_id", "bank_account.id"],
            name=op.f("fk_bank_import_client_id_bank_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "document_id"],
            ["document.client_id", "document.id"],
            name=op.f("fk_bank_import_client_id_document_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_bank_import_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["released_by_id"], ["firm.staff.id"], name=op.f("fk_bank_import_released_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["firm.staff.id"], name=op.f("fk_bank_import_undone_by_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_bank_import")),
    )
    op.create_index(
        "ix_bank_import_document_id", "bank_import", ["client_id", "document_id"], unique=False
    )
    op.create_index(
        "ix_bank_import_started_at", "bank_import", ["client_id", "started_at"], unique=False
    )
    op.create_table(
        "bank_statement",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("bank_account_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("opening_minor", sa.BigInteger(), nullable=True),
        sa.Column("closing_minor", sa.BigInteger(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("sum_minor", sa.BigInteger(), nullable=False),
        sa.Column("held_code", sa.Text(), nullable=True),
        sa.Column("agreed_at", Instant(), nullable=True),
        sa.Column("agreed_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_bank_statement_currency")),
        sa.CheckConstraint(
            "(agreed_at IS NULL) = (agreed_by_id IS NULL)", name=op.f("ck_bank_statement_agreed_by")
        ),
        sa.CheckConstraint("entries >= 0", name=op.f("ck_bank_statement_entries")),
        sa.CheckConstraint(
            "held_code IS NOT NULL OR opening_minor IS NULL OR closing_minor IS NULL"
            " OR opening_minor + sum_minor = closing_minor",
            name=op.f("ck_bank_statement_adds_up"),
        ),
        sa.ForeignKeyConstraint(
            ["agreed_by_id"], ["firm.staff.id"], name=op.f("fk_bank_statement_agreed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "bank_account_id"],
            ["bank_account.client_id", "bank_account.id"],
            name=op.f("fk_bank_statement_client_id_bank_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "import_id"],
            ["bank_import.client_id", "bank_import.id"],
            name=op.f("fk_bank_statement_client_id_import_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_bank_statement_client_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_bank_statement")),
        sa.UniqueConstraint(
            "client_id",
            "id",
            "import_id",
            "bank_account_id",
            name=op.f("uq_bank_statement_client_id_id_import_id_bank_account_id"),
        ),
        sa.UniqueConstraint(
            "client_id",
            "import_id",
            "position",
            name=op.f("uq_bank_statement_client_id_import_id_position"),
        ),
    )
    op.create_index(
        "ix_bank_statement_account",
        "bank_statement",
        ["client_id", "bank_account_id", "to_on"],
        unique=False,
    )
    op.create_table(
        "import_chunk",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("storage_key", sa.Text(), nullable=False),
        sa.Column("stored_at", Instant(), nullable=True),
        sa.CheckConstraint("lines > 0", name=op.f("ck_import_chunk_lines")),
        sa.ForeignKeyConstraint(
            ["client_id", "import_id"],
            ["bank_import.client_id", "bank_import.id"],
            name=op.f("fk_import_chunk_client_id_import_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_import_chunk_client_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_import_chunk")),
        sa.UniqueConstraint(
            "client_id",
            "import_id",
            "position",
            name=op.f("uq_import_chunk_client_id_import_id_position"),
        ),
    )
    op.create_table(
        "bank_line",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_account_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("valued_on", sa.Date(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("counterparty", sa.Text(), nullable=True),
        sa.Column("counterparty_key", sa.Text(), nullable=False),
        sa.Column("counterparty_account_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("counterparty_account_index", sa.LargeBinary(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("bank_reference", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("file_line", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.Uuid(), nullable=False),
        sa.Column("occurrence", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("conflicts_with_id", sa.Uuid(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("suggested_account_id", sa.Uuid(), nullable=True),
        sa.Column("suggested_tax_code_id", sa.Uuid(), nullable=True),
        sa.Column("suggested_transfer_id", sa.Uuid(), nullable=True),
        sa.Column("confidence", sa.Text(), nullable=False),
        sa.Column("reason_kind", sa.Text(), nullable=False),
        sa.Column("reason_rule_id", sa.Uuid(), nullable=True),
        sa.Column("reason_times", sa.BigInteger(), nullable=True),
        sa.Column("reason_of", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(state = 'conflict') <= (conflicts_with_id IS NOT NULL)",
            name=op.f("ck_bank_line_conflict"),
        ),
        sa.CheckConstraint(
            "confidence IN ('sure', 'likely', 'unsure')", name=op.f("ck_bank_line_confidence")
        ),
        sa.CheckConstraint(
            "reason_kind IN ('rule', 'history', 'transfer', 'twin', 'first_time')",
            name=op.f("ck_bank_line_reason_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'coded', 'conflict', 'left_out')", name=op.f("ck_bank_line_state")
        ),
        sa.CheckConstraint("occurrence >= 1", name=op.f("ck_bank_line_occurrence")),
        sa.ForeignKeyConstraint(
            ["client_id", "conflicts_with_id"],
            ["bank_line.client_id", "bank_line.id"],
            name=op.f("fk_bank_line_client_id_conflicts_with_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "document_id"],
            ["document.client_id", "document.id"],
            name=op.f("fk_bank_line_client_id_document_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "statement_id", "import_id", "bank_account_id"],
            [
                "bank_statement.client_id",
                "bank_statement.id",
                "bank_statement.import_id",
                "bank_statement.bank_account_id",
            ],
            name="fk_bank_line_bank_statement",
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_bank_line_client_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_bank_line")),
        sa.UniqueConstraint(
            "client_id",
            "bank_account_id",
            "fingerprint",
            "occurrence",
            name=op.f("uq_bank_line_client_id_bank_account_id_fingerprint_occurrence"),
        ),
        sa.UniqueConstraint(
            "client_id", "id", "amount_minor", name=op.f("uq_bank_line_client_id_id_amount_minor")
        ),
    )
    op.create_index(
        "ix_bank_line_bank_reference",
        "bank_line",
        ["client_id", "bank_reference"],
        unique=False,
        postgresql_where=sa.text("bank_reference IS NOT NULL"),
    )
    op.create_index(
        "ix_bank_line_document_id",
        "bank_line",
        ["client_id", "document_id"],
        unique=False,
        postgresql_where=sa.text("document_id IS NOT NULL"),
    )
    op.create_index(
        "ix_bank_line_grid",
        "bank_line",
        ["client_id", "bank_account_id", "state", "booked_on", "id"],
        unique=False,
    )
    op.create_index("ix_bank_line_import_id", "bank_line", ["client_id", "import_id"], unique=False)
    op.create_index(
        "ix_bank_line_open_counterparty",
        "bank_line",
        ["client_id", "counterparty_key"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "coding",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_line_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("parts", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("tax_code_id", sa.Uuid(), nullable=True),
        sa.Column("transfer_id", sa.Uuid(), nullable=True),
        sa.Column("transfer_account_id", sa.Uuid(), nullable=True),
        sa.Column("counterparty_key", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("coded_by_kind", sa.Text(), nullable=False),
        sa.Column("coded_by_id", sa.Uuid(), nullable=True),
        sa.Column("coded_at", Instant(), nullable=False),
        sa.Column("request_key", sa.Text(), nullable=False),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.Column("undone_by_id", sa.Uuid(), nullable=True),
        sa.Column("undone_because", sa.Text(), nullable=True),
        sa.Column("reversal_entry_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'transfer') = (transfer_id IS NOT NULL)", name=op.f("ck_coding_transfer")
        ),
        sa.CheckConstraint("kind IN ('code', 'split', 'transfer')", name=op.f("ck_coding_kind")),
        sa.CheckConstraint(
            "direction = CASE WHEN amount_minor > 0 THEN 'in' ELSE 'out' END",
            name=op.f("ck_coding_direction"),
        ),
        sa.CheckConstraint(
            "parts >= 1 AND (kind = 'split' OR parts = 1)", name=op.f("ck_coding_parts")
        ),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (reversal_entry_id IS NULL)", name=op.f("ck_coding_undone_by")
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "account_id"],
            ["account.client_id", "account.id"],
            name=op.f("fk_coding_client_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "bank_line_id", "amount_minor"],
            ["bank_line.client_id", "bank_line.id", "bank_line.amount_minor"],
            name="fk_coding_bank_line",
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "entry_id"],
            ["journal_entry.client_id", "journal_entry.id"],
            name=op.f("fk_coding_client_id_entry_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "reversal_entry_id"],
            ["journal_entry.client_id", "journal_entry.id"],
            name=op.f("fk_coding_client_id_reversal_entry_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "tax_code_id"],
            ["tax_code.client_id", "tax_code.id"],
            name=op.f("fk_coding_client_id_tax_code_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "transfer_account_id"],
            ["bank_account.client_id", "bank_account.id"],
            name=op.f("fk_coding_client_id_transfer_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_coding_client_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_coding")),
        sa.UniqueConstraint(
            "client_id",
            "bank_line_id",
            "version",
            name=op.f("uq_coding_client_id_bank_line_id_version"),
        ),
        sa.UniqueConstraint("client_id", "entry_id", name=op.f("uq_coding_client_id_entry_id")),
        sa.UniqueConstraint(
            "client_id",
            "id",
            "amount_minor",
            "parts",
            name=op.f("uq_coding_client_id_id_amount_minor_parts"),
        ),
        sa.UniqueConstraint(
            "client_id",
            "request_key",
            "bank_line_id",
            name=op.f("uq_coding_client_id_request_key_bank_line_id"),
        ),
    )
    op.create_index(
        "ix_coding_history",
        "coding",
        ["client_id", "counterparty_key", "coded_at"],
        unique=False,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_index(
        "uq_coding_live",
        "coding",
        ["client_id", "bank_line_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_index(
        "uq_coding_transfer_leg",
        "coding",
        ["client_id", "transfer_id", "direction"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL AND transfer_id IS NOT NULL"),
    )
    op.create_table(
        "coding_part",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("coding_id", sa.Uuid(), nullable=False),
        sa.Column("coding_amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("parts", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("tax_code_id", sa.Uuid(), nullable=True),
        sa.Column("gross_minor", sa.BigInteger(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "net_minor + tax_minor = gross_minor", name=op.f("ck_coding_part_net_and_tax")
        ),
        sa.CheckConstraint("position BETWEEN 1 AND parts", name=op.f("ck_coding_part_position")),
        sa.CheckConstraint(
            "tax_code_id IS NOT NULL OR tax_minor = 0", name=op.f("ck_coding_part_taxed")
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "account_id"],
            ["account.client_id", "account.id"],
            name=op.f("fk_coding_part_client_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "coding_id", "coding_amount_minor", "parts"],
            ["coding.client_id", "coding.id", "coding.amount_minor", "coding.parts"],
            name="fk_coding_part_coding",
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "tax_code_id"],
            ["tax_code.client_id", "tax_code.id"],
            name=op.f("fk_coding_part_client_id_tax_code_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["firm.tenant.id"], name=op.f("fk_coding_part_client_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "id", name=op.f("pk_coding_part")),
        sa.UniqueConstraint(
            "client_id",
            "coding_id",
            "position",
            name=op.f("uq_coding_part_client_id_coding_id_position"),
        ),
    )
    client_owned("bank_account", portal="S", workbench="SIU", worker="SIU")
    client_owned("bank_rule", workbench="SI", worker="S")
    client_owned("bank_import", portal="SI", workbench="SIU", worker="SIU")
    client_owned("bank_statement", workbench="SIU", worker="SIU")
    client_owned("import_chunk", workbench="SIU", worker="SIU")
    client_owned("bank_line", workbench="SID", worker="SI", deletable=True)
    client_owned("coding", workbench="SI", worker="S")
    client_owned("coding_part", workbench="SI", worker="S")
    grant_columns("bank_rule", WORKBENCH, "U", ["retired_at", "retired_by_id"])
    grant_columns("bank_line", WORKBENCH, "U", LINE_CHANGES)
    grant_columns("coding", WORKBENCH, "U", UNDOING)
    op.execute(PARTS_SUM_TO_THE_LINE)
    op.execute(CODING_HAS_PARTS)
    op.execute(
        "CREATE TRIGGER parts_sum_to_the_line AFTER INSERT ON coding_part"
        " REFERENCING NEW TABLE AS added"
        " FOR EACH STATEMENT EXECUTE FUNCTION firm.parts_sum_to_the_line()"
    )
    op.execute(
        "CREATE CONSTRAINT TRIGGER has_parts AFTER INSERT ON coding DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION firm.coding_has_parts()"
    )


def downgrade() -> None:
    op.drop_table("coding_part")
    op.drop_table("coding")
    op.drop_table("bank_line")
    op.drop_table("import_chunk")
    op.drop_table("bank_statement")
    op.drop_table("bank_import")
    op.drop_table("bank_rule")
    op.drop_table("bank_account")
    op.execute("DROP FUNCTION firm.coding_has_parts")
    op.execute("DROP FUNCTION firm.parts_sum_to_the_line")
