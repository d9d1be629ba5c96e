"""Who did or saw what: written in the same transaction as the act, hash-chained per client.

`record` only notes the act; the rows are written just before the commit, so that the head of the
chain is locked for a moment and a long transaction never holds up another person's action.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, event, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from backoffice.foundation.clock import business_now, real_now
from backoffice.foundation.database import Base, ClientOwned
from backoffice.foundation.tenancy import Actor, ScopedSession

GENESIS = "0" * 64
ROWS_PER_PAGE = 1000  # of a chain that is verified: some 1 MB in memory


class AuditEvent(ClientOwned, Base):
    """One act. Roles may insert and read; nobody may change or delete."""

    __tablename__ = "audit_event"
    __table_args__ = (
        UniqueConstraint("client_id", "sequence"),
        Index("ix_audit_event_subject", "client_id", "subject_kind", "subject_id"),
    )

    sequence: Mapped[int]
    at: Mapped[datetime]
    business_at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    action: Mapped[str]
    subject_kind: Mapped[str | None]
    subject_id: Mapped[UUID | None]
    details: Mapped[dict[str, Any]]
    previous_hash: Mapped[str]
    hash: Mapped[str]


class AuditHead(ClientOwned, Base):
    """The end of a client's chain; its row lock puts the acts of a client in order."""

    __tablename__ = "audit_head"
    __table_args__ = (UniqueConstraint("client_id"),)

    sequence: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(default=GENESIS)


@dataclass(frozen=True)
class Noted:
    action: str
    subject_kind: str | None
    subject_id: UUID | None
    details: dict[str, Any]
    by: Actor


class AuditKey:
    """The key of the chain. It is not in the database, so who can write there cannot forge it."""

    value: bytes | None = None

    @classmethod
    def sign(cls, text: str) -> str:
        if cls.value is None:
            raise RuntimeError("The audit key was not set: call audit.use_key at start.")
        return hmac.new(cls.value, text.encode(), "sha256").hexdigest()


def use_key(key: bytes) -> None:
    """Give the chain its key (`Keyring.derive("audit")`), once per process."""
    AuditKey.value = key


def record(
    session: ScopedSession,
    action: str,
    *,
    subject: Any = None,
    subject_kind: str | None = None,
    subject_id: UUID | None = None,
    by: Actor | None = None,
    **details: Any,
) -> None:
    """Note an act of the session's actor for the client it acts for.

    `subject` is the row that was acted on, or give its kind and id. `details` are JSON values
    without personal data (ids, counts, old and new states).
    """
    if subject is not None:
        subject_kind, subject_id = subject.__tablename__, subject.id
    session.client_id  # noqa: B018  an act belongs to a client; raises where there is none
    noted = Noted(action, subject_kind, subject_id, details, by or session.actor)
    session.info.setdefault("audit", []).append(noted)


@event.listens_for(ScopedSession, "before_commit")
def _write(session: ScopedSession) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    noted: list[Noted] = session.info.pop("audit", [])
    if noted:
        _append(session, noted)


@event.listens_for(ScopedSession, "after_soft_rollback")
def _forget(session: ScopedSession, previous: Any) -> None:
    if previous.nested is False:
        session.info.pop("audit", None)


def _append(session: ScopedSession, noted: list[Noted]) -> None:
    business_at = business_now(session)
    head = session.scalars(select(AuditHead).with_for_update()).one()
    for act in noted:
        head.sequence += 1
        row = _event(act, head, business_at)
        session.add(row)
        head.hash = row.hash
    session.flush()


def _event(act: Noted, head: AuditHead, business_at: datetime) -> AuditEvent:
    row = AuditEvent(
        client_id=head.client_id,
        sequence=head.sequence,
        at=real_now(),
        business_at=business_at,
        actor_kind=act.by.kind,
        actor_id=act.by.id,
        action=act.action,
        subject_kind=act.subject_kind,
        subject_id=act.subject_id,
        details=json.loads(json.dumps(act.details, default=str)),
        previous_hash=head.hash,
    )
    row.hash = AuditKey.sign(canonical(row))
    return row


def canonical(row: AuditEvent) -> str:
    """The text that is signed: every column but the hash, in one fixed order."""
    content = [
        str(row.client_id),
        row.sequence,
        row.at.isoformat(timespec="microseconds"),
        row.business_at.isoformat(timespec="microseconds"),
        row.actor_kind,
        str(row.actor_id),
        row.action,
        row.subject_kind,
        str(row.subject_id),
        row.details,
        row.previous_hash,
    ]
    return json.dumps(content, sort_keys=True, ensure_ascii=True)


def first_broken(session: Session) -> int | None:
    """The sequence number of the first row that does not fit the chain, or None where all do.

    A cut tail shows as a head that is further than its last row (answered as the row after it).
    """
    expected, previous = 1, GENESIS
    for page in _pages(session):
        for row in page:
            sound = row.sequence == expected and row.previous_hash == previous
            if not sound or not hmac.compare_digest(row.hash, AuditKey.sign(canonical(row))):
                return expected
            expected, previous = expected + 1, row.hash
            session.expunge(row)
    head = session.scalars(select(AuditHead)).one()
    agrees = head.sequence == expected - 1 and head.hash == previous
    return None if agrees else expected


def _pages(session: Session) -> Iterator[Sequence[AuditEvent]]:
    """The chain in order, a page at a time, so that a long one needs no more memory."""
    after = -1
    in_order = select(AuditEvent).order_by(AuditEvent.sequence).limit(ROWS_PER_PAGE)
    while page := session.scalars(in_order.where(AuditEvent.sequence > after)).all():
        after = page[-1].sequence
        yield page
