"""Money between two accounts of the client: two bank lines, each coded against money in transit.

Each leg is coded by itself, on its own day; the pair is complete when both are there. Until then
the amount stands in transit, and the month's check says which leg is missing.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from backoffice.foundation.ids import new_id
from backoffice.foundation.tenancy import Actor, ScopedSession
from backoffice.ledger import account_for_role
from backoffice.service_lines.banking import refusals
from backoffice.service_lines.banking.actions.accounts import bank_account
from backoffice.service_lines.banking.actions.coding import code_as
from backoffice.service_lines.banking.actions.locking import line_of
from backoffice.service_lines.banking.actions.writing import Decision
from backoffice.service_lines.banking.models import BankAccount, BankLine, Coding
from backoffice.service_lines.banking.rules.coding import PartDraft

# Over a long weekend and a holiday a transfer arrives within this many days.
DAYS_APART_MAX = 10


def transfer(
    session: ScopedSession,
    line_id: UUID,
    *,
    to_account_id: UUID,
    other_line_id: UUID | None = None,
    version: int,
    by: Actor,
    key: str,
) -> Coding:
    """Code the line as a transfer to or from another own account.

    With `other_line_id` both legs are coded at once. Without it a leg that waits at the other
    account is matched by itself, if exactly one fits.
    """
    line = line_of(session, line_id)
    _refuse_account(line, bank_account(session, to_account_id))
    if other_line_id is None:
        waiting = _waiting_legs(session, line, to_account_id)
        transfer_id = waiting[0].transfer_id if len(waiting) == 1 else None
        return _code_leg(session, line, to_account_id, transfer_id, version, by, key)
    other = line_of(session, other_line_id)
    _refuse_unless_legs(line, other, to_account_id)
    if other.state == "coded":
        leg = _lock_waiting_leg(session, other)
        return _code_leg(session, line, to_account_id, leg.transfer_id, version, by, key)
    coding = _code_leg(session, line, to_account_id, None, version, by, key)
    _code_leg(session, other, line.bank_account_id, coding.transfer_id, other.version, by, key)
    return coding


def _refuse_account(line: BankLine, to: BankAccount) -> None:
    if to.id == line.bank_account_id:
        raise refusals.transfer_to_itself()
    if to.currency != line.currency:
        raise refusals.transfer_in_another_currency(line.currency, to.currency)


def _code_leg(
    session: ScopedSession,
    line: BankLine,
    to_account_id: UUID,
    transfer_id: UUID | None,
    version: int,
    by: Actor,
    key: str,
) -> Coding:
    def decide(locked: BankLine) -> Decision:
        in_transit = account_for_role(session, "in_transit")
        draft = PartDraft(in_transit.id, locked.amount_minor)
        return Decision(locked, "transfer", (draft,), transfer_id or new_id(), to_account_id)

    return code_as(session, line.id, decide, version=version, by=by, key=key)


def _waiting_legs(session: ScopedSession, line: BankLine, account_id: UUID) -> list[Coding]:
    """Legs at the other account that point here, with this amount, and have no second leg."""
    partner = aliased(Coding)
    paired = (
        select(partner.id)
        .where(
            partner.client_id == Coding.client_id,
            partner.transfer_id == Coding.transfer_id,
            partner.id != Coding.id,
            partner.undone_at.is_(None),
        )
        .exists()
    )
    waiting = (
        select(Coding)
        .join(
            BankLine,
            and_(BankLine.client_id == Coding.client_id, BankLine.id == Coding.bank_line_id),
        )
        .where(
            Coding.client_id == session.client_id,
            Coding.kind == "transfer",
            Coding.undone_at.is_(None),
            Coding.transfer_account_id == line.bank_account_id,
            Coding.amount_minor == -line.amount_minor,
            BankLine.bank_account_id == account_id,
            BankLine.booked_on.between(
                line.booked_on - timedelta(days=DAYS_APART_MAX),
                line.booked_on + timedelta(days=DAYS_APART_MAX),
            ),
            ~paired,
        )
        .order_by(func.abs(BankLine.booked_on - line.booked_on), Coding.id)
        .with_for_update(of=Coding)
    )
    return list(session.scalars(waiting))


def _refuse_unless_legs(line: BankLine, other: BankLine, to_account_id: UUID) -> None:
    fits = (
        other.bank_account_id == to_account_id
        and other.amount_minor == -line.amount_minor
        and other.currency == line.currency
        and other.state in ("open", "coded")
    )
    if not fits:
        raise refusals.not_the_other_leg()


def _lock_waiting_leg(session: ScopedSession, other: BankLine) -> Coding:
    """How the other line is coded, if it is one leg that still waits for its second."""
    leg = session.scalars(
        select(Coding)
        .where(
            Coding.client_id == session.client_id,
            Coding.bank_line_id == other.id,
            Coding.undone_at.is_(None),
        )
        .with_for_update()
    ).one_or_none()
    if leg is None or leg.kind != "transfer":
        raise refusals.not_the_other_leg()
    legs = select(func.count()).where(
        Coding.client_id == session.client_id,
        Coding.transfer_id == leg.transfer_id,
        Coding.undone_at.is_(None),
    )
    if session.scalar(legs) != 1:
        raise refusals.transfer_paired_already()
    return leg
