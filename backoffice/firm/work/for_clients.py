"""What a client's people may know of our work for them: what, who, until when. No internal words.

The portal's role reads of our staff the names alone, and no notes, times or queues.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ColumnExpressionArgument, and_, func, or_, select

from backoffice.firm.staff.models import Assignment, Staff
from backoffice.firm.work.models import WorkItem
from backoffice.firm.work.queries import FAR_AWAY
from backoffice.firm.work.rules import UNFINISHED
from backoffice.foundation.clock import business_today
from backoffice.foundation.tenancy import ScopedSession

# Other kinds (a failed piece of background work) are our own business.
SHOWN_KINDS = ("coding", "sorting", "held_document")
ITEMS_MAX = 12
KEPT_MAX = 3


@dataclass(frozen=True, slots=True)
class Promise:
    """Work for the client in scope. `who` has it in hand, or None while nobody has taken it."""

    id: UUID
    kind: str
    state: str
    period: str | None
    subject_id: UUID | None
    due_on: date | None
    opened_at: datetime
    done_at: datetime | None
    who: str | None


@dataclass(frozen=True, slots=True)
class Colleagues:
    """Who works for the client in scope, by name; None where nobody does."""

    preparer: str | None
    reviewer: str | None
    account_manager: str | None

    @property
    def to_ask(self) -> str | None:
        """The first person to turn to."""
        return self.preparer or self.account_manager or self.reviewer


def promises(session: ScopedSession) -> list[Promise]:
    """What we have in hand, soonest due first."""
    soonest = (func.coalesce(WorkItem.due_on, FAR_AWAY), WorkItem.period, WorkItem.id)
    return _promises(session, WorkItem.state.in_(UNFINISHED), soonest, ITEMS_MAX)


def kept_promises(session: ScopedSession, *, since: datetime) -> list[Promise]:
    """What was finished since the instant, newest first, a few."""
    lately = and_(WorkItem.state == "done", WorkItem.done_at >= since)
    return _promises(session, lately, (WorkItem.done_at.desc(), WorkItem.id), KEPT_MAX)


def _promises(
    session: ScopedSession,
    shown: ColumnElement[bool],
    order: tuple[ColumnExpressionArgument[Any], ...],
    limit: int,
) -> list[Promise]:
    query = (
        select(
            WorkItem.id,
            WorkItem.kind,
            WorkItem.state,
            WorkItem.period,
            WorkItem.subject_id,
            WorkItem.due_on,
            WorkItem.opened_at,
            WorkItem.done_at,
            Staff.name,
        )
        .outerjoin(Staff, Staff.id == WorkItem.assignee_id)
        .where(WorkItem.client_id == session.client_id, WorkItem.kind.in_(SHOWN_KINDS), shown)
        .order_by(*order)
        .limit(limit)
    )
    return [Promise(*row) for row in session.execute(query)]


def colleagues(session: ScopedSession, *, zone: str) -> Colleagues:
    """Who prepares, reviews and looks after the client in scope today."""
    today = business_today(session, zone)
    found = session.execute(
        select(Assignment.duty, Staff.name)
        .join(Staff, Staff.id == Assignment.staff_id)
        .where(
            Assignment.client_id == session.client_id,
            Assignment.since <= today,
            or_(Assignment.until.is_(None), Assignment.until >= today),
        )
        .order_by(Assignment.since.desc())
    )
    names = dict(found.all())  # the longest assigned of several
    return Colleagues(*(names.get(d) for d in ("preparer", "reviewer", "account_manager")))


def months_reviewed(session: ScopedSession, months: Sequence[str]) -> dict[str, bool]:
    """Of each month that has bank lines: whether a second person has signed all of it off."""
    counted = (
        select(WorkItem.period, func.bool_and(WorkItem.state == "done"))
        .where(
            WorkItem.client_id == session.client_id,
            WorkItem.kind == "coding",
            WorkItem.period.in_(months),
            WorkItem.state != "cancelled",
        )
        .group_by(WorkItem.period)
    )
    return {month: bool(done) for month, done in session.execute(counted) if month}
