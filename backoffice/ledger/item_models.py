"""Tables of who owes what: parties, open items, and the allocations that settle them.

An allocation is no posting. The migration's trigger keeps each residual; a CHECK keeps its sign.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.foundation.database import Base, ClientOwned, owned_key


class Party(ClientOwned, Base):
    """Somebody the client owes or is owed by: customer, supplier, employee, authority."""

    __tablename__ = "party"
    __table_args__ = (Index("ix_party_name_key", "client_id", "name_key"),)

    name: Mapped[str]
    name_key: Mapped[str]
    kind: Mapped[str]
    archived_at: Mapped[datetime | None]


class OpenItem(ClientOwned, Base):
    """What is still to be settled of a line. A trigger keeps `residual_minor`, a CHECK its sign."""

    __tablename__ = "open_item"
    __table_args__ = (
        owned_key("posting_id", "posting"),
        owned_key("account_id", "account"),
        owned_key("party_id", "party"),
        Index(
            "ix_open_item_open",
            "client_id",
            "party_id",
            "due_on",
            postgresql_where=text("residual_minor <> 0"),
        ),
        CheckConstraint(
            "original_minor > 0 AND residual_minor BETWEEN 0 AND original_minor"
            " OR original_minor < 0 AND residual_minor BETWEEN original_minor AND 0",
            name="residual",
        ),
    )

    posting_id: Mapped[UUID]
    account_id: Mapped[UUID]
    party_id: Mapped[UUID]
    on_date: Mapped[date]
    due_on: Mapped[date | None]
    reference: Mapped[str]
    currency: Mapped[str]
    original_minor: Mapped[int]
    residual_minor: Mapped[int] = mapped_column(server_default=text("0"))  # set by the trigger


class Allocation(ClientOwned, Base):
    """So much of a debit item and a credit item settle one another. Undone by a negative row."""

    __tablename__ = "allocation"
    __table_args__ = (
        owned_key("debit_item_id", "open_item"),
        owned_key("credit_item_id", "open_item"),
        owned_key("undoes_id", "allocation"),
        Index("ix_allocation_debit_item_id", "client_id", "debit_item_id"),
        Index("ix_allocation_credit_item_id", "client_id", "credit_item_id"),
        Index(
            "uq_allocation_undoes",
            "client_id",
            "undoes_id",
            unique=True,
            postgresql_where=text("undoes_id IS NOT NULL"),
        ),
        CheckConstraint(
            "undoes_id IS NULL AND amount_minor > 0 OR undoes_id IS NOT NULL AND amount_minor < 0",
            name="amount",
        ),
    )

    debit_item_id: Mapped[UUID]
    credit_item_id: Mapped[UUID]
    amount_minor: Mapped[int]
    allocated_on: Mapped[date]
    offset_reason: Mapped[str | None]  # why items of two parties settle one another
    undoes_id: Mapped[UUID | None]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    recorded_at: Mapped[datetime]
