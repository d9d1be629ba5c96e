"""Finding things in the books: their frame, accounts by role, what to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, or_, select

from backoffice.foundation.errors import NotFound
from backoffice.foundation.language import _
from backoffice.foundation.tenancy import ScopedSession
from backoffice.ledger.models import AccountBalance, Books, LedgerAccount, TaxCode


@dataclass(frozen=True, slots=True)
class AccountChoice:
    """An account that takes lines, for choosing by typing; the much used come first."""

    id: UUID
    code: str
    name: str
    description: str
    kind: str
    role: str | None
    is_control: bool
    times_used: int


def books_of(session: ScopedSession) -> Books:
    """The frame of the books of the client in scope."""
    found = session.scalar(select(Books).where(Books.client_id == session.client_id))
    if found is None:
        raise NotFound(_("This client's books are not open yet."))
    return found


def account_for_role(session: ScopedSession, role: str) -> LedgerAccount:
    """The one account of that role: suspense, in_transit, tax_payable, retained_earnings …"""
    found = session.scalar(
        select(LedgerAccount).where(
            LedgerAccount.client_id == session.client_id, LedgerAccount.role == role
        )
    )
    if found is None:
        raise NotFound(_("The chart of accounts has no account for “%(role)s”.", role=role))
    return found


def account_choices(session: ScopedSession) -> list[AccountChoice]:
    """The accounts that take lines, the most used first, then by code."""
    used = func.coalesce(func.sum(AccountBalance.lines), 0)
    question = (
        select(LedgerAccount, used)
        .outerjoin(
            AccountBalance,
            (AccountBalance.client_id == LedgerAccount.client_id)
            & (AccountBalance.account_id == LedgerAccount.id),
        )
        .where(
            LedgerAccount.client_id == session.client_id,
            LedgerAccount.is_parent.is_(False),
            LedgerAccount.archived_at.is_(None),
        )
        .group_by(LedgerAccount.client_id, LedgerAccount.id)
        .order_by(used.desc(), LedgerAccount.code)
    )
    return [
        AccountChoice(
            account.id,
            account.code,
            account.name,
            account.description,
            account.kind,
            account.role,
            account.is_control,
            int(times),
        )
        for account, times in session.execute(question)
    ]


def tax_codes_on(session: ScopedSession, day: date) -> Sequence[TaxCode]:
    """The tax codes in force on a tax date, as people choose from them."""
    return session.scalars(
        select(TaxCode)
        .where(
            TaxCode.client_id == session.client_id,
            TaxCode.valid_from <= day,
            or_(TaxCode.valid_until.is_(None), TaxCode.valid_until >= day),
        )
        .order_by(TaxCode.code)
    ).all()


def next_free_code(session: ScopedSession, parent_code: str) -> str:
    """The first number above a heading's that no account has: 1200 → 1201."""
    taken = set(
        session.scalars(
            select(LedgerAccount.code).where(LedgerAccount.client_id == session.client_id)
        )
    )
    code = int(parent_code) + 1
    while str(code) in taken:
        code += 1
    return str(code)
