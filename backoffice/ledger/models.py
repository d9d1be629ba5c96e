"""The tables of a client's books: accounts, tax codes, periods, entries, balances.

Amounts are signed minor units: a debit is positive, a credit negative. What is posted never
changes; the migration holds the triggers and column grants that say so to everybody.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.foundation.database import Base, ClientOwned, belongs_to, one_of, owned_key
from backoffice.ledger import item_models as item_models  # its tables belong to these
from backoffice.ledger.rules import ACCOUNT_KINDS, PERIOD_STATES, TAX_DIRECTIONS, TAX_PARTS

NO_HASH = bytes(32)  # what the first entry of a chain names as the one before it


class Books(ClientOwned, Base):
    """The frame of a client's books, one row: their currency and when their year begins."""

    __tablename__ = "books"
    __table_args__ = (UniqueConstraint("client_id"),)

    country: Mapped[str]
    currency: Mapped[str]
    fiscal_year_start: Mapped[str]  # MM-DD
    chart: Mapped[str]  # the template that the accounts came from
    opened_at: Mapped[datetime]


class LedgerAccount(ClientOwned, Base):
    """An account of the chart. A parent only groups; a control account mirrors a sub-ledger.

    `role` is how the code finds an account without knowing its number (`suspense`, `bank` …).
    """

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("client_id", "code"),
        owned_key("parent_id", "account"),
        CheckConstraint(one_of("kind", *ACCOUNT_KINDS), name="kind"),
        Index(
            "uq_account_role",
            "client_id",
            "role",
            unique=True,
            postgresql_where=text("role IS NOT NULL AND role <> 'bank'"),
        ),
    )

    code: Mapped[str]
    name: Mapped[str]
    description: Mapped[str]  # other words under which people look for it
    kind: Mapped[str]
    role: Mapped[str | None]
    parent_id: Mapped[UUID | None]
    is_parent: Mapped[bool]
    is_control: Mapped[bool]
    archived_at: Mapped[datetime | None]


class TaxCode(ClientOwned, Base):
    """How a line is taxed. `rate` is a fraction (0.2), dated; another rate is another row.

    `both` is tax that the buyer owes itself (reverse charge, use tax): it is posted to the output
    account and against the input account, or against the line's own account where there is none.
    """

    __tablename__ = "tax_code"
    __table_args__ = (
        UniqueConstraint("client_id", "code", "valid_from"),
        owned_key("output_account_id", "account"),
        owned_key("input_account_id", "account"),
        CheckConstraint(one_of("direction", *TAX_DIRECTIONS), name="direction"),
        CheckConstraint("rate >= 0 AND rate < 1", name="rate"),
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="dates"),
    )

    code: Mapped[str]
    name: Mapped[str]
    rate: Mapped[Decimal] = mapped_column(Numeric(9, 6))
    direction: Mapped[str]
    output_account_id: Mapped[UUID | None]
    input_account_id: Mapped[UUID | None]
    box: Mapped[str | None]  # where the tax return shows it
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]


class Period(ClientOwned, Base):
    """A month of the books. Posting locks its row for share, closing changes it."""

    __tablename__ = "period"
    __table_args__ = (
        UniqueConstraint("client_id", "month"),
        CheckConstraint(one_of("state", *PERIOD_STATES), name="state"),
        CheckConstraint("extract(day FROM month) = 1", name="month"),
    )

    month: Mapped[date]  # its first day
    fiscal_year: Mapped[int]  # the calendar year in which the fiscal year ends
    state: Mapped[str]


class PeriodEvent(ClientOwned, Base):
    """A period was closed, locked or opened again: by whom, when, why."""

    __tablename__ = "period_event"
    __table_args__ = (owned_key("period_id", "period"),)

    period_id: Mapped[UUID]
    from_state: Mapped[str]
    to_state: Mapped[str]
    reason: Mapped[str | None]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    at: Mapped[datetime]


class NumberSeries(ClientOwned, Base):
    """The next number of a series in a fiscal year; its row lock is what makes numbers gapless."""

    __tablename__ = "number_series"
    __table_args__ = (UniqueConstraint("client_id", "series", "fiscal_year"),)

    series: Mapped[str]
    fiscal_year: Mapped[int]
    next_number: Mapped[int]


class LedgerHead(ClientOwned, Base):
    """The end of the chain of entries."""

    __tablename__ = "ledger_head"
    __table_args__ = (UniqueConstraint("client_id"),)

    sequence: Mapped[int]
    hash: Mapped[bytes]


