"""One line in full: what the bank said, its parts, its history, what came before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from backoffice.firm.documents.models import Document
from backoffice.firm.staff.models import Staff
from backoffice.foundation.client_keys import key_of
from backoffice.foundation.encryption import unseal
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import ScopedSession
from backoffice.ledger import AccountChoice, LedgerAccount, TaxCode, account_choices
from backoffice.service_lines.banking import refusals
from backoffice.service_lines.banking.actions.transfers import DAYS_APART_MAX
from backoffice.service_lines.banking.actions.writing import NOT_FOR_CODING
from backoffice.service_lines.banking.models import (
    BankAccount,
    BankImport,
    BankLine,
    Coding,
    CodingPart,
)
from backoffice.service_lines.banking.queries.grid import GridRow, Named, grid_row
from backoffice.service_lines.banking.rules.words import last_four

HISTORY_MAX = 10
CANDIDATES_MAX = 10


@dataclass(frozen=True, slots=True)
class PartRow:
    """One part of a coding."""

    account: Named
    tax_code_id: UUID | None
    tax_code: str | None
    gross_minor: int
    net_minor: int
    tax_minor: int
    note: str


@dataclass(frozen=True, slots=True)
class Before:
    """How another line of the same counterparty was coded."""

    line_id: UUID
    booked_on: date
    amount_minor: int
    currency: str
    kind: str
    account: Named | None
    parts: int


@dataclass(frozen=True, slots=True)
class Event:
    """A coding of this line, undone or standing."""

    version: int
    kind: str
    account: Named | None
    by_name: str | None
    at: datetime
    undone_at: datetime | None
    undone_because: str | None
    entry_id: UUID
    reversal_entry_id: UUID | None


@dataclass(frozen=True, slots=True)
class LineDetail:
    """Everything about a line. Of the account at the other end only the last four are shown."""

    row: GridRow
    bank_account_id: UUID
    valued_on: date | None
    kind: str | None
    file_line: int
    import_id: UUID
    counterparty_key: str
    counterparty_last_four: str | None
    document: Document | None
    parts: Sequence[PartRow]
    before: Sequence[Before]
    before_count: int
    events: Sequence[Event]


@dataclass(frozen=True, slots=True)
class TransferCandidate:
    """A line that may be the other leg of a transfer."""

    line_id: UUID
    version: int
    bank_account_id: UUID
    bank_account_name: str
    last_four: str
    booked_on: date
    amount_minor: int
    currency: str
    counterparty: str | None
    text: str
    state: str


def line_detail(session: ScopedSession, runtime: Runtime, line_id: UUID) -> LineDetail:
    """One line of the client in scope."""
    row = grid_row(session, line_id)
    if row is None:
        raise refusals.no_such_line()
    line = session.get_one(BankLine, (session.client_id, line_id))
    before, count = _before(session, line)
    return LineDetail(
        row=row,
        bank_account_id=line.bank_account_id,
        valued_on=line.valued_on,
        kind=line.kind,
        file_line=line.file_line,
        import_id=line.import_id,
        counterparty_key=line.counterparty_key,
        counterparty_last_four=_other_end(session, runtime, line),
        document=_document(session, line),
        parts=parts_of(session, row.coded.id) if row.coded else [],
        before=before,
        before_count=count,
        events=_events(session, line_id),
    )


def parts_of(session: ScopedSession, coding_id: UUID) -> Sequence[PartRow]:
    """The parts of a coding, in their order."""
    question = (
        select(CodingPart, LedgerAccount, TaxCode.code)
        .join(
            LedgerAccount,
            and_(
                LedgerAccount.client_id == CodingPart.client_id,
                LedgerAccount.id == CodingPart.account_id,
            ),
        )
        .outerjoin(
            TaxCode,
            and_(TaxCode.client_id == CodingPart.client_id, TaxCode.id == CodingPart.tax_code_id),
        )
        .where(CodingPart.client_id == session.client_id, CodingPart.coding_id == coding_id)
        .order_by(CodingPart.position)
    )
    return [
        PartRow(
            _named(account),
            part.tax_code_id,
            code,
            part.gross_minor,
            part.net_minor,
            part.tax_minor,
            part.note,
        )
        for part, account, code in session.execute(question)
    ]


def codable_accounts(session: ScopedSession) -> list[AccountChoice]:
    """What a line may be coded to, the most used first; the rest is kept by its own ledger."""
    return [one for one in account_choices(session) if one.role not in NOT_FOR_CODING]


def transfer_candidates(session: ScopedSession, line_id: UUID) -> Sequence[TransferCandidate]:
    """Lines of the client's other accounts that may be the other leg, the nearest day first."""
    line = session.get(BankLine, (session.client_id, line_id))
    if line is None:
        raise refusals.no_such_line()
    partner = aliased(Coding)
    waits = (
        select(Coding.id)
        .outerjoin(
            partner,
            and_(
                partner.client_id == Coding.client_id,
                partner.transfer_id == Coding.transfer_id,
                partner.id != Coding.id,
                partner.undone_at.is_(None),
            ),
        )
        .where(
            Coding.client_id == BankLine.client_id,
            Coding.bank_line_id == BankLine.id,
            Coding.undone_at.is_(None),
            Coding.transfer_account_id == line.bank_account_id,
            partner.id.is_(None),
        )
        .exists()
    )
    question = (
        select(BankLine, BankAccount.name, BankAccount.last_four)
        .join(
            BankAccount,
            and_(
                BankAccount.client_id == BankLine.client_id,
                BankAccount.id == BankLine.bank_account_id,
            ),
        )
        .join(
            BankImport,
            and_(BankImport.client_id == BankLine.client_id, BankImport.id == BankLine.import_id),
        )
        .where(
            BankLine.client_id == session.client_id,
            BankLine.bank_account_id != line.bank_account_id,
            BankLine.amount_minor == -line.amount_minor,
            BankLine.currency == line.currency,
            BankLine.booked_on.between(
                line.booked_on - timedelta(days=DAYS_APART_MAX),
                line.booked_on + timedelta(days=DAYS_APART_MAX),
            ),
            BankImport.state == "released",
            or_(BankLine.state == "open", waits),
        )
        .order_by(func.abs(BankLine.booked_on - line.booked_on), BankLine.id)
        .limit(CANDIDATES_MAX)
    )
    return [
        TransferCandidate(
            line_id=other.id,
            version=other.version,
            bank_account_id=other.bank_account_id,
            bank_account_name=name,
            last_four=shown,
            booked_on=other.booked_on,
            amount_minor=other.amount_minor,
            currency=other.currency,
            counterparty=other.counterparty,
            text=other.text,
            state=other.state,
        )
        for other, name, shown in session.execute(question)
    ]


