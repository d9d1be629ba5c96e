"""The audit as pages show it, and the search of Ctrl K."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_, select, tuple_

from backoffice.firm.clients.models import Client, ClientMember
from backoffice.firm.clients.queries import Card, clients
from backoffice.firm.clients.rules import name_key
from backoffice.firm.staff.models import Staff
from backoffice.firm.work.models import WorkItem
from backoffice.firm.work.rules import UNFINISHED
from backoffice.foundation.audit import AuditEvent
from backoffice.foundation.language import _
from backoffice.foundation.tenancy import ScopedSession
from backoffice.ledger import LedgerAccount

PAGE_ROWS = 50
EXPORT_ROWS_MAX = 20_000
FOUND_MAX = 6  # of each kind: what fits on a screen without scrolling
LETTERS_MIN = 2
ID_LETTERS = 36


@dataclass(frozen=True)
class Act:
    """One row of the audit, its actor by name."""

    sequence: int
    at: datetime
    business_at: datetime
    actor: str
    actor_kind: str
    action: str
    subject_kind: str | None
    subject_id: UUID | None
    details: dict[str, Any]


@dataclass(frozen=True)
class Filter:
    """What the reader wants to see of the audit; days are of their zone, both included."""

    actor_id: UUID | None = None
    action: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None  # a sequence number: the page that follows it


@dataclass(frozen=True)
class Found:
    """What the search found, a few of each kind."""

    clients: Sequence[Card]
    work: Sequence[tuple[WorkItem, str]]
    accounts: Sequence[tuple[LedgerAccount, str]]


def acts(session: ScopedSession, wanted: Filter, *, zone: str, limit: int = PAGE_ROWS) -> list[Act]:
    """The audit of the client in scope, newest first; one row more where there is another page."""
    rows = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.client_id == session.client_id, *_conditions(wanted, zone))
        .order_by(AuditEvent.sequence.desc())
        .limit(min(limit, EXPORT_ROWS_MAX) + 1)
    ).all()
    return _with_names(session, rows)


def acts_on(
    session: ScopedSession, subjects: Sequence[tuple[str, UUID]], *, limit: int = PAGE_ROWS
) -> list[Act]:
    """What was done to these subjects (kind, id) of the client in scope, newest first."""
    wanted = tuple_(AuditEvent.subject_kind, AuditEvent.subject_id).in_(subjects)
    rows = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.client_id == session.client_id, wanted)
        .order_by(AuditEvent.sequence.desc())
        .limit(limit)
    ).all()
    return _with_names(session, rows)


def actors(session: ScopedSession) -> list[tuple[UUID, str]]:
    """Everybody who stands in the audit of the client in scope, for the filter."""
    seen = session.execute(
        select(AuditEvent.actor_kind, AuditEvent.actor_id)
        .where(AuditEvent.client_id == session.client_id, AuditEvent.actor_id.is_not(None))
        .distinct()
    ).all()
    names = _names(session, {row.actor_id for row in seen})
    return sorted(names.items(), key=lambda entry: name_key(entry[1]))


def find(session: ScopedSession, letters: str) -> Found:
    """Clients, unfinished work and accounts whose names hold the letters, within the session."""
    if len(letters.strip()) < LETTERS_MIN:
        return Found([], [], [])
    work = session.execute(
        select(WorkItem, Client.name)
        .join(Client, Client.client_id == WorkItem.client_id)
        .where(WorkItem.title.icontains(letters, autoescape=True), WorkItem.state.in_(UNFINISHED))
        .order_by(WorkItem.id.desc())
        .limit(FOUND_MAX)
    )
    accounts = session.execute(
        select(LedgerAccount, Client.name)
        .join(Client, Client.client_id == LedgerAccount.client_id)
        .where(
            or_(
                LedgerAccount.code.startswith(letters, autoescape=True),
                LedgerAccount.name.icontains(letters, autoescape=True),
            )
        )
        .order_by(Client.name_key, LedgerAccount.code)
        .limit(FOUND_MAX)
    )
    return Found(
        clients=clients(session, named=letters)[:FOUND_MAX],
        work=[(item, name) for item, name in work],
        accounts=[(account, name) for account, name in accounts],
    )


def _with_names(session: ScopedSession, rows: Sequence[AuditEvent]) -> list[Act]:
    names = _actors(session, rows)
    return [
        Act(
            sequence=row.sequence,
            at=row.at,
            business_at=row.business_at,
            actor=_actor(row, names),
            actor_kind=row.actor_kind,
            action=row.action,
            subject_kind=row.subject_kind,
            subject_id=row.subject_id,
            details={name: _readable(value, names) for name, value in row.details.items()},
        )
        for row in rows
    ]


def _conditions(wanted: Filter, zone: str) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.actor_id is not None:
        conditions.append(AuditEvent.actor_id == wanted.actor_id)
    if wanted.action:
        conditions.append(AuditEvent.action.startswith(wanted.action, autoescape=True))
    if wanted.since is not None:
        conditions.append(AuditEvent.at >= _midnight(wanted.since, zone))
    if wanted.until is not None:
        conditions.append(AuditEvent.at < _midnight(wanted.until + timedelta(days=1), zone))
    if wanted.before is not None:
        conditions.append(AuditEvent.sequence < wanted.before)
    return conditions


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))


def _actors(session: ScopedSession, rows: Sequence[AuditEvent]) -> dict[UUID, str]:
    """Everybody who acted, or whose id stands in the details."""
    ids = {row.actor_id for row in rows if row.actor_id is not None}
    mentioned = (_as_id(value) for row in rows for value in row.details.values())
    return _names(session, ids | {found for found in mentioned if found})


def _names(session: ScopedSession, ids: set[UUID]) -> dict[UUID, str]:
    """Staff by their name; people by the name that the client in scope knows them by."""
    staff = select(Staff.id, Staff.name).where(Staff.id.in_(ids))
    people = select(ClientMember.person_id, ClientMember.name).where(
        ClientMember.client_id == session.client_id, ClientMember.person_id.in_(ids)
    )
    return {known: name for found in (staff, people) for known, name in session.execute(found)}


def _as_id(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) and len(value) == ID_LETTERS else None
    except ValueError:
        return None


def _readable(value: Any, names: dict[UUID, str]) -> Any:
    """A name for an id that has one; of other ids the end, which tells two apart."""
    found = _as_id(value)
    if found is not None:
        return names.get(found, f"\u2026{value[-6:]}")
    return (_("yes") if value else _("no")) if isinstance(value, bool) else value


def _actor(row: AuditEvent, names: dict[UUID, str]) -> str:
    if row.actor_id is None:
        return _("The system")
    known = names.get(row.actor_id)
    return known or (_("A person of a client") if row.actor_kind == "person" else _("A colleague"))
