"""Releasing an import for coding, taking it back as a whole, deciding about contradictions."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import and_, delete, func, select, text, update
from sqlalchemy.orm import aliased

from backoffice.firm.work.actions import cancel
from backoffice.foundation import audit
from backoffice.foundation.calendar import period_bounds
from backoffice.foundation.clock import business_now
from backoffice.foundation.language import _
from backoffice.foundation.tenancy import Actor, ScopedSession
from backoffice.service_lines.banking import refusals
from backoffice.service_lines.banking.actions.finishing import coding_item
from backoffice.service_lines.banking.actions.importing import dealt_with, import_of, move
from backoffice.service_lines.banking.actions.known_lines import STANDING
from backoffice.service_lines.banking.actions.locking import (
    hold_months,
    void_what_was_prepared,
)
from backoffice.service_lines.banking.actions.opening import correct_openings
from backoffice.service_lines.banking.models import BankImport, BankLine, BankStatement
from backoffice.service_lines.banking.rules import LINE_MOVES

LINES_PER_DELETE = 10_000  # each statement well within the time that a page may take

MONTHS = select(
    BankLine.bank_account_id, func.to_char(BankLine.booked_on, "YYYY-MM").label("month")
)


# Line by line: LATERAL with LIMIT, and a client that is compared in a way that no index knows, keep
# the planner from reading every coding of the client for each line, which it does while it has not
# counted what a first long import brought.
EVER_CODED = text(
    """
    SELECT count(*) FROM bank_line l
    CROSS JOIN LATERAL (
      SELECT FROM coding c
      WHERE NOT c.client_id IS DISTINCT FROM :client AND c.bank_line_id = l.id LIMIT 1
    ) AS coded
    WHERE l.client_id = :client AND l.import_id = :import_id
    """
)


def release_import(session: ScopedSession, import_id: UUID, *, by: Actor) -> BankImport:
    """Its lines may be coded from now on. A month that was prepared or signed off opens again."""
    bank_import = import_of(session, import_id, lock=True)
    if bank_import.state == "released":
        return bank_import
    move(
        session,
        bank_import,
        "release",
        released_at=business_now(session),
        released_by_id=by.id,
    )
    for item in hold_months(session, _months(session, import_id)):
        since, _until = period_bounds(item.period or "")
        void_what_was_prepared(session, [item], since=since, because=_("New lines came."), by=by)
    audit.record(session, "statement.released", subject=bank_import, by=by, new=bank_import.new)
    return bank_import


def undo_import(session: ScopedSession, import_id: UUID, *, by: Actor) -> BankImport:
    """Take all of it back, while nothing rests on it; the same file can then be imported anew."""
    bank_import = import_of(session, import_id, lock=True)
    if bank_import.state == "undone":
        return bank_import
    months = _months(session, import_id)
    hold_months(session, months)  # as who codes does, so that no coding slips in beside
    coded = ever_coded(session, import_id)
    if coded:
        raise refusals.something_rests_on_it(coded)
    if (later := _knows_its_lines(session, bank_import)) is not None:
        raise refusals.known_by_a_later_one(later.started_at.date())
    move(session, bank_import, "undo", undone_at=business_now(session), undone_by_id=by.id)
    removed = _remove_lines(session, bank_import)
    correct_openings(session, import_id, by=by)
    for account_id, month in months:
        _cancel_if_empty(session, account_id, month, by)
    dealt_with(session, bank_import, by=by)
    audit.record(session, "statement.undone", subject=bank_import, by=by, lines=removed)
    return bank_import


def settle_conflict(session: ScopedSession, line_id: UUID, *, keep: bool, by: Actor) -> None:
    """A line contradicts an earlier one: it is a line of its own, or it is left out."""
    sources, target = LINE_MOVES["keep" if keep else "leave_out"]
    settled = session.execute(
        update(BankLine)
        .where(
            BankLine.client_id == session.client_id,
            BankLine.id == line_id,
            BankLine.state.in_(sources),
        )
        .values(state=target, version=BankLine.version + 1)
    )
    if not settled.rowcount:  # type: ignore[attr-defined]
        raise refusals.no_such_line()
    audit.record(
        session,
        "bank_line.kept" if keep else "bank_line.left_out",
        subject_kind=BankLine.__tablename__,
        subject_id=line_id,
        by=by,
    )


def ever_coded(session: ScopedSession, import_id: UUID) -> int:
    """How many of its lines were ever coded: what was undone has left entries in the books."""
    values = {"client": session.client_id, "import_id": import_id}
    return session.scalar(EVER_CODED, values) or 0


def _knows_its_lines(session: ScopedSession, bank_import: BankImport) -> BankImport | None:
    """Another import of the same days that left out what it knew, perhaps from this one.

    One that was read before this one began cannot have known its lines.
    """
    mine, theirs = aliased(BankStatement), aliased(BankStatement)
    overlapping = (
        select(BankImport)
        .join(
            theirs,
            and_(theirs.client_id == BankImport.client_id, theirs.import_id == BankImport.id),
        )
        .join(
            mine,
            and_(
                mine.client_id == theirs.client_id,
                mine.bank_account_id == theirs.bank_account_id,
                mine.from_on <= theirs.to_on,
                mine.to_on >= theirs.from_on,
            ),
        )
        .where(
            BankImport.client_id == session.client_id,
            mine.import_id == bank_import.id,
            BankImport.id != bank_import.id,
            BankImport.read_at >= bank_import.started_at,
            BankImport.known > 0,
            BankImport.state.in_(STANDING),
        )
    )
    return session.scalars(overlapping.order_by(BankImport.id.desc()).limit(1)).one_or_none()


def _months(session: ScopedSession, import_id: UUID) -> list[tuple[UUID, str]]:
    mine = MONTHS.where(BankLine.client_id == session.client_id, BankLine.import_id == import_id)
    return [(account, month) for account, month in session.execute(mine.distinct())]


def _remove_lines(session: ScopedSession, bank_import: BankImport) -> int:
    _release_conflicts(session, bank_import.id)
    removed: int = 0
    for first in range(1, bank_import.lines + 1, LINES_PER_DELETE):
        gone = session.execute(
            delete(BankLine)
            .where(
                BankLine.client_id == session.client_id,
                BankLine.import_id == bank_import.id,
                BankLine.position.between(first, first + LINES_PER_DELETE - 1),
            )
            .execution_options(synchronize_session=False)
        )
        removed += gone.rowcount  # type: ignore[attr-defined]
    return removed


def _release_conflicts(session: ScopedSession, import_id: UUID) -> None:
    """Lines of other imports that contradict lines of this one contradict nothing any more."""
    session.execute(CONTRADICT_NOTHING, {"client": session.client_id, "import_id": import_id})


CONTRADICT_NOTHING = text(
    """
    UPDATE bank_line l
    SET conflicts_with_id = NULL, version = l.version + 1,
      state = CASE l.state WHEN 'conflict' THEN 'open' ELSE l.state END
    WHERE l.client_id = :client AND l.conflicts_with_id IS NOT NULL AND l.import_id <> :import_id
      AND (
        SELECT gone.import_id FROM bank_line gone
        WHERE gone.client_id = :client AND gone.id = l.conflicts_with_id
      ) = :import_id
    """
)


def _cancel_if_empty(session: ScopedSession, account_id: UUID, month: str, by: Actor) -> None:
    """The work of coding a month is not needed when no line of it is left."""
    left = select(BankLine.id).where(
        BankLine.client_id == session.client_id,
        BankLine.bank_account_id == account_id,
        func.to_char(BankLine.booked_on, "YYYY-MM") == month,
    )
    item = coding_item(session, account_id, month)
    if item is None or session.scalar(left.limit(1)) is not None:
        return
    if item.state in ("open", "in_progress", "returned"):
        cancel(session, item.id, reason=_("The import was undone."), by=by)
