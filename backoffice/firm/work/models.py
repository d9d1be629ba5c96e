"""Work items, the inputs they wait for, and who prepared and reviewed them."""

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

from backoffice.firm.work.rules import OUTCOMES, UNFINISHED, WORK_STATES
from backoffice.foundation.database import Base, ClientOwned, one_of, owned_key

OPEN_WORK = one_of("state", *UNFINISHED)
LIVE = text("voided_at IS NULL AND superseded_at IS NULL")


class WorkItem(ClientOwned, Base):
    """Something to be done for a client. `once_key` names it, so that forty files make one item."""

    __tablename__ = "work_item"
    __table_args__ = (
        CheckConstraint(one_of("state", *WORK_STATES), name="state"),
        CheckConstraint("period IS NULL OR period ~ '^[0-9]{4}-[0-9]{2}$'", name="period"),
        CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name="done_when"),
        Index(
            "uq_work_item_once_key",
            "client_id",
            "once_key",
            unique=True,
            postgresql_where=text(OPEN_WORK),
        ),
        Index("ix_work_item_open", "client_id", "due_on", "id", postgresql_where=text(OPEN_WORK)),
        Index("ix_work_item_assignee", "assignee_id", postgresql_where=text(OPEN_WORK)),
        Index("ix_work_item_subject", "client_id", "subject_kind", "subject_id"),
    )

    kind: Mapped[str]
    title: Mapped[str]
    state: Mapped[str]
    once_key: Mapped[str | None]
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("firm.team.id"))  # None: who serves it
    assignee_id: Mapped[UUID | None] = mapped_column(ForeignKey("firm.staff.id"))
    period: Mapped[str | None]  # YYYY-MM
    subject_kind: Mapped[str | None]
    subject_id: Mapped[UUID | None]
    reason: Mapped[str | None]  # why it exists or came back, in plain words
    due_on: Mapped[date | None]
    opened_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class ExpectedInput(ClientOwned, Base):
    """Something we wait for from the client; `document_id` is what came."""

    __tablename__ = "expected_input"
    __table_args__ = (
        CheckConstraint("(fulfilled_at IS NULL) = (document_id IS NULL)", name="fulfilled_by"),
        CheckConstraint("period IS NULL OR period ~ '^[0-9]{4}-[0-9]{2}$'", name="period"),
        owned_key("work_item_id", "work_item"),
        owned_key("document_id", "document"),
        Index(
            "uq_expected_input_once",
            "client_id",
            "kind",
            "subject_id",
            "period",
            unique=True,
            postgresql_where=text("cancelled_at IS NULL AND subject_id IS NOT NULL"),
        ),
        Index(
            "ix_expected_input_waiting",
            "client_id",
            "due_on",
            postgresql_where=text("fulfilled_at IS NULL AND cancelled_at IS NULL"),
        ),
    )

    kind: Mapped[str]  # bank_statement, or any word that a line agrees on with itself
    title: Mapped[str]
    note: Mapped[str | None]  # what waits for it
    file_words: Mapped[str | None]  # words in a file's name that tell it is this
    subject_kind: Mapped[str | None]
    subject_id: Mapped[UUID | None]
    period: Mapped[str | None]
    due_on: Mapped[date | None]
    work_item_id: Mapped[UUID | None]
    asked_at: Mapped[datetime]
    document_id: Mapped[UUID | None]
    fulfilled_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]


class Preparation(ClientOwned, Base):
    """Somebody says it is ready for review. `content_hash` binds the review to what was seen."""

    __tablename__ = "preparation"
    __table_args__ = (
        owned_key("work_item_id", "work_item"),
        UniqueConstraint("client_id", "id", "preparer_id", "content_hash"),
        Index(
            "uq_preparation_live",
            "client_id",
            "work_item_id",
            unique=True,
            postgresql_where=LIVE,
        ),
    )

    work_item_id: Mapped[UUID]
    preparer_id: Mapped[UUID] = mapped_column(ForeignKey("firm.staff.id"))
    prepared_at: Mapped[datetime]
    content_hash: Mapped[str]
    voided_at: Mapped[datetime | None]
    voided_because: Mapped[str | None]
    superseded_at: Mapped[datetime | None]  # it was sent back, so another one follows


class Review(ClientOwned, Base):
    """The one answer to a preparation, by another person than the preparer.

    The composite key copies preparer and content from the preparation, so that neither the CHECK
    nor the approval can be about anything else.
    """

    __tablename__ = "review"
    __table_args__ = (
        ForeignKeyConstraint(
            ["client_id", "preparation_id", "preparer_id", "content_hash"],
            [
                "preparation.client_id",
                "preparation.id",
                "preparation.preparer_id",
                "preparation.content_hash",
            ],
            name="fk_review_preparation",
        ),
        CheckConstraint("reviewer_id <> preparer_id", name="another_person"),
        CheckConstraint(one_of("outcome", *OUTCOMES), name="outcome"),
        CheckConstraint("outcome = 'approved' OR reason IS NOT NULL", name="says_why"),
        UniqueConstraint("client_id", "preparation_id"),
    )

    preparation_id: Mapped[UUID]
    preparer_id: Mapped[UUID]
    reviewer_id: Mapped[UUID] = mapped_column(ForeignKey("firm.staff.id"))
    reviewed_at: Mapped[datetime]
    outcome: Mapped[str]
    reason: Mapped[str | None]
    content_hash: Mapped[str]
    request_key: Mapped[str]
