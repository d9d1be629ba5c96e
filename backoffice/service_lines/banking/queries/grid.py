"""The coding grid: a page of lines with everything that is shown of them.

How many queries a page takes does not depend on how many lines there are: two for the rows, one
for the tabs, one for the figures on top (see month.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select, tuple_
from sqlalchemy.orm import aliased

from backoffice.firm.staff.models import Staff
from backoffice.foundation.calendar import period_bounds
from backoffice.foundation.tenancy import ScopedSession
from backoffice.ledger import LedgerAccount, TaxCode, split_tax
from backoffice.service_lines.banking.models import (
    BankAccount,
    BankImport,
    BankLine,
    BankRule,
    Coding,
    CodingPart,
)

ROWS_MAX = 200
TABS = ("open", "sure", "look_twice", "coded", "all")


@dataclass(frozen=True, slots=True)
class Named:
    """An account as the grid shows it."""

    id: UUID
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Taxed:
    """A tax code as the grid shows it, with the tax that it makes of this line."""

    id: UUID
    code: str
    name: str
    rate: Any
    tax_minor: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the suggestion is what it is: kind, and what the words are made of."""

    kind: str  # rule, history, transfer, twin, first_time
    confidence: str
    times: int | None
    of: int | None
    rule_id: UUID | None
    rule_author: str | None
    rule_written_at: datetime | None


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """An own bank account at the other end of a transfer."""

    id: UUID
    name: str
    last_four: str


@dataclass(frozen=True, slots=True)
class CodedAs:
    """How a line is coded now."""

    id: UUID
    kind: str
    account: Named | None
    tax: Taxed | None
    transfer: OwnAccount | None
    parts: int
    tax_minor: int
    by_id: UUID | None
    by_name: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class GridRow:
    """A line of the grid."""

    id: UUID
    bank_account_id: UUID
    version: int
    state: str
    booked_on: date
    amount_minor: int
    currency: str
    counterparty: str | None
    text: str
    reference: str | None
    bank_reference: str | None
    note: str | None
    document_id: UUID | None
    occurrence: int
    suggested: Named | None
    suggested_tax: Taxed | None
    suggested_transfer: OwnAccount | None
    reason: Reason
    coded: CodedAs | None

    @property
    def mark(self) -> str:
        """Its place in the grid, for asking for what comes after it."""
        return f"{self.booked_on.isoformat()}.{self.id}"


@dataclass(frozen=True, slots=True)
class GridPage:
    """Lines in the order of the statement; `after` asks for the next page, None at the end."""

    rows: Sequence[GridRow]
    after: str | None


def grid(
    session: ScopedSession,
    *,
    bank_account_id: UUID,
    tab: str = "open",
    period: str | None = None,
    after: str | None = None,
    limit: int = ROWS_MAX,
) -> GridPage:
    """A page of released lines of an account, of one month where given."""
    limit = max(1, min(limit, ROWS_MAX))
    order = (BankLine.booked_on, BankLine.id)
    wanted = select(BankLine.id).where(_of(session, bank_account_id, period), _in_tab(tab))
    if after is not None:
        day, line = after.split(".", 1)
        wanted = wanted.where(tuple_(*order) > (date.fromisoformat(day), UUID(line)))
    # The page is cut before anything is joined: it takes as long among a hundred thousand lines.
    ids = session.scalars(wanted.order_by(*order).limit(limit + 1)).all()
    mine = _rows().where(BankLine.client_id == session.client_id, BankLine.id.in_(ids))
    found = [_row(row) for row in session.execute(mine.order_by(*order))]
    rows = found[:limit]
    return GridPage(rows, rows[-1].mark if len(found) > limit else None)


def grid_row(session: ScopedSession, line_id: UUID) -> GridRow | None:
    """One line as the grid shows it, after it was changed."""
    mine = _rows().where(BankLine.client_id == session.client_id, BankLine.id == line_id)
    found = session.execute(mine).one_or_none()
    return None if found is None else _row(found)


def tab_counts(
    session: ScopedSession, *, bank_account_id: UUID, period: str | None = None
) -> dict[str, int]:
    """How many lines each tab has."""
    counted = select(*(func.count().filter(_in_tab(tab)).label(tab) for tab in TABS)).where(
        _in_tab("all")
    )
    row = session.execute(counted.where(_of(session, bank_account_id, period))).one()
    return dict(row._mapping)


def _of(session: ScopedSession, bank_account_id: UUID, period: str | None) -> ColumnElement[bool]:
    """Lines of the account that were released; those of one month where it is given."""
    released = and_(
        BankLine.client_id == session.client_id,
        BankLine.bank_account_id == bank_account_id,
        select(BankImport.id)
        .where(
            BankImport.client_id == BankLine.client_id,
            BankImport.id == BankLine.import_id,
            BankImport.state == "released",
        )
        .exists(),
    )
    if period is None:
        return released
    return and_(released, BankLine.booked_on.between(*period_bounds(period)))


