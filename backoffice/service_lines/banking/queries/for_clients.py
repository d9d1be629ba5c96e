"""What a client's people may know of their bank lines: how far the coding is, what a file became.

Asked by the portal, whose role reads neither our notes nor our suggestions.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from backoffice.foundation.calendar import period_bounds
from backoffice.foundation.language import _
from backoffice.foundation.tenancy import ScopedSession
from backoffice.service_lines.banking.models import BankAccount, BankImport, BankLine, BankStatement

LINES_SHOWN_MAX = 20
Month = tuple[UUID, str]  # a bank account and YYYY-MM


@dataclass(frozen=True, slots=True)
class Progress:
    """The lines of one account in one month: from which day to which, how many are coded."""

    account: str
    first: date
    last: date
    coded: int
    lines: int


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What was found in a file that was read as a bank statement."""

    state: str
    lines: int
    new: int
    known: int
    account: str | None
    first: date | None
    last: date | None
    coded: int  # of the new lines, how many are in the books


@dataclass(frozen=True, slots=True)
class BankBalance:
    """What an account holds, as the bank said on a day."""

    account: str
    currency: str
    minor: int
    on: date


@dataclass(frozen=True, slots=True)
class LineOfDocument:
    """A bank line that a document was put on."""

    booked_on: date
    amount_minor: int
    currency: str
    words: str


def progress_of(session: ScopedSession, months: Collection[Month]) -> dict[Month, Progress]:
    """How far the coding of these months is; a month without lines is left out."""
    if not months:
        return {}
    month = func.to_char(BankLine.booked_on, "YYYY-MM")
    counted = (
        select(
            BankLine.bank_account_id,
            month,
            func.min(BankLine.booked_on),
            func.max(BankLine.booked_on),
            func.count().filter(BankLine.state == "coded"),
            func.count(),
        )
        .where(
            BankLine.client_id == session.client_id,
            BankLine.state.in_(("open", "coded")),
            or_(*(_within(account, period) for account, period in months)),
        )
        .group_by(BankLine.bank_account_id, month)
    )
    names = account_names(session)
    return {
        (account, period): Progress(names.get(account, ""), *figures)
        for account, period, *figures in session.execute(counted)
    }


def account_names(session: ScopedSession) -> dict[UUID, str]:
    """Bank accounts as they may be shown: `Current account ··4821`."""
    mine = select(BankAccount.id, BankAccount.name, BankAccount.last_four).where(
        BankAccount.client_id == session.client_id
    )
    return {row.id: f"{row.name} ··{row.last_four}" for row in session.execute(mine)}


def lines_not_coded(session: ScopedSession) -> dict[str, int]:
    """Month → how many of its lines are not in the books yet."""
    month = func.to_char(BankLine.booked_on, "YYYY-MM")
    waiting = select(month, func.count()).where(
        BankLine.client_id == session.client_id, BankLine.state == "open"
    )
    return dict(session.execute(waiting.group_by(month)).all())


def in_the_bank(session: ScopedSession) -> list[BankBalance]:
    """What each account held at the end of its newest statement, by the bank's own figure."""
    newest = (
        select(
            BankStatement.bank_account_id,
            BankStatement.currency,
            BankStatement.closing_minor,
            BankStatement.to_on,
        )
        .join(
            BankImport,
            and_(
                BankImport.client_id == BankStatement.client_id,
                BankImport.id == BankStatement.import_id,
            ),
        )
        .where(
            BankStatement.client_id == session.client_id,
            BankImport.state.in_(("shown", "released")),
            BankStatement.closing_minor.is_not(None),
            BankStatement.to_on.is_not(None),
        )
        .order_by(
            BankStatement.bank_account_id, BankStatement.to_on.desc(), BankStatement.position.desc()
        )
        .ext(distinct_on(BankStatement.bank_account_id))
    )
    names = account_names(session)
    return [
        BankBalance(names.get(account, ""), currency, closing, on)
        for account, currency, closing, on in session.execute(newest)
        if closing is not None and on is not None
    ]


def files_read(session: ScopedSession, document_ids: Collection[UUID]) -> dict[UUID, ReadFile]:
    """What the newest reading of each document says; one that was never read is left out."""
    newest = (
        select(BankImport)
        .where(BankImport.client_id == session.client_id, BankImport.document_id.in_(document_ids))
        .order_by(BankImport.document_id, BankImport.started_at.desc())
        .ext(distinct_on(BankImport.document_id))
    )
    imports = session.scalars(newest).all()
    spans = _spans(session, [one.id for one in imports])
    return {
        one.document_id: ReadFile(
            one.state, one.lines, one.new, one.known, *spans.get(one.id, (None, None, None, 0))
        )
        for one in imports
    }


def imports_of(session: ScopedSession, document_id: UUID) -> list[tuple[str, UUID]]:
    """The readings of a document as subjects of the audit (kind, id), the newest first."""
    mine = select(BankImport.id).where(
        BankImport.client_id == session.client_id, BankImport.document_id == document_id
    )
    newest_first = mine.order_by(BankImport.started_at.desc())
    return [(BankImport.__tablename__, found) for found in session.scalars(newest_first)]


def import_words() -> dict[str, str]:
    """What is done with a reading, as people say it."""
    return {
        "statement.import_started": _("We began to read it as a bank statement"),
        "statement.shown": _("Read; its lines are stored"),
        "statement.released": _("Its lines went on to be coded"),
        "statement.undone": _("Taken back: its lines were removed again"),
    }


def lines_of_documents(
    session: ScopedSession, document_ids: Collection[UUID]
) -> dict[UUID, list[LineOfDocument]]:
    """The bank lines that each document was put on, in their order."""
    found = (
        select(
            BankLine.document_id,
            BankLine.booked_on,
            BankLine.amount_minor,
            BankLine.currency,
            func.coalesce(BankLine.counterparty, BankLine.text),
        )
        .where(BankLine.client_id == session.client_id, BankLine.document_id.in_(document_ids))
        .order_by(BankLine.booked_on, BankLine.id)
        .limit(LINES_SHOWN_MAX * max(1, len(document_ids)))
    )
    lines: dict[UUID, list[LineOfDocument]] = {}
    for document_id, day, amount, currency, words in session.execute(found):
        if document_id is not None:
            line = LineOfDocument(day, amount, currency, words)
            lines.setdefault(document_id, []).append(line)
    return lines


def _within(account: UUID, period: str) -> ColumnElement[bool]:
    first, last = period_bounds(period)
    return and_(BankLine.bank_account_id == account, BankLine.booked_on.between(first, last))


def _spans(
    session: ScopedSession, import_ids: Collection[UUID]
) -> dict[UUID, tuple[str | None, date, date, int]]:
    """Of each import with new lines: the one account, the first and last day, how many coded."""
    spanned = (
        select(
            BankLine.import_id,
            func.min(cast(BankLine.bank_account_id, Text)),
            func.count(func.distinct(BankLine.bank_account_id)),
            func.min(BankLine.booked_on),
            func.max(BankLine.booked_on),
            func.count().filter(BankLine.state == "coded"),
        )
        .where(BankLine.client_id == session.client_id, BankLine.import_id.in_(import_ids))
        .group_by(BankLine.import_id)
    )
    names = account_names(session)
    return {
        import_id: (names.get(UUID(account)) if accounts == 1 else None, first, last, coded)
        for import_id, account, accounts, first, last, coded in session.execute(spanned)
    }
