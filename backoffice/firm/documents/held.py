"""What becomes of a file that was held back: asked about, used as it is, or put aside.

Whoever sent it may ask; staff decide. Where a line knows this kind of file (a bank statement
that does not add up), the decision is the line's, about what it read in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update

from backoffice.firm.documents import refusals
from backoffice.firm.documents.models import Document
from backoffice.firm.documents.queries import document
from backoffice.firm.work.actions import finish, open_item
from backoffice.firm.work.models import OPEN_WORK, WorkItem
from backoffice.foundation import audit
from backoffice.foundation.language import _
from backoffice.foundation.tenancy import Actor, ScopedSession

KIND = "held_document"


def ask_about_held(session: ScopedSession, document_id: UUID, *, by: Actor) -> WorkItem:
    """Whoever sent it says: take it as it is, and look at it. Asking twice is asking once."""
    held = document(session, document_id)
    if held.state != "held":
        raise refusals.not_held()
    item = open_item(
        session,
        kind=KIND,
        title=_("Look at %(name)s", name=held.name),
        once_key=f"{KIND}:{held.id}",
        subject_kind=Document.__tablename__,
        subject_id=held.id,
        reason=held.held_reason,
    )
    audit.record(session, "document.asked_about", subject=held, by=by)
    return item


def use_as_it_is(session: ScopedSession, document_id: UUID, *, by: Actor) -> Document:
    """Somebody looked: it is of use although it was held back."""
    held = document(session, document_id)
    if held.kind is not None:
        raise refusals.its_line_decides()
    _decide(session, held, state="kept", held_code=None, held_reason=None)
    audit.record(session, "document.released", subject=held, by=by)
    _finish_question(session, held.id, by)
    return held


def put_aside(session: ScopedSession, document_id: UUID, *, reason: str, by: Actor) -> Document:
    """It is of no use; whoever sent it reads why."""
    if not reason.strip():
        raise refusals.say_why()
    held = document(session, document_id)
    _decide(session, held, state="refused", held_reason=reason.strip())
    audit.record(session, "document.put_aside", subject=held, by=by)
    _finish_question(session, held.id, by)
    return held


def questions_about(session: ScopedSession, document_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Document → the unfinished work of looking at it, where somebody asked."""
    asked = select(WorkItem.subject_id, WorkItem.id).where(
        WorkItem.client_id == session.client_id,
        WorkItem.kind == KIND,
        WorkItem.subject_id.in_(document_ids),
        text(OPEN_WORK),
    )
    return {subject: item for subject, item in session.execute(asked) if subject is not None}


def _decide(session: ScopedSession, held: Document, **changes: Any) -> None:
    """From held alone; the database decides, so that one of two who try at once wins."""
    decided = session.execute(
        update(Document)
        .where(
            Document.client_id == session.client_id,
            Document.id == held.id,
            Document.state == "held",
        )
        .values(**changes)
    )
    if not decided.rowcount:  # type: ignore[attr-defined]
        raise refusals.not_held()
    session.refresh(held)


def _finish_question(session: ScopedSession, document_id: UUID, by: Actor) -> None:
    for item_id in questions_about(session, [document_id]).values():
        finish(session, item_id, by=by)