def _in_tab(tab: str) -> ColumnElement[bool]:
    is_open = BankLine.state == "open"
    if tab == "sure":
        return and_(is_open, BankLine.confidence == "sure")
    if tab == "look_twice":
        return and_(is_open, BankLine.confidence != "sure")
    if tab == "coded":
        return BankLine.state == "coded"
    return is_open if tab == "open" else BankLine.state.in_(("open", "coded"))


Suggested = aliased(LedgerAccount, name="suggested")
SuggestedTax = aliased(TaxCode, name="suggested_tax")
SuggestedTransfer = aliased(BankAccount, name="suggested_transfer")
CodedAccount = aliased(LedgerAccount, name="coded_account")
CodedTax = aliased(TaxCode, name="coded_tax")
CodedTransfer = aliased(BankAccount, name="coded_transfer")
Author = aliased(Staff, name="author")
Coder = aliased(Staff, name="coder")


def _rows() -> Select[*tuple[Any, ...]]:
    tax_of_parts = (
        select(func.coalesce(func.sum(CodingPart.tax_minor), 0))
        .where(CodingPart.client_id == Coding.client_id, CodingPart.coding_id == Coding.id)
        .scalar_subquery()
        .label("coded_tax_minor")
    )
    living = and_(
        Coding.client_id == BankLine.client_id,
        Coding.bank_line_id == BankLine.id,
        Coding.undone_at.is_(None),
    )
    return (
        select(
            BankLine, Suggested, SuggestedTax, SuggestedTransfer, BankRule, Author.name,
            Coding, CodedAccount, CodedTax, CodedTransfer, Coder.name, tax_of_parts,
        )
        .outerjoin(Suggested, _joins(Suggested, BankLine.suggested_account_id))
        .outerjoin(SuggestedTax, _joins(SuggestedTax, BankLine.suggested_tax_code_id))
        .outerjoin(SuggestedTransfer, _joins(SuggestedTransfer, BankLine.suggested_transfer_id))
        .outerjoin(BankRule, _joins(BankRule, BankLine.reason_rule_id))
        .outerjoin(Author, Author.id == BankRule.author_id)
        .outerjoin(Coding, living)
        .outerjoin(CodedAccount, _joins(CodedAccount, Coding.account_id))
        .outerjoin(CodedTax, _joins(CodedTax, Coding.tax_code_id))
        .outerjoin(CodedTransfer, _joins(CodedTransfer, Coding.transfer_account_id))
        .outerjoin(Coder, Coder.id == Coding.coded_by_id)
        .execution_options(populate_existing=True)
    )  # fmt: skip


def _joins(target: Any, column: Any) -> ColumnElement[bool]:
    return and_(target.client_id == BankLine.client_id, target.id == column)


def _row(found: Any) -> GridRow:
    line, suggested, tax, transfer, rule, author, *coded = found
    return GridRow(
        id=line.id,
        bank_account_id=line.bank_account_id,
        version=line.version,
        state=line.state,
        booked_on=line.booked_on,
        amount_minor=line.amount_minor,
        currency=line.currency,
        counterparty=line.counterparty,
        text=line.text,
        reference=line.reference,
        bank_reference=line.bank_reference,
        note=line.note,
        document_id=line.document_id,
        occurrence=line.occurrence,
        suggested=_named(suggested),
        suggested_tax=_taxed(tax, line.amount_minor),
        suggested_transfer=_own(transfer),
        reason=Reason(
            kind=line.reason_kind,
            confidence=line.confidence,
            times=line.reason_times,
            of=line.reason_of,
            rule_id=line.reason_rule_id,
            rule_author=author,
            rule_written_at=rule.written_at if rule else None,
        ),
        coded=_coded(line, *coded),
    )


def _coded(
    line: BankLine,
    coding: Coding | None,
    account: LedgerAccount | None,
    tax: TaxCode | None,
    transfer: BankAccount | None,
    name: str | None,
    tax_minor: int,
) -> CodedAs | None:
    if coding is None:
        return None
    return CodedAs(
        id=coding.id,
        kind=coding.kind,
        account=_named(account) if coding.kind == "code" else None,
        tax=_taxed(tax, line.amount_minor),
        transfer=_own(transfer),
        parts=coding.parts,
        tax_minor=int(tax_minor),
        by_id=coding.coded_by_id,
        by_name=name,
        at=coding.coded_at,
    )


def _named(account: LedgerAccount | None) -> Named | None:
    return None if account is None else Named(account.id, account.code, account.name)


def _own(account: BankAccount | None) -> OwnAccount | None:
    return None if account is None else OwnAccount(account.id, account.name, account.last_four)


def _taxed(code: TaxCode | None, gross_minor: int) -> Taxed | None:
    if code is None:
        return None
    is_part_of_price = code.direction in ("input", "output")
    tax = split_tax(gross_minor, code.rate)[1] if is_part_of_price else 0
    return Taxed(code.id, code.code, code.name, code.rate, tax)
