"""What pages ask about work: queues, one item with its steps, and what we wait for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, tuple_

from backoffice.firm.clients.models import Client
from backoffice.firm.staff.models import Membership, Staff, Team
from backoffice.firm.work.models import ExpectedInput, Preparation, Review, WorkItem
from backoffice.firm.work.rules import UNFINISHED
from backoffice.foundation.tenancy import ScopedSession

PAGE_MAX = 200
FAR_AWAY = date(9999, 12, 31)  # work without a day comes last

# In review is somebody else's turn; sent back waits for whoever prepared it.
URGENCY = case((WorkItem.state == "returned", 0), else_=1)
DUE = func.coalesce(WorkItem.due_on, FAR_AWAY)


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A line of a queue: the item, whose it is, and who has it."""

    id: UUID
    client_id: UUID
    client_name: str
    client_slug: str
    kind: str
    title: str
    state: str
    period: str | None
    reason: str | None
    subject_kind: str | None
    subject_id: UUID | None
    due_on: date | None
    opened_at: datetime
    assignee_id: UUID | None
    assignee_name: str | None
    waits_for: int  # inputs that have not come
    preparer_id: UUID | None  # while it is in review


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Rows in the order to work on them; `after` asks for the next page, None where this is all."""

    rows: Sequence[QueueRow]
    after: str | None


def queue(
    session: ScopedSession,
    *,
    staff_id: UUID,
    whose: str = "mine",
    kinds: Sequence[str] = (),
    after: str | None = None,
    limit: int = 50,
) -> QueuePage:
    """Unfinished work of all clients in scope.

    `mine`: what this person has in hand. `team`: what nobody has and what their team-mates have.
    `review`: what others prepared and this person may sign off.
    """
    limit = min(limit, PAGE_MAX)
    query = _rows().where(_belongs(staff_id, whose))
    if kinds:
        query = query.where(WorkItem.kind.in_(kinds))
    if after is not None and (place := _place(after)) is not None:
        query = query.where(tuple_(URGENCY, DUE, WorkItem.id) > place)
    found = session.execute(query.order_by(URGENCY, DUE, WorkItem.id).limit(limit + 1)).all()
    rows = [QueueRow(*row) for row in found[:limit]]
    return QueuePage(rows, _mark(rows[-1]) if len(found) > limit else None)


def queue_counts(session: ScopedSession, *, staff_id: UUID) -> dict[str, int]:
    """How many items each queue of this person has."""
    counted = (
        select(
            *(
                func.count().filter(_belongs(staff_id, whose)).label(whose)
                for whose in ("mine", "team", "review")
            )
        )
        .select_from(WorkItem.__table__.outerjoin(Preparation.__table__, _is_live()))
        .where(WorkItem.state.in_(UNFINISHED))
    )
    return dict(session.execute(counted).one()._mapping)


def queue_row(session: ScopedSession, item_id: UUID) -> QueueRow | None:
    """One item as its line in a queue."""
    found = session.execute(_rows(open_only=False).where(WorkItem.id == item_id)).one_or_none()
    return None if found is None else QueueRow(*found)


def work_of_client(
    session: ScopedSession, *, finished: bool = False, limit: int = 50
) -> Sequence[QueueRow]:
    """The work of the client in scope: unfinished, or what was finished last."""
    query = _rows(open_only=not finished).where(WorkItem.client_id == session.client_id)
    if finished:
        query = query.where(WorkItem.state.in_(("done", "cancelled")))
        query = query.order_by(WorkItem.changed_at.desc())
    else:
        query = query.order_by(DUE, WorkItem.id)
    return [QueueRow(*row) for row in session.execute(query.limit(min(limit, PAGE_MAX)))]


@dataclass(frozen=True, slots=True)
class Step:
    """A step that an item went through: `prepared`, `approved`, `returned` or `voided`."""

    name: str
    by_id: UUID | None
    by_name: str | None
    at: datetime
    reason: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an item stands with preparation and review. `live` is what waits for an answer."""

    live: Preparation | None
    approved: bool
    steps: Sequence[Step]


def standing(session: ScopedSession, item_id: UUID) -> Standing:
    """Who prepared, approved, sent back or changed it, in order."""
    mine = (
        select(Preparation, Review, Staff.name)
        .join(Staff, Staff.id == Preparation.preparer_id)
        .outerjoin(
            Review,
            and_(
                Review.client_id == Preparation.client_id, Review.preparation_id == Preparation.id
            ),
        )
        .where(Preparation.client_id == session.client_id, Preparation.work_item_id == item_id)
        .order_by(Preparation.prepared_at, Preparation.id)
    )
    rows = session.execute(mine).all()
    names = _names(session, [review.reviewer_id for _, review, _ in rows if review])
    steps: list[Step] = []
    for preparation, review, preparer in rows:
        steps += _steps_of(preparation, review, preparer, names)
    newest = rows[-1] if rows else None
    live = newest[0] if newest and _lives(newest[0]) else None
    approved = live is not None and newest is not None and newest[1] is not None
    return Standing(live, approved, steps)


