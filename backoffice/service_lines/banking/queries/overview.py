"""How far the bank work is: of all clients that somebody may read, and of one client's accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select

from backoffice.foundation.tenancy import ScopedSession
from backoffice.ledger import LedgerAccount
from backoffice.service_lines.banking.models import (
    BankAccount,
    BankImport,
    BankLine,
    BankStatement,
)

UNFINISHED_IMPORTS = ("reading", "shown", "held")


@dataclass(frozen=True, slots=True)
class ClientOpen:
    """What is to be done of one client's bank lines."""

    client_id: UUID
    open_lines: int
    sure: int
    oldest_on: date | None
    to_release: int
    held: int
    reading: int


@dataclass(frozen=True, slots=True)
class AccountState:
    """A bank account: from when to when statements cover it, how far it is coded and agreed."""

    id: UUID
    name: str
    last_four: str
    currency: str
    code: str
    ledger_account_id: UUID
    covered_from: date | None
    covered_to: date | None
    agreed_to: date | None
    open_lines: int
    coded_lines: int


def open_across(session: ScopedSession) -> dict[UUID, ClientOpen]:
    """Per client in scope; a client without anything to do is left out."""
    lines = {row.client_id: row for row in session.execute(_open_lines(session))}
    imports = {row.client_id: row for row in session.execute(_open_imports(session))}
    found = {}
    for client_id in lines.keys() | imports.keys():
        line, waiting = lines.get(client_id), imports.get(client_id)
        found[client_id] = ClientOpen(
            client_id=client_id,
            open_lines=line.open_lines if line else 0,
            sure=line.sure if line else 0,
            oldest_on=line.oldest_on if line else None,
            to_release=waiting.to_release if waiting else 0,
            held=waiting.held if waiting else 0,
            reading=waiting.reading if waiting else 0,
        )
    return found


def open_lines_across(session: ScopedSession) -> int:
    """How many released lines of the clients in scope are open."""
    mine = select(func.count()).where(
        BankLine.client_id.in_(session.scope.read or ()), BankLine.state == "open", _released()
    )
    return session.scalar(mine) or 0


def account_states(session: ScopedSession) -> Sequence[AccountState]:
    """The client's bank accounts in the order of their codes."""
    question = (
        select(BankAccount, LedgerAccount.code)
        .join(
            LedgerAccount,
            and_(
                LedgerAccount.client_id == BankAccount.client_id,
                LedgerAccount.id == BankAccount.ledger_account_id,
            ),
        )
        .where(BankAccount.client_id == session.client_id)
        .order_by(LedgerAccount.code)
    )
    covered, counted = _covered(session), _counted(session)
    return [
        AccountState(
            account.id,
            account.name,
            account.last_four,
            account.currency,
            code,
            account.ledger_account_id,
            *covered.get(account.id, (None, None, None)),
            *counted.get(account.id, (0, 0)),
        )
        for account, code in session.execute(question)
    ]


def _open_lines(session: ScopedSession) -> Select[UUID, int, int, date]:
    return (
        select(
            BankLine.client_id,
            func.count().label("open_lines"),
            func.count().filter(BankLine.confidence == "sure").label("sure"),
            func.min(BankLine.booked_on).label("oldest_on"),
        )
        .where(
            BankLine.client_id.in_(session.scope.read or ()), BankLine.state == "open", _released()
        )
        .group_by(BankLine.client_id)
    )


def _open_imports(session: ScopedSession) -> Select[UUID, int, int, int]:
    state = BankImport.state
    return (
        select(
            BankImport.client_id,
            func.count().filter(state == "shown").label("to_release"),
            func.count().filter(state == "held").label("held"),
            func.count().filter(state == "reading").label("reading"),
        )
        .where(BankImport.client_id.in_(session.scope.read or ()), state.in_(UNFINISHED_IMPORTS))
        .group_by(BankImport.client_id)
    )


def _covered(session: ScopedSession) -> dict[UUID, tuple[date | None, date | None, date | None]]:
    question = (
        select(
            BankStatement.bank_account_id,
            func.min(BankStatement.from_on),
            func.max(BankStatement.to_on),
            func.max(BankStatement.to_on).filter(BankStatement.agreed_at.is_not(None)),
        )
        .join(
            BankImport,
            and_(
                BankImport.client_id == BankStatement.client_id,
                BankImport.id == BankStatement.import_id,
            ),
        )
        .where(BankStatement.client_id == session.client_id, BankImport.state == "released")
        .group_by(BankStatement.bank_account_id)
    )
    return {account: (first, last, agreed) for account, first, last, agreed in
            session.execute(question)}  # fmt: skip


def _counted(session: ScopedSession) -> dict[UUID, tuple[int, int]]:
    question = (
        select(
            BankLine.bank_account_id,
            func.count().filter(BankLine.state == "open"),
            func.count().filter(BankLine.state == "coded"),
        )
        .where(BankLine.client_id == session.client_id, _released())
        .group_by(BankLine.bank_account_id)
    )
    return {account: (left, coded) for account, left, coded in session.execute(question)}


def _released() -> ColumnElement[bool]:
    return (
        select(BankImport.id)
        .where(
            BankImport.client_id == BankLine.client_id,
            BankImport.id == BankLine.import_id,
            BankImport.state == "released",
        )
        .exists()
    )
