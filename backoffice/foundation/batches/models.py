"""What waits, what runs and what is done in the background: ids and states, nothing of a client."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.foundation.database import Base, ProviderOwned, firm_table, one_of

BATCH_STATES = ("waiting", "running", "done", "failed_items", "stopped")
ITEM_STATES = ("waiting", "running", "done", "failed")
OPEN_BATCH = "state IN ('waiting', 'running')"
OPEN_ITEM = "state IN ('waiting', 'running')"


class Batch(ProviderOwned, Base):
    """Work of one kind for one client, opened by somebody. `done` and `failed` count committed
    items alone: they are written in the transaction that holds the item's effect."""

    __tablename__ = "batch"
    __table_args__ = firm_table(
        CheckConstraint(one_of("state", *BATCH_STATES), name="state"),
        CheckConstraint("done >= 0 AND failed >= 0 AND done + failed <= total", name="counts"),
        CheckConstraint(one_of("opened_by_kind", "staff", "person", "system"), name="opened_by"),
        Index("ix_batch_open", "client_id", postgresql_where=text(OPEN_BATCH)),
        Index("ix_batch_subject", "subject_id"),
    )

    kind: Mapped[str]
    client_id: Mapped[UUID] = mapped_column(ForeignKey("firm.tenant.id"))
    subject_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(default="waiting")
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    opened_by_kind: Mapped[str]
    opened_by_id: Mapped[UUID | None]
    opened_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class BatchItem(ProviderOwned, Base):
    """One piece of a batch. `token` grows with each claim: an older claim can commit nothing."""

    __tablename__ = "batch_item"
    __table_args__ = firm_table(
        CheckConstraint(one_of("state", *ITEM_STATES), name="state"),
        CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="lease"),
        UniqueConstraint("batch_id", "position"),
        Index("ix_batch_item_open", "batch_id", "position", postgresql_where=text(OPEN_ITEM)),
        Index("ix_batch_item_running", "client_id", postgresql_where=text("state = 'running'")),
        Index("ix_batch_item_client", "client_id", "started_at"),
        Index("ix_batch_item_finished", "batch_id", "finished_at"),
    )

    batch_id: Mapped[UUID] = mapped_column(ForeignKey("firm.batch.id"))
    client_id: Mapped[UUID] = mapped_column(ForeignKey("firm.tenant.id"))
    subject_id: Mapped[UUID]
    position: Mapped[int]
    state: Mapped[str] = mapped_column(default="waiting")
    token: Mapped[int] = mapped_column(default=0)  # how often it was claimed
    attempts: Mapped[int] = mapped_column(default=0)  # how often it was tried and raised
    retries: Mapped[int] = mapped_column(default=0)  # how often a person asked to try again
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    error_code: Mapped[str | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class Turn(Base):
    """Whose turn it was last at a duty that one of all workers does: the relay, the timetable."""

    __tablename__ = "turn"
    __table_args__ = firm_table()

    duty: Mapped[str] = mapped_column(primary_key=True)
    taken_at: Mapped[datetime]


class ScheduleDue(Base):
    """That a schedule was due at an instant, once; `skipped` where it was missed and let pass."""

    __tablename__ = "schedule_due"
    __table_args__ = firm_table(
        CheckConstraint(one_of("outcome", "fired", "skipped"), name="outcome")
    )

    schedule: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(primary_key=True)
    outcome: Mapped[str]
    noted_at: Mapped[datetime]
