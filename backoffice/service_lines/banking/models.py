"""Bank accounts, imports, statements, their lines, the rules that suggest and the codings.

A number of a bank account is never stored in clear: it is sealed for its row, beside a blind
index that finds it and the last four characters that may be shown.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.foundation.database import Base, ClientOwned, belongs_to, one_of, owned_key
from backoffice.service_lines.banking.rules import (
    CODING_KINDS,
    CONFIDENCES,
    DIRECTIONS,
    IMPORT_STATES,
    LINE_STATES,
    REASONS,
)

CURRENCY = "currency ~ '^[A-Z]{3}$'"


class BankAccount(ClientOwned, Base):
    """An account at a bank, and the account of the books that mirrors it."""

    __tablename__ = "bank_account"
    __table_args__ = (
        CheckConstraint(CURRENCY, name="currency"),
        UniqueConstraint("client_id", "ledger_account_id"),
        UniqueConstraint("client_id", "number_index", "currency"),
        owned_key("ledger_account_id", "account"),
        owned_key("opening_entry_id", "journal_entry"),
    )

    name: Mapped[str]
    currency: Mapped[str]
    number_sealed: Mapped[bytes]
    number_index: Mapped[bytes]
    last_four: Mapped[str]
    ledger_account_id: Mapped[UUID]
    opening_entry_id: Mapped[UUID | None]  # what was in the bank before the first statement
    opening_statement_id: Mapped[UUID | None]  # the one that says so
    opened_at: Mapped[datetime]


class BankImport(ClientOwned, Base):
    """The reading of one file: shown before it is released, undone as a whole."""

    __tablename__ = "bank_import"
    __table_args__ = (
        CheckConstraint(one_of("state", *IMPORT_STATES), name="state"),
        CheckConstraint("state NOT IN ('held', 'refused') OR reason IS NOT NULL", name="says_why"),
        owned_key("document_id", "document"),
        owned_key("bank_account_id", "bank_account"),
        Index("ix_bank_import_document_id", "client_id", "document_id"),
        Index("ix_bank_import_started_at", "client_id", "started_at"),
    )

    document_id: Mapped[UUID]
    bank_account_id: Mapped[UUID | None]  # chosen by a person, where the file does not say
    batch_id: Mapped[UUID | None]
    state: Mapped[str]
    format: Mapped[str | None]
    lines: Mapped[int] = mapped_column(default=0)  # booked lines that the file has
    pending: Mapped[int] = mapped_column(default=0)  # not booked by the bank yet: left out
    new: Mapped[int] = mapped_column(default=0)
    known: Mapped[int] = mapped_column(default=0)
    conflicts: Mapped[int] = mapped_column(default=0)
    held_back: Mapped[int] = mapped_column(default=0)
    code: Mapped[str | None]  # of why it was held back or refused
    reason: Mapped[str | None]
    gap_accepted_because: Mapped[str | None]
    started_by_kind: Mapped[str]
    started_by_id: Mapped[UUID | None]
    started_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    released_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("firm.staff.id"))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("firm.staff.id"))


class ImportChunk(ClientOwned, Base):
    """Up to 2,000 lines that were read and wait to be stored, sealed in the storage."""

    __tablename__ = "import_chunk"
    __table_args__ = (
        owned_key("import_id", "bank_import"),
        UniqueConstraint("client_id", "import_id", "position"),
        CheckConstraint("lines > 0", name="lines"),
    )

    import_id: Mapped[UUID]
    position: Mapped[int]
    lines: Mapped[int]
    storage_key: Mapped[str]
    stored_at: Mapped[datetime | None]


class BankStatement(ClientOwned, Base):
    """One statement of a file, as the bank drew it up. `sum_minor` is of its booked lines."""

    __tablename__ = "bank_statement"
    __table_args__ = (
        owned_key("import_id", "bank_import"),
        owned_key("bank_account_id", "bank_account"),
        UniqueConstraint("client_id", "import_id", "position"),
        UniqueConstraint("client_id", "id", "import_id", "bank_account_id"),
        Index("ix_bank_statement_account", "client_id", "bank_account_id", "to_on"),
        CheckConstraint(CURRENCY, name="currency"),
        CheckConstraint("entries >= 0", name="entries"),
        CheckConstraint(
            "held_code IS NOT NULL OR opening_minor IS NULL OR closing_minor IS NULL"
            " OR opening_minor + sum_minor = closing_minor",
            name="adds_up",
        ),
        CheckConstraint("(agreed_at IS NULL) = (agreed_by_id IS NULL)", name="agreed_by"),
    )

    import_id: Mapped[UUID]
    bank_account_id: Mapped[UUID]
    position: Mapped[int]  # in the file, from 1
    identifier: Mapped[str | None]
    currency: Mapped[str]
    opening_minor: Mapped[int | None]
    closing_minor: Mapped[int | None]
    from_on: Mapped[date | None]
    to_on: Mapped[date | None]
    entries: Mapped[int]
    sum_minor: Mapped[int]
    held_code: Mapped[str | None]
    agreed_at: Mapped[datetime | None]  # the books say the same as the bank at its end
    agreed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("firm.staff.id"))


class BankRule(ClientOwned, Base):
    """How lines with these words are coded: written by somebody, on a day. Never edited, retired.

    `words` are whole words in lower case with one space between; a line needs all of them.
    """

    __tablename__ = "bank_rule"
    __table_args__ = (
        owned_key("bank_account_id", "bank_account"),
        owned_key("account_id", "account"),
        owned_key("tax_code_id", "tax_code"),
        CheckConstraint(one_of("direction", *DIRECTIONS), name="direction"),
        CheckConstraint("words <> ''", name="words"),
        CheckConstraint(
            "amount_min IS NULL OR amount_max IS NULL OR amount_min <= amount_max", name="range"
        ),
        Index("ix_bank_rule_live", "client_id", postgresql_where=text("retired_at IS NULL")),
    )

    words: Mapped[str]
    direction: Mapped[str]
    amount_min: Mapped[int | None]  # minor units, without sign
    amount_max: Mapped[int | None]
    bank_account_id: Mapped[UUID | None]  # None: whichever
    account_id: Mapped[UUID]
    tax_code_id: Mapped[UUID | None]
    note: Mapped[str]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("firm.staff.id"))
    written_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    retired_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("firm.staff.id"))


class BankLine(ClientOwned, Base):
    """A booked line of a bank account, once, whatever files it came in. Credit is positive.

    (fingerprint, occurrence) is what it is known by: real twins differ by their occurrence.
    `version` grows with each change, so that nobody overwrites what they have not seen. What is
    suggested has no foreign keys: it is a hint, and each would cost a look-up per stored line.
    """

    __tablename__ = "bank_line"
    __table_args__ = (
        ForeignKeyConstraint(
            ["client_id", "statement_id", "import_id", "bank_account_id"],
            [
                "bank_statement.client_id",
                "bank_statement.id",
                "bank_statement.import_id",
                "bank_statement.bank_account_id",
            ],
            name="fk_bank_line_bank_statement",
        ),
        owned_key("document_id", "document"),
        owned_key("conflicts_with_id", "bank_line"),
        UniqueConstraint("client_id", "bank_account_id", "fingerprint", "occurrence"),
        UniqueConstraint("client_id", "id", "amount_minor"),
        CheckConstraint(one_of("state", *LINE_STATES), name="state"),
        CheckConstraint(one_of("confidence", *CONFIDENCES), name="confidence"),
        CheckConstraint(one_of("reason_kind", *REASONS), name="reason_kind"),
        CheckConstraint("occurrence >= 1", name="occurrence"),
        CheckConstraint("(state = 'conflict') <= (conflicts_with_id IS NOT NULL)", name="conflict"),
        Index("ix_bank_line_grid", "client_id", "bank_account_id", "state", "booked_on", "id"),
        Index("ix_bank_line_import_id", "client_id", "import_id"),
        Index(
            "ix_bank_line_open_counterparty",
            "client_id",
            "counterparty_key",
            postgresql_where=text("state = 'open'"),
        ),
        Index(
            "ix_bank_line_bank_reference",
            "client_id",
            "bank_reference",
            postgresql_where=text("bank_reference IS NOT NULL"),
        ),
        # Every line that is taken back is looked for here.
        Index(
            "ix_bank_line_conflicts_with_id",
            "client_id",
            "conflicts_with_id",
            postgresql_where=text("conflicts_with_id IS NOT NULL"),
        ),
        Index(
            "ix_bank_line_document_id",
            "client_id",
            "document_id",
            postgresql_where=text("document_id IS NOT NULL"),
        ),
    )

    bank_account_id: Mapped[UUID]
    import_id: Mapped[UUID]
    statement_id: Mapped[UUID]
    position: Mapped[int]  # in the file, from 1
    booked_on: Mapped[date]
    valued_on: Mapped[date | None]
    amount_minor: Mapped[int]
    currency: Mapped[str]
    counterparty: Mapped[str | None]
    counterparty_key: Mapped[str]
    counterparty_account_sealed: Mapped[bytes | None]
    counterparty_account_index: Mapped[bytes | None]
    reference: Mapped[str | None]
    bank_reference: Mapped[str | None]
    kind: Mapped[str | None]  # the format's own code
    text: Mapped[str]
    file_line: Mapped[int]
    fingerprint: Mapped[UUID]  # sixteen bytes; under row-level security bytea is not looked up
    occurrence: Mapped[int]
    state: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    conflicts_with_id: Mapped[UUID | None]
    document_id: Mapped[UUID | None]
    note: Mapped[str | None]
    suggested_account_id: Mapped[UUID | None]
    suggested_tax_code_id: Mapped[UUID | None]
    suggested_transfer_id: Mapped[UUID | None]  # to or from this own account
    confidence: Mapped[str]
    reason_kind: Mapped[str]
    reason_rule_id: Mapped[UUID | None]
    reason_times: Mapped[int | None]  # coded so n of
    reason_of: Mapped[int | None]  # m times

    account: Mapped[BankAccount] = belongs_to("BankAccount", of="BankLine", by="bank_account_id")


class Coding(ClientOwned, Base):
    """How a line was coded, by whom, and the entry it became. Undone by a reversal, never erased.

    The composite key copies the line's amount; a trigger sees that the parts sum to it.
    `transfer_id` is shared by the two legs of one transfer.
    """

    __tablename__ = "coding"
    __table_args__ = (
        ForeignKeyConstraint(
            ["client_id", "bank_line_id", "amount_minor"],
            ["bank_line.client_id", "bank_line.id", "bank_line.amount_minor"],
            name="fk_coding_bank_line",
        ),
        owned_key("account_id", "account"),
        owned_key("tax_code_id", "tax_code"),
        owned_key("transfer_account_id", "bank_account"),
        owned_key("entry_id", "journal_entry"),
        owned_key("reversal_entry_id", "journal_entry"),
        UniqueConstraint("client_id", "bank_line_id", "version"),
        UniqueConstraint("client_id", "request_key", "bank_line_id"),
        UniqueConstraint("client_id", "id", "amount_minor", "parts"),
        UniqueConstraint("client_id", "entry_id"),
        CheckConstraint(one_of("kind", *CODING_KINDS), name="kind"),
        CheckConstraint(
            "direction = CASE WHEN amount_minor > 0 THEN 'in' ELSE 'out' END", name="direction"
        ),
        CheckConstraint("parts >= 1 AND (kind = 'split' OR parts = 1)", name="parts"),
        CheckConstraint("(kind = 'transfer') = (transfer_id IS NOT NULL)", name="transfer"),
        CheckConstraint("(undone_at IS NULL) = (reversal_entry_id IS NULL)", name="undone_by"),
        Index(
            "uq_coding_live",
            "client_id",
            "bank_line_id",
            unique=True,
            postgresql_where=text("undone_at IS NULL"),
        ),
        Index(
            "uq_coding_transfer_leg",
            "client_id",
            "transfer_id",
            "direction",
            unique=True,
            postgresql_where=text("undone_at IS NULL AND transfer_id IS NOT NULL"),
        ),
        Index(
            "ix_coding_history",
            "client_id",
            "counterparty_key",
            "coded_at",
            postgresql_where=text("undone_at IS NULL"),
        ),
    )

    bank_line_id: Mapped[UUID]
    version: Mapped[int]  # of this line's codings, from 1
    kind: Mapped[str]
    amount_minor: Mapped[int]
    direction: Mapped[str]  # in or out
    parts: Mapped[int]
    account_id: Mapped[UUID | None]  # where there is one part
    tax_code_id: Mapped[UUID | None]
    transfer_id: Mapped[UUID | None]
    transfer_account_id: Mapped[UUID | None]  # the own account at the other end
    counterparty_key: Mapped[str]
    entry_id: Mapped[UUID]
    coded_by_kind: Mapped[str]
    coded_by_id: Mapped[UUID | None]
    coded_at: Mapped[datetime]
    request_key: Mapped[str]
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[UUID | None]
    undone_because: Mapped[str | None]
    reversal_entry_id: Mapped[UUID | None]


class CodingPart(ClientOwned, Base):
    """One part of a coding. All parts of a coding are stored by one statement, or none."""

    __tablename__ = "coding_part"
    __table_args__ = (
        ForeignKeyConstraint(
            ["client_id", "coding_id", "coding_amount_minor", "parts"],
            ["coding.client_id", "coding.id", "coding.amount_minor", "coding.parts"],
            name="fk_coding_part_coding",
        ),
        owned_key("account_id", "account"),
        owned_key("tax_code_id", "tax_code"),
        UniqueConstraint("client_id", "coding_id", "position"),
        CheckConstraint("position BETWEEN 1 AND parts", name="position"),
        CheckConstraint("net_minor + tax_minor = gross_minor", name="net_and_tax"),
        CheckConstraint("tax_code_id IS NOT NULL OR tax_minor = 0", name="taxed"),
    )

    coding_id: Mapped[UUID]
    coding_amount_minor: Mapped[int]
    parts: Mapped[int]
    position: Mapped[int]
    account_id: Mapped[UUID]
    tax_code_id: Mapped[UUID | None]
    gross_minor: Mapped[int]
    net_minor: Mapped[int]
    tax_minor: Mapped[int]
    note: Mapped[str]