def waiting_inputs(session: ScopedSession) -> Sequence[ExpectedInput]:
    """What we still wait for from the client in scope, soonest first."""
    waiting = select(ExpectedInput).where(
        ExpectedInput.client_id == session.client_id,
        ExpectedInput.fulfilled_at.is_(None),
        ExpectedInput.cancelled_at.is_(None),
    )
    soonest = waiting.order_by(func.coalesce(ExpectedInput.due_on, FAR_AWAY), ExpectedInput.id)
    return session.scalars(soonest.limit(PAGE_MAX)).all()


def _rows(*, open_only: bool = True) -> Select[*tuple[Any, ...]]:
    waits = (
        select(func.count())
        .where(
            ExpectedInput.client_id == WorkItem.client_id,
            ExpectedInput.work_item_id == WorkItem.id,
            ExpectedInput.fulfilled_at.is_(None),
            ExpectedInput.cancelled_at.is_(None),
        )
        .scalar_subquery()
    )
    query = (
        select(
            WorkItem.id,
            WorkItem.client_id,
            Client.name,
            Client.slug,
            WorkItem.kind,
            WorkItem.title,
            WorkItem.state,
            WorkItem.period,
            WorkItem.reason,
            WorkItem.subject_kind,
            WorkItem.subject_id,
            WorkItem.due_on,
            WorkItem.opened_at,
            WorkItem.assignee_id,
            Staff.name,
            waits,
            Preparation.preparer_id,
        )
        .join(Client, and_(Client.client_id == WorkItem.client_id, Client.id == WorkItem.client_id))
        .outerjoin(Staff, Staff.id == WorkItem.assignee_id)
        .outerjoin(Preparation, _is_live())
    )
    return query.where(WorkItem.state.in_(UNFINISHED)) if open_only else query


def _is_live() -> ColumnElement[bool]:
    return and_(
        Preparation.client_id == WorkItem.client_id,
        Preparation.work_item_id == WorkItem.id,
        Preparation.voided_at.is_(None),
        Preparation.superseded_at.is_(None),
    )


def _belongs(staff_id: UUID, whose: str) -> ColumnElement[bool]:
    in_review = WorkItem.state == "prepared"
    if whose == "mine":
        return and_(WorkItem.assignee_id == staff_id, ~in_review)
    if whose == "review":
        return and_(in_review, Preparation.preparer_id != staff_id)
    mates = or_(WorkItem.assignee_id.is_(None), WorkItem.assignee_id.in_(_team_mates(staff_id)))
    ours = or_(WorkItem.team_id.is_(None), WorkItem.team_id.in_(_teams(staff_id)))
    return and_(~in_review, func.coalesce(WorkItem.assignee_id != staff_id, True), or_(mates, ours))


def _teams(staff_id: UUID) -> Select[UUID]:
    # Present membership; a lead who is no member still belongs to the team.
    member = select(Membership.team_id).where(
        Membership.staff_id == staff_id, Membership.until.is_(None)
    )
    return member.union(select(Team.id).where(Team.lead_id == staff_id))  # type: ignore[return-value]


def _team_mates(staff_id: UUID) -> Select[UUID]:
    return select(Membership.staff_id).where(
        Membership.team_id.in_(_teams(staff_id)), Membership.until.is_(None)
    )


def _mark(row: QueueRow) -> str:
    urgency = 0 if row.state == "returned" else 1
    return f"{urgency}.{(row.due_on or FAR_AWAY).isoformat()}.{row.id}"


def _place(after: str) -> tuple[int, date, UUID] | None:
    """Where the page before ended; what nobody of us wrote means the first page."""
    try:
        urgency, due, item = after.split(".")
        return int(urgency[:1]), date.fromisoformat(due), UUID(item)
    except ValueError:
        return None


def _lives(preparation: Preparation) -> bool:
    return preparation.voided_at is None and preparation.superseded_at is None


def _names(session: ScopedSession, staff: Sequence[UUID]) -> dict[UUID, str]:
    named = select(Staff.id, Staff.name).where(Staff.id.in_(staff))
    return dict(session.execute(named).all())


def _steps_of(
    preparation: Preparation, review: Review | None, preparer: str, names: dict[UUID, str]
) -> list[Step]:
    prepared_at = preparation.prepared_at
    steps = [Step("prepared", preparation.preparer_id, preparer, prepared_at, None)]
    if review is not None:
        name = names.get(review.reviewer_id)
        steps.append(
            Step(review.outcome, review.reviewer_id, name, review.reviewed_at, review.reason)
        )
    if preparation.voided_at is not None:
        steps.append(Step("voided", None, None, preparation.voided_at, preparation.voided_because))
    return steps