def _named(account: LedgerAccount) -> Named:
    return Named(account.id, account.code, account.name)


def _other_end(session: ScopedSession, runtime: Runtime, line: BankLine) -> str | None:
    if line.counterparty_account_sealed is None:
        return None
    number = unseal(
        key_of(session, runtime.keyring),
        line.counterparty_account_sealed,
        client_id=session.client_id,
        table=BankLine.__tablename__,
        column="counterparty_account_sealed",
        row_id=line.id,
    )
    return last_four(number)


def _document(session: ScopedSession, line: BankLine) -> Document | None:
    if line.document_id is None:
        return None
    return session.get(Document, (session.client_id, line.document_id))


def _before(session: ScopedSession, line: BankLine) -> tuple[Sequence[Before], int]:
    if not line.counterparty_key:
        return [], 0
    same = and_(
        Coding.client_id == session.client_id,
        Coding.counterparty_key == line.counterparty_key,
        Coding.undone_at.is_(None),
        Coding.bank_line_id != line.id,
    )
    question = (
        select(Coding, BankLine, LedgerAccount)
        .join(
            BankLine,
            and_(BankLine.client_id == Coding.client_id, BankLine.id == Coding.bank_line_id),
        )
        .outerjoin(
            LedgerAccount,
            and_(
                LedgerAccount.client_id == Coding.client_id, LedgerAccount.id == Coding.account_id
            ),
        )
        .where(same)
        .order_by(Coding.coded_at.desc(), Coding.id.desc())
        .limit(HISTORY_MAX)
    )
    rows = [
        Before(
            line_id=other.id,
            booked_on=other.booked_on,
            amount_minor=other.amount_minor,
            currency=other.currency,
            kind=coding.kind,
            account=_named(account) if account and coding.kind == "code" else None,
            parts=coding.parts,
        )
        for coding, other, account in session.execute(question)
    ]
    return rows, session.scalar(select(func.count()).where(same)) or 0


def _events(session: ScopedSession, line_id: UUID) -> Sequence[Event]:
    question = (
        select(Coding, LedgerAccount, Staff.name)
        .outerjoin(
            LedgerAccount,
            and_(
                LedgerAccount.client_id == Coding.client_id, LedgerAccount.id == Coding.account_id
            ),
        )
        .outerjoin(Staff, Staff.id == Coding.coded_by_id)
        .where(Coding.client_id == session.client_id, Coding.bank_line_id == line_id)
        .order_by(Coding.version)
    )
    return [
        Event(
            version=coding.version,
            kind=coding.kind,
            account=_named(account) if account and coding.kind == "code" else None,
            by_name=name,
            at=coding.coded_at,
            undone_at=coding.undone_at,
            undone_because=coding.undone_because,
            entry_id=coding.entry_id,
            reversal_entry_id=coding.reversal_entry_id,
        )
        for coding, account, name in session.execute(question)
    ]
