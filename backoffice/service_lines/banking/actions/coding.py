"""Coding a line: coded, split, undone, with its document and its note.

Each verb takes the version of the line that the person saw and a key that the page made for the
press: an overtaken person is told how the line stands now, and pressing twice codes once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

from sqlalchemy import select, text

from backoffice.firm.documents.queries import document as document_of
from backoffice.foundation import audit
from backoffice.foundation.clock import business_now
from backoffice.foundation.language import _
from backoffice.foundation.tenancy import Actor, ScopedSession
from backoffice.ledger import reverse
from backoffice.service_lines.banking import refusals
from backoffice.service_lines.banking.actions.locking import (
    hold_month,
    line_of,
    lock_line,
    void_what_was_prepared,
)
from backoffice.service_lines.banking.actions.opening import ensure_opening
from backoffice.service_lines.banking.actions.suggesting import learn_from
from backoffice.service_lines.banking.actions.writing import Decision, write_codings
from backoffice.service_lines.banking.models import BankLine, Coding
from backoffice.service_lines.banking.rules.coding import PARTS_MAX, PartDraft

NOTE_CHARACTERS_MAX = 2_000

Decide = Callable[[BankLine], Decision]

UNDO = text(
    """
    WITH undone AS (
      UPDATE coding c
      SET undone_at = :at, undone_by_id = :by, undone_because = :because,
        reversal_entry_id = u.reversal
      FROM unnest(CAST(:codings AS uuid[]), CAST(:reversals AS uuid[])) AS u (coding, reversal)
      WHERE c.client_id = :client AND c.id = u.coding
    )
    UPDATE bank_line SET state = 'open', version = version + 1
    WHERE client_id = :client AND id = ANY (CAST(:lines AS uuid[]))
    """
)


def code_line(
    session: ScopedSession,
    line_id: UUID,
    *,
    account_id: UUID,
    tax_code_id: UUID | None = None,
    version: int,
    by: Actor,
    key: str,
) -> Coding:
    """Code the whole line to one account. A line that is coded already is coded anew."""

    def decide(line: BankLine) -> Decision:
        draft = PartDraft(account_id, line.amount_minor, tax_code_id)
        return Decision(line, "code", (draft,))

    return code_as(session, line_id, decide, version=version, by=by, key=key)


def split(
    session: ScopedSession,
    line_id: UUID,
    *,
    parts: Sequence[PartDraft],
    version: int,
    by: Actor,
    key: str,
) -> Coding:
    """Code the line in parts, which sum to it; each has the sign of the line."""

    def decide(line: BankLine) -> Decision:
        _refuse_parts(line, parts)
        return Decision(line, "split", tuple(parts))

    return code_as(session, line_id, decide, version=version, by=by, key=key)


def undo(
    session: ScopedSession,
    line_id: UUID,
    *,
    version: int,
    by: Actor,
    because: str | None = None,
) -> BankLine:
    """Take the coding back by a reversal; the line is open again, and its history is kept."""
    items = hold_month(session, [line_of(session, line_id)])
    line = lock_line(session, line_id, version=version)
    if line.state != "coded":
        raise refusals.not_coded()
    take_back(session, [line], because=because or _("Undone"), by=by)
    learn_from(session, {line.counterparty_key})
    void_what_was_prepared(
        session, items, since=line.booked_on, because=_("A coding was undone."), by=by
    )
    audit.record(session, "bank_line.undone", subject=line, by=by)
    session.flush()
    return line


def attach_document(
    session: ScopedSession, line_id: UUID, *, document_id: UUID | None, version: int, by: Actor
) -> BankLine:
    """Put a document on the line, or take it off."""
    if document_id is not None:
        document_of(session, document_id)
    items = hold_month(session, [line_of(session, line_id)])
    line = lock_line(session, line_id, version=version)
    line.document_id, line.version = document_id, line.version + 1
    void_what_was_prepared(
        session, items, since=line.booked_on, because=_("A document was changed."), by=by
    )
    audit.record(session, "bank_line.document", subject=line, by=by, document=document_id)
    session.flush()
    return line


def write_note(
    session: ScopedSession, line_id: UUID, *, note: str, version: int, by: Actor
) -> BankLine:
    """A word about the line for colleagues; an empty one takes it off."""
    line = lock_line(session, line_id, version=version)
    line.note, line.version = note.strip()[:NOTE_CHARACTERS_MAX] or None, line.version + 1
    audit.record(session, "bank_line.noted", subject=line, by=by)
    session.flush()
    return line


def code_as(
    session: ScopedSession,
    line_id: UUID,
    decide: Decide,
    *,
    version: int,
    by: Actor,
    key: str,
) -> Coding:
    """Code one line as `decide` says once it is locked."""
    if (before := _coded_before(session, line_id, key)) is not None:
        return before
    items = hold_month(session, [line_of(session, line_id)])
    line = lock_line(session, line_id, version=version)
    if (before := _coded_before(session, line_id, key)) is not None:
        return before
    if line.state == "coded":
        take_back(session, [line], because=_("Coded anew"), by=by)
    elif line.state != "open":
        raise refusals.no_such_line()
    ensure_opening(session, line.bank_account_id, by=by)
    decision = decide(line)
    coding_id = write_codings(session, [decision], by=by, key=key)[0]
    learn_from(session, {line.counterparty_key})
    void_what_was_prepared(
        session, items, since=line.booked_on, because=_("A line was coded anew."), by=by
    )
    audit.record(session, "bank_line.coded", subject=line, by=by, kind=decision.kind)
    return session.get_one(Coding, (session.client_id, coding_id))


def _coded_before(session: ScopedSession, line_id: UUID, key: str) -> Coding | None:
    """What the same press did before."""
    mine = select(Coding).where(
        Coding.client_id == session.client_id,
        Coding.request_key == key,
        Coding.bank_line_id == line_id,
    )
    return session.scalars(mine).one_or_none()


def take_back(
    session: ScopedSession, lines: Iterable[BankLine], *, because: str, by: Actor
) -> None:
    """Reverse how these locked lines are coded, all by one call, and open them again.

    Raises `PeriodClosed` where the month of one of them is closed.
    """
    by_line = {line.id: line for line in lines}
    living = session.execute(
        select(Coding.id, Coding.entry_id)
        .where(
            Coding.client_id == session.client_id,
            Coding.bank_line_id.in_(by_line),
            Coding.undone_at.is_(None),
        )
        .order_by(Coding.id)
        .with_for_update()
    ).all()
    # A line is of its day: where that month is closed it could not be coded again.
    entries = [coding.entry_id for coding in living]
    reversals = reverse(session, entries, reason=because, on_its_day=True, by=by)
    session.flush()
    session.execute(
        UNDO,
        {
            "client": session.client_id,
            "codings": [coding.id for coding in living],
            "reversals": [reversal.id for reversal in reversals],
            "lines": list(by_line),
            "at": business_now(session),
            "by": by.id,
            "because": because,
        },
    )
    for line in by_line.values():
        session.expire(line)


def _refuse_parts(line: BankLine, parts: Sequence[PartDraft]) -> None:
    if len(parts) < 2:
        raise refusals.too_few_parts()
    if len(parts) > PARTS_MAX:
        raise refusals.too_many_parts(PARTS_MAX)
    if any(part.gross_minor == 0 for part in parts):
        raise refusals.part_without_amount()
    summed = sum(part.gross_minor for part in parts)
    if summed != line.amount_minor:
        raise refusals.parts_do_not_sum(summed, line.amount_minor, line.currency)
