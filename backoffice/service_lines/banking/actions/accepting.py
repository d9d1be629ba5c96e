"""Accepting what is suggested: one line, or all that are sure at once."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select

from backoffice.foundation import audit
from backoffice.foundation.calendar import period_bounds
from backoffice.foundation.language import _
from backoffice.foundation.tenancy import Actor, ScopedSession
from backoffice.service_lines.banking import refusals
from backoffice.service_lines.banking.actions.coding import code_line, take_back
from backoffice.service_lines.banking.actions.locking import (
    hold_month,
    line_of,
    void_what_was_prepared,
)
from backoffice.service_lines.banking.actions.opening import ensure_opening
from backoffice.service_lines.banking.actions.suggesting import learn_from
from backoffice.service_lines.banking.actions.transfers import transfer
from backoffice.service_lines.banking.actions.writing import Decision, write_codings
from backoffice.service_lines.banking.models import BankImport, BankLine, Coding
from backoffice.service_lines.banking.rules.coding import PartDraft

# Posted in about a second; until the commit the client's other postings wait.
AT_ONCE_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Accepted:
    """How many lines were coded by one press, and how many sure ones are left for the next."""

    coded: int
    left: int


def accept(
    session: ScopedSession,
    line_id: UUID,
    *,
    version: int,
    by: Actor,
    key: str,
    shown_account_id: UUID | None = None,
) -> Coding:
    """Code the line as suggested.

    `shown_account_id` is what the person saw suggested (an account, or an own bank account): if
    that has changed meanwhile, nothing is coded.
    """
    line = line_of(session, line_id)
    suggested = line.suggested_transfer_id or line.suggested_account_id
    if suggested is None:
        raise refusals.nothing_suggested()
    if shown_account_id not in (None, suggested):
        raise refusals.suggestion_changed()
    if line.suggested_transfer_id is not None:
        return transfer(session, line_id, to_account_id=suggested, version=version, by=by, key=key)
    return code_line(
        session,
        line_id,
        account_id=suggested,
        tax_code_id=line.suggested_tax_code_id,
        version=version,
        by=by,
        key=key,
    )


def accept_all_sure(
    session: ScopedSession,
    *,
    bank_account_id: UUID,
    period: str | None = None,
    by: Actor,
    key: str,
    limit: int = AT_ONCE_MAX,
) -> Accepted:
    """Code every open line whose suggestion is sure, by one posting call.

    The same key again answers with what it did. At most `limit` lines; the rest is `left`.
    """
    done = _done_before(session, key)
    if done:
        return Accepted(done, _sure_left(session, bank_account_id, period))
    lines = _lock_sure(session, bank_account_id, period, limit)
    plain = [line for line in lines if line.suggested_transfer_id is None]
    transfers = [line for line in lines if line.suggested_transfer_id is not None]
    if plain:
        _code_all(session, bank_account_id, plain, by=by, key=key)
    for line in transfers:
        accept(session, line.id, version=line.version, by=by, key=key)
    audit.record(
        session,
        "bank_line.sure_accepted",
        subject_kind="bank_account",
        subject_id=bank_account_id,
        by=by,
        lines=len(lines),
    )
    return Accepted(len(lines), _sure_left(session, bank_account_id, period))


def undo_accepted(session: ScopedSession, *, key: str, by: Actor) -> int:
    """Take back what one press has coded, as far as nobody has changed it since."""
    items = hold_month(session, session.scalars(_coded_by(session, key)).all())
    # Looked at again now that the months are ours: a colleague may have coded a line anew.
    in_order = _coded_by(session, key).order_by(BankLine.id).with_for_update()
    locked = session.scalars(in_order.execution_options(populate_existing=True)).all()
    if not locked:
        return 0
    # Asked before, because afterwards each line would be read again by itself.
    keys = {line.counterparty_key for line in locked}
    since = min(line.booked_on for line in locked)
    take_back(session, locked, because=_("Undone"), by=by)
    learn_from(session, keys)
    void_what_was_prepared(session, items, since=since, because=_("Codings were undone."), by=by)
    audit.record(session, "bank_line.accepted_undone", by=by, lines=len(locked))
    return len(locked)


def _coded_by(session: ScopedSession, key: str) -> Select[BankLine]:
    """The lines that stand as one press has coded them."""
    coded = select(Coding.bank_line_id).where(
        Coding.client_id == session.client_id,
        Coding.request_key == key,
        Coding.undone_at.is_(None),
    )
    lines = session.scalars(coded).all()
    return select(BankLine).where(BankLine.client_id == session.client_id, BankLine.id.in_(lines))


def _code_all(
    session: ScopedSession, account_id: UUID, lines: list[BankLine], *, by: Actor, key: str
) -> None:
    items = hold_month(session, lines)
    ensure_opening(session, account_id, by=by)
    keys = {line.counterparty_key for line in lines}
    since = min(line.booked_on for line in lines)
    decisions = [
        Decision(
            line,
            "code",
            (PartDraft(_account(line), line.amount_minor, line.suggested_tax_code_id),),
        )
        for line in lines
    ]
    write_codings(session, decisions, by=by, key=key)
    learn_from(session, keys)
    void_what_was_prepared(session, items, since=since, because=_("Lines were coded."), by=by)


def _account(line: BankLine) -> UUID:
    if line.suggested_account_id is None:
        raise refusals.nothing_suggested()
    return line.suggested_account_id


def _are_sure(
    session: ScopedSession, bank_account_id: UUID, period: str | None
) -> ColumnElement[bool]:
    sure = and_(
        BankLine.client_id == session.client_id,
        BankLine.bank_account_id == bank_account_id,
        BankLine.state == "open",
        BankLine.confidence == "sure",
        select(BankImport.id)
        .where(
            BankImport.client_id == BankLine.client_id,
            BankImport.id == BankLine.import_id,
            BankImport.state == "released",
        )
        .exists(),
    )
    if period is None:
        return sure
    return and_(sure, BankLine.booked_on.between(*period_bounds(period)))


def _lock_sure(
    session: ScopedSession, bank_account_id: UUID, period: str | None, limit: int
) -> list[BankLine]:
    """The lines that are sure; what a colleague has in hand this moment is left to them."""
    mine = (
        select(BankLine)
        .where(_are_sure(session, bank_account_id, period))
        .order_by(BankLine.booked_on, BankLine.id)
        .limit(min(limit, AT_ONCE_MAX))
    )
    # The months are locked before the lines, as everywhere.
    hold_month(session, session.scalars(mine).all())
    locked = mine.with_for_update(of=BankLine, skip_locked=True)
    return list(session.scalars(locked.execution_options(populate_existing=True)))


def _sure_left(session: ScopedSession, bank_account_id: UUID, period: str | None) -> int:
    counted = select(func.count()).where(_are_sure(session, bank_account_id, period))
    return session.scalar(counted.select_from(BankLine)) or 0


def _done_before(session: ScopedSession, key: str) -> int:
    same = select(func.count()).where(
        Coding.client_id == session.client_id, Coding.request_key == key
    )
    return session.scalar(same) or 0
