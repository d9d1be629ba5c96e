"""What people do with work: open it, take it, hand it over, finish it, wait for its inputs."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import defer

from backoffice.firm.staff.models import Staff
from backoffice.firm.work import refusals
from backoffice.firm.work.models import OPEN_WORK, ExpectedInput, WorkItem
from backoffice.firm.work.rules import CANCEL, FINISH, REOPEN, REVIEWED_KINDS, TAKE, Move
from backoffice.foundation import audit
from backoffice.foundation.clock import business_now
from backoffice.foundation.ids import new_id
from backoffice.foundation.tenancy import Actor, ScopedSession

# What colleagues write to one another is read when it is asked for: the portal, which opens work
# too, has no right to it.
WORDS_APART = defer(WorkItem.reason)


def open_item(
    session: ScopedSession,
    *,
    kind: str,
    title: str,
    once_key: str | None = None,
    period: str | None = None,
    subject_kind: str | None = None,
    subject_id: UUID | None = None,
    due_on: date | None = None,
    reason: str | None = None,
    team_id: UUID | None = None,
) -> WorkItem:
    """Open work for the client in scope, or give the unfinished one that has this `once_key`."""
    now = business_now(session)
    values = {
        "client_id": session.client_id,
        "id": new_id(),
        "kind": kind,
        "title": title,
        "state": "open",
        "once_key": once_key,
        "period": period,
        "subject_kind": subject_kind,
        "subject_id": subject_id,
        "due_on": due_on,
        "reason": reason,
        "team_id": team_id,
        "opened_at": now,
        "changed_at": now,
    }
    added = session.scalar(
        insert(WorkItem).values(values).on_conflict_do_nothing().returning(WorkItem.id)
    )
    if added is None:
        return _unfinished(session, once_key)
    item = session.get_one(WorkItem, (session.client_id, added), options=[WORDS_APART])
    audit.record(session, "work.opened", subject=item, kind=kind)
    return item


def _unfinished(session: ScopedSession, once_key: str | None) -> WorkItem:
    mine = select(WorkItem).where(WorkItem.client_id == session.client_id, text(OPEN_WORK))
    mine = mine.options(WORDS_APART).where(WorkItem.once_key == once_key)
    return session.scalars(mine).one()


def take(
    session: ScopedSession, item_id: UUID, *, by: Actor, from_others: bool = False
) -> WorkItem:
    """Say that one works on it. What a colleague has in hand is theirs, unless asked for."""
    item = item_of(session, item_id, lock=True)
    if item.assignee_id not in (None, by.id) and not from_others:
        raise refusals.with_somebody_else(name_of(session, item.assignee_id))
    move(session, item, TAKE, assignee_id=by.id)
    audit.record(session, "work.taken", subject=item, by=by)
    return item


def hand_over(session: ScopedSession, item_id: UUID, *, to: UUID, by: Actor) -> WorkItem:
    """Give it to a colleague."""
    colleague = session.get(Staff, to)
    if colleague is None or colleague.deactivated_at is not None:
        raise refusals.nobody()
    item = item_of(session, item_id, lock=True)
    item.assignee_id, item.changed_at = to, business_now(session)
    audit.record(session, "work.handed_over", subject=item, by=by, to=to)
    return item


def finish(session: ScopedSession, item_id: UUID, *, by: Actor) -> WorkItem:
    """Done, where no second person has to look."""
    item = item_of(session, item_id, lock=True)
    if item.kind in REVIEWED_KINDS:
        raise refusals.moved_on(item.state)
    move(session, item, FINISH, done_at=business_now(session))
    audit.record(session, "work.finished", subject=item, by=by)
    return item


def cancel(session: ScopedSession, item_id: UUID, *, reason: str, by: Actor) -> WorkItem:
    """Not needed any more."""
    item = item_of(session, item_id, lock=True)
    move(session, item, CANCEL, reason=reason)
    audit.record(session, "work.cancelled", subject=item, by=by)
    return item


def reopen(session: ScopedSession, item_id: UUID, *, reason: str, by: Actor) -> WorkItem:
    """There is more to do on what was finished."""
    item = item_of(session, item_id, lock=True)
    move(session, item, REOPEN, done_at=None, reason=reason)
    audit.record(session, "work.reopened", subject=item, by=by)
    return item


def expect(
    session: ScopedSession,
    *,
    kind: str,
    title: str,
    note: str | None = None,
    file_words: str | None = None,
    period: str | None = None,
    subject_kind: str | None = None,
    subject_id: UUID | None = None,
    due_on: date | None = None,
    work_item_id: UUID | None = None,
    by: Actor,
) -> UUID:
    """Wait for something from the client; asking twice for the same is asking once."""
    values = {
        "client_id": session.client_id,
        "id": new_id(),
        "kind": kind,
        "title": title,
        "note": note,
        "file_words": file_words,
        "period": period,
        "subject_kind": subject_kind,
        "subject_id": subject_id,
        "due_on": due_on,
        "work_item_id": work_item_id,
        "asked_at": business_now(session),
    }
    statement = insert(ExpectedInput).values(values).on_conflict_do_nothing()
    added: UUID | None = session.scalar(statement.returning(ExpectedInput.id))
    if added is not None:
        audit.record(
            session, "input.expected", subject_kind="expected_input", subject_id=added, by=by
        )
        return added
    same = select(ExpectedInput.id).where(
        ExpectedInput.client_id == session.client_id,
        ExpectedInput.kind == kind,
        ExpectedInput.subject_id == subject_id,
        ExpectedInput.period == period,
        ExpectedInput.cancelled_at.is_(None),
    )
    return session.scalars(same).one()


def fulfil(session: ScopedSession, expected_id: UUID, *, document_id: UUID) -> bool:
    """What was waited for came; false where something else was first."""
    found = session.execute(
        update(ExpectedInput)
        .where(
            ExpectedInput.client_id == session.client_id,
            ExpectedInput.id == expected_id,
            ExpectedInput.fulfilled_at.is_(None),
        )
        .values(fulfilled_at=business_now(session), document_id=document_id)
    )
    return bool(found.rowcount)  # type: ignore[attr-defined]


def item_of(session: ScopedSession, item_id: UUID, *, lock: bool = False) -> WorkItem:
    """The item of the client in scope, locked for a change where asked."""
    query = select(WorkItem).where(WorkItem.client_id == session.client_id, WorkItem.id == item_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise refusals.no_such_item()
    return found


def move(session: ScopedSession, item: WorkItem, step: Move, **changes: Any) -> None:
    """Take a legal step; the database decides it, so that one of two who try at once wins."""
    moved = session.execute(
        update(WorkItem)
        .where(
            WorkItem.client_id == session.client_id,
            WorkItem.id == item.id,
            WorkItem.state.in_(step.sources),
        )
        .values(state=step.target, changed_at=business_now(session), **changes)
    )
    session.refresh(item)
    if not moved.rowcount:  # type: ignore[attr-defined]
        raise refusals.moved_on(item.state)


def name_of(session: ScopedSession, staff_id: UUID | None) -> str:
    """A colleague's name."""
    return session.scalar(select(Staff.name).where(Staff.id == staff_id)) or ""
