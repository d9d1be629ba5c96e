"""Prepared by one person, signed off by another. The database refuses it any other way."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from backoffice.firm.staff.models import Staff
from backoffice.firm.work import refusals
from backoffice.firm.work.actions import item_of, move, name_of
from backoffice.firm.work.models import Preparation, Review, WorkItem
from backoffice.firm.work.rules import PREPARE, RETURN, REVIEWED_KINDS, SIGN_OFF, VOID
from backoffice.foundation import audit
from backoffice.foundation.clock import business_now
from backoffice.foundation.ids import new_id
from backoffice.foundation.permissions import staff_may
from backoffice.foundation.tenancy import Actor, ScopedSession


def prepare(session: ScopedSession, item_id: UUID, *, content_hash: str, by: Actor) -> Preparation:
    """Send an item to review. `content_hash` says what is to be reviewed, and binds the answer."""
    item = item_of(session, item_id, lock=True)
    if item.kind not in REVIEWED_KINDS:
        raise refusals.needs_no_review()
    move(session, item, PREPARE)
    preparation = Preparation(
        id=new_id(),
        work_item_id=item.id,
        preparer_id=_staff_id(by),
        prepared_at=business_now(session),
        content_hash=content_hash,
    )
    session.add(preparation)
    session.flush()
    audit.record(session, "work.prepared", subject=item, by=by)
    return preparation


def sign_off(
    session: ScopedSession, preparation_id: UUID, *, content_hash: str, by: Actor, key: str
) -> Review:
    """Approve exactly what was prepared. The same key again answers with the same review."""
    return _answer(session, preparation_id, "approved", None, content_hash, by, key)


def return_item(
    session: ScopedSession,
    preparation_id: UUID,
    *,
    reason: str,
    content_hash: str,
    by: Actor,
    key: str,
) -> Review:
    """Send it back with what has to be put right."""
    if not reason.strip():
        raise refusals.say_why()
    return _answer(session, preparation_id, "returned", reason.strip(), content_hash, by, key)


def void_preparation(session: ScopedSession, item_id: UUID, *, because: str, by: Actor) -> bool:
    """An edit came after preparation or sign-off: both are void, and somebody prepares it again."""
    item = item_of(session, item_id, lock=True)
    preparation = _live(session, item_id)
    if preparation is None:
        return False
    move(session, item, VOID, done_at=None)
    preparation.voided_at, preparation.voided_because = business_now(session), because
    audit.record(session, "work.preparation_voided", subject=item, by=by)
    return True


def _answer(
    session: ScopedSession,
    preparation_id: UUID,
    outcome: str,
    reason: str | None,
    content_hash: str,
    by: Actor,
    key: str,
) -> Review:
    item, preparation = _locked(session, preparation_id)
    earlier = _review_of(session, preparation_id)
    if earlier is not None:
        return _same_or_refused(session, earlier, outcome, by, key)
    _refuse_what_may_not_be(session, preparation, content_hash, by)
    review = Review(
        id=new_id(),
        preparation_id=preparation.id,
        preparer_id=preparation.preparer_id,
        reviewer_id=_staff_id(by),
        reviewed_at=business_now(session),
        outcome=outcome,
        reason=reason,
        content_hash=content_hash,
        request_key=key,
    )
    session.add(review)
    session.flush()
    if outcome == "approved":
        move(session, item, SIGN_OFF, done_at=review.reviewed_at)
    else:
        preparation.superseded_at = review.reviewed_at
        move(session, item, RETURN, assignee_id=preparation.preparer_id, reason=reason)
    audit.record(session, f"work.{outcome}", subject=item, by=by)
    return review


def _same_or_refused(
    session: ScopedSession, earlier: Review, outcome: str, by: Actor, key: str
) -> Review:
    same = (earlier.outcome, earlier.reviewer_id, earlier.request_key) == (outcome, by.id, key)
    if same:
        return earlier
    me = session.get(Staff, by.id)
    zone = me.zone if me else "UTC"
    name = name_of(session, earlier.reviewer_id)
    raise refusals.already_answered(earlier.outcome, name, earlier.reviewed_at, zone)


def _refuse_what_may_not_be(
    session: ScopedSession, preparation: Preparation, content_hash: str, by: Actor
) -> None:
    if preparation.voided_at is not None or preparation.superseded_at is not None:
        raise refusals.not_prepared()
    reviewer = session.get(Staff, _staff_id(by), populate_existing=True)
    active = reviewer is not None and reviewer.deactivated_at is None
    if reviewer is None or not active or not staff_may(reviewer.role, "books.review"):
        raise refusals.may_not_review()
    if reviewer.id == preparation.preparer_id:
        raise refusals.own_work()
    if content_hash != preparation.content_hash:
        raise refusals.changed_since_seen()


def _locked(session: ScopedSession, preparation_id: UUID) -> tuple[WorkItem, Preparation]:
    """The item first, then the preparation: everybody locks them in this order."""
    mine = select(Preparation).where(
        Preparation.client_id == session.client_id, Preparation.id == preparation_id
    )
    item_id = session.scalar(mine.with_only_columns(Preparation.work_item_id))
    if item_id is None:
        raise refusals.no_such_item()
    item = item_of(session, item_id, lock=True)
    locked = mine.with_for_update().execution_options(populate_existing=True)
    return item, session.scalars(locked).one()


def _live(session: ScopedSession, item_id: UUID) -> Preparation | None:
    mine = select(Preparation).where(
        Preparation.client_id == session.client_id,
        Preparation.work_item_id == item_id,
        Preparation.voided_at.is_(None),
        Preparation.superseded_at.is_(None),
    )
    locked = mine.with_for_update().execution_options(populate_existing=True)
    return session.scalars(locked).one_or_none()


def _review_of(session: ScopedSession, preparation_id: UUID) -> Review | None:
    mine = select(Review).where(
        Review.client_id == session.client_id, Review.preparation_id == preparation_id
    )
    return session.scalars(mine).one_or_none()


def _staff_id(by: Actor) -> UUID:
    if by.kind != "staff" or by.id is None:
        raise refusals.may_not_review()
    return by.id
