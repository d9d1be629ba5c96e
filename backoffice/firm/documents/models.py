"""A client's documents, and how much room they may take."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.firm.documents.rules import DOCUMENT_STATES, QUOTA_BYTES
from backoffice.foundation.database import Base, ClientOwned, one_of, owned_key


class Document(ClientOwned, Base):
    """A file that is safely kept, sealed with the client's key.

    `checking`: somebody is still reading it. `kept`: it is good. `held`: it is stored, and
    `held_reason` says in plain words why it cannot be used. `refused`: staff put it aside.
    The name is as it may be shown; what the file is was found in its content, not in its name.
    """

    __tablename__ = "document"
    __table_args__ = (
        CheckConstraint(one_of("state", *DOCUMENT_STATES), name="state"),
        CheckConstraint("(state = 'held') <= (held_reason IS NOT NULL)", name="held_for_a_reason"),
        CheckConstraint("size > 0", name="size"),
        UniqueConstraint("client_id", "request_key"),
        UniqueConstraint("client_id", "sha256"),
        Index("ix_document_received_at", "client_id", "received_at", "id"),
        Index("ix_document_work_item_id", "client_id", "work_item_id"),
        owned_key("work_item_id", "work_item"),
    )

    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    storage_key: Mapped[str]
    state: Mapped[str]
    kind: Mapped[str | None]  # the registered kind that recognised it
    held_code: Mapped[str | None]
    held_reason: Mapped[str | None]
    unscanned: Mapped[bool]  # no virus scanner has seen it
    received_by_kind: Mapped[str]
    received_by_id: Mapped[UUID | None]
    received_at: Mapped[datetime]
    request_key: Mapped[str]  # made by the sender, so that a retry is known as one
    work_item_id: Mapped[UUID | None]


class DocumentQuota(ClientOwned, Base):
    """How many bytes a client's documents take and may take; its lock puts uploads in order."""

    __tablename__ = "document_quota"
    __table_args__ = (
        UniqueConstraint("client_id"),
        CheckConstraint("bytes_used BETWEEN 0 AND bytes_max", name="within"),
    )

    bytes_used: Mapped[int] = mapped_column(default=0)
    bytes_max: Mapped[int] = mapped_column(default=QUOTA_BYTES)
