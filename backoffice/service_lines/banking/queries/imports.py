"""Imports as pages show them: how far, what they brought, why they were held back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, func, select, tuple_
from sqlalchemy.orm import aliased

from backoffice.firm.documents.models import Document
from backoffice.foundation.tenancy import ScopedSession
from backoffice.service_lines.banking.actions.importing import import_of
from backoffice.service_lines.banking.actions.releasing import ever_coded
from backoffice.service_lines.banking.models import (
    BankAccount,
    BankImport,
    BankLine,
    BankStatement,
)

PAGE_MAX = 200
LINES_SHOWN_MAX = 200


@dataclass(frozen=True, slots=True)
class ImportRow:
    """An import in a list."""

    bank_import: BankImport
    document_name: str
    accounts: Sequence[str]  # "Current account ··4417"
    from_on: date | None
    to_on: date | None


@dataclass(frozen=True, slots=True)
class Conflicting:
    """A line that contradicts an earlier one with the same reference of the bank."""

    line: BankLine
    earlier: BankLine


@dataclass(frozen=True, slots=True)
class ImportDetail:
    """One import in full. `stored` grows while it is read; `coded` lines keep it from undoing."""

    row: ImportRow
    statements: Sequence[tuple[BankStatement, BankAccount]]
    stored: int
    coded: int
    conflicts: Sequence[Conflicting]
    lines: Sequence[BankLine]  # the first of them


def imports(
    session: ScopedSession, *, after: UUID | None = None, limit: int = 50
) -> Sequence[ImportRow]:
    """The client's imports, newest first; `after` is the id of the last one shown."""
    question = (
        select(BankImport, Document.name)
        .join(
            Document,
            and_(Document.client_id == BankImport.client_id, Document.id == BankImport.document_id),
        )
        .where(BankImport.client_id == session.client_id)
        .order_by(BankImport.started_at.desc(), BankImport.id.desc())
        .limit(min(limit, PAGE_MAX))
    )
    if after is not None:
        last = import_of(session, after)
        question = question.where(
            tuple_(BankImport.started_at, BankImport.id) < (last.started_at, last.id)
        )
    found = session.execute(question).all()
    covered = _covered(session, [bank_import.id for bank_import, _name in found])
    return [
        ImportRow(bank_import, name, *covered.get(bank_import.id, ((), None, None)))
        for bank_import, name in found
    ]


def import_detail(session: ScopedSession, import_id: UUID) -> ImportDetail:
    """One import of the client in scope."""
    bank_import = import_of(session, import_id)
    document = session.get_one(Document, (session.client_id, bank_import.document_id))
    covered = _covered(session, [import_id]).get(import_id, ((), None, None))
    return ImportDetail(
        row=ImportRow(bank_import, document.name, *covered),
        statements=_statements(session, import_id),
        stored=lines_stored(session, import_id),
        coded=ever_coded(session, import_id),
        conflicts=_conflicts(session, import_id),
        lines=_first_lines(session, import_id),
    )


def lines_stored(session: ScopedSession, import_id: UUID) -> int:
    """How many of its lines are safely stored: what the progress bar shows."""
    mine = select(func.count()).where(
        BankLine.client_id == session.client_id, BankLine.import_id == import_id
    )
    return session.scalar(mine) or 0


Covered = tuple[tuple[str, ...], date | None, date | None]


def _covered(session: ScopedSession, imports_shown: Sequence[UUID]) -> dict[UUID, Covered]:
    label = func.concat(BankAccount.name, " ··", BankAccount.last_four)
    question = (
        select(
            BankStatement.import_id,
            func.array_agg(label.distinct()),
            func.min(BankStatement.from_on),
            func.max(BankStatement.to_on),
        )
        .join(
            BankAccount,
            and_(
                BankAccount.client_id == BankStatement.client_id,
                BankAccount.id == BankStatement.bank_account_id,
            ),
        )
        .where(
            BankStatement.client_id == session.client_id,
            BankStatement.import_id.in_(imports_shown),
        )
        .group_by(BankStatement.import_id)
    )
    return {
        import_id: (tuple(accounts), since, until)
        for import_id, accounts, since, until in session.execute(question)
    }


def _statements(
    session: ScopedSession, import_id: UUID
) -> Sequence[tuple[BankStatement, BankAccount]]:
    question = (
        select(BankStatement, BankAccount)
        .join(
            BankAccount,
            and_(
                BankAccount.client_id == BankStatement.client_id,
                BankAccount.id == BankStatement.bank_account_id,
            ),
        )
        .where(BankStatement.client_id == session.client_id, BankStatement.import_id == import_id)
        .order_by(BankStatement.position)
    )
    return [(statement, account) for statement, account in session.execute(question)]


def _conflicts(session: ScopedSession, import_id: UUID) -> Sequence[Conflicting]:
    earlier = aliased(BankLine)
    question = (
        select(BankLine, earlier)
        .join(
            earlier,
            and_(earlier.client_id == BankLine.client_id, earlier.id == BankLine.conflicts_with_id),
        )
        .where(
            BankLine.client_id == session.client_id,
            BankLine.import_id == import_id,
            BankLine.state == "conflict",
        )
        .order_by(BankLine.position)
        .limit(LINES_SHOWN_MAX)
    )
    return [Conflicting(line, other) for line, other in session.execute(question)]


def _first_lines(session: ScopedSession, import_id: UUID) -> Sequence[BankLine]:
    mine = select(BankLine).where(
        BankLine.client_id == session.client_id, BankLine.import_id == import_id
    )
    return session.scalars(mine.order_by(BankLine.position).limit(LINES_SHOWN_MAX)).all()