class JournalEntry(ClientOwned, Base):
    """A posted entry. (source_kind, source_id, purpose) is what it was posted for, once.

    `recorded_at` is the real instant, `business_at` the business clock's; they differ only where
    the demo moved the clock. `posted_in` is the transaction, which no role can write: lines are
    accepted in that transaction alone.
    """

    __tablename__ = "journal_entry"
    __table_args__ = (
        UniqueConstraint("client_id", "series", "fiscal_year", "number"),
        UniqueConstraint("client_id", "source_kind", "source_id", "purpose"),
        UniqueConstraint("client_id", "sequence"),
        owned_key("reverses_id", "journal_entry"),
        Index(
            "uq_journal_entry_reverses",
            "client_id",
            "reverses_id",
            unique=True,
            postgresql_where=text("reverses_id IS NOT NULL"),
        ),
        Index("ix_journal_entry_date", "client_id", "accounting_date", "sequence"),
        Index("ix_journal_entry_business_at", "client_id", "business_at"),
        CheckConstraint("number > 0", name="number"),
    )

    # Without a key of its own to the tenant: the trigger demands a period, which has it, and bulk
    # posting is the faster for it.
    client_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-2)
    series: Mapped[str]
    fiscal_year: Mapped[int]
    number: Mapped[int]
    sequence: Mapped[int]  # its place in the chain
    accounting_date: Mapped[date]
    tax_date: Mapped[date]
    document_date: Mapped[date]
    narration: Mapped[str]
    source_kind: Mapped[str]
    source_id: Mapped[UUID]
    purpose: Mapped[str]
    reverses_id: Mapped[UUID | None]
    reason: Mapped[str | None]  # of a reversal
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    recorded_at: Mapped[datetime]
    business_at: Mapped[datetime]
    content_hash: Mapped[bytes]
    previous_hash: Mapped[bytes]
    hash: Mapped[bytes]
    posted_in: Mapped[int] = mapped_column(
        server_default=text("pg_current_xact_id()::text::bigint")
    )


class Posting(ClientOwned, Base):
    """A line of an entry. `base_minor` is in the currency of the books.

    A line with a tax code is either the taxed amount (`tax_part` base) or the tax itself.
    """

    __tablename__ = "posting"
    __table_args__ = (
        owned_key("entry_id", "journal_entry"),
        owned_key("account_id", "account"),
        owned_key("tax_code_id", "tax_code"),
        owned_key("party_id", "party"),
        UniqueConstraint("client_id", "entry_id", "line"),
        Index("ix_posting_account", "client_id", "account_id", "accounting_date", "id"),
        Index(
            "ix_posting_tax",
            "client_id",
            "tax_code_id",
            "tax_date",
            postgresql_where=text("tax_code_id IS NOT NULL"),
        ),
        Index(
            "ix_posting_party",
            "client_id",
            "party_id",
            postgresql_where=text("party_id IS NOT NULL"),
        ),
        CheckConstraint("char_length(currency) = 3", name="currency"),
        CheckConstraint(one_of("tax_part", *TAX_PARTS), name="tax_part"),
        CheckConstraint(
            "(tax_code_id IS NULL) = (tax_rate IS NULL)"
            " AND (tax_code_id IS NULL) = (tax_base_minor IS NULL)"
            " AND (tax_code_id IS NULL) = (tax_date IS NULL)"
            " AND (tax_code_id IS NULL) = (tax_part IS NULL)",
            name="tax_is_whole",
        ),
    )

    client_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-2)  # as its entry's
    entry_id: Mapped[UUID]
    line: Mapped[int]  # from 1
    account_id: Mapped[UUID]
    accounting_date: Mapped[date]  # its entry's, for the index
    amount_minor: Mapped[int]
    currency: Mapped[str]
    base_minor: Mapped[int]
    narration: Mapped[str]
    party_id: Mapped[UUID | None]
    tax_code_id: Mapped[UUID | None]
    tax_part: Mapped[str | None]
    tax_rate: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    tax_base_minor: Mapped[int | None]  # the taxed amount, in the currency of the books
    tax_date: Mapped[date | None]
    return_id: Mapped[UUID | None]  # the filed tax return that froze the line

    entry: Mapped[JournalEntry] = belongs_to("JournalEntry", of="Posting", by="entry_id")
    account: Mapped[LedgerAccount] = belongs_to("LedgerAccount", of="Posting", by="account_id")


class AccountBalance(ClientOwned, Base):
    """What was debited and credited to an account in a month; written by a trigger alone."""

    __tablename__ = "account_balance"
    __table_args__ = (
        UniqueConstraint("client_id", "account_id", "month"),
        owned_key("account_id", "account"),
    )

    account_id: Mapped[UUID]
    month: Mapped[date]
    debit_minor: Mapped[int]
    credit_minor: Mapped[int]
    lines: Mapped[int]
