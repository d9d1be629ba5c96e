"""The lines behind the figures: an account's lines with a running balance, and one whole entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, tuple_

from backoffice.foundation.errors import NotFound
from backoffice.foundation.language import _
from backoffice.foundation.tenancy import ScopedSession
from backoffice.ledger.accounts import books_of
from backoffice.ledger.drafts import entry_label
from backoffice.ledger.models import JournalEntry, LedgerAccount, Posting
from backoffice.ledger.rules import (
    PROFIT_AND_LOSS,
    debit_and_credit,
    fiscal_year,
    fiscal_year_first,
    read_fiscal_year_start,
)
from backoffice.ledger.totals import BEFORE_THE_YEAR, THE_BEGINNING, totals

LINES_PER_PAGE = 100
LINES_PER_PAGE_MAX = 1000


@dataclass(frozen=True, slots=True)
class After:
    """Where the page before ended: its last line, and the balance after it."""

    on: date
    posting_id: UUID
    balance_minor: int


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A line of an account and the balance of the account after it, in the books' currency."""

    posting_id: UUID
    entry_id: UUID
    label: str
    on: date
    narration: str
    source_kind: str
    source_id: UUID
    net_minor: int
    balance_minor: int

    @property
    def debit_minor(self) -> int:
        """The amount where it is a debit, else zero."""
        return debit_and_credit(self.net_minor)[0]

    @property
    def credit_minor(self) -> int:
        """The amount where it is a credit, else zero."""
        return debit_and_credit(self.net_minor)[1]


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """A page of an account's lines; `after` opens the next one, None at the end.

    `opening_minor` is the balance before the first line of this page.
    """

    account: LedgerAccount
    currency: str
    since: date
    until: date
    opening_minor: int
    lines: Sequence[LedgerLine]
    after: After | None

    @property
    def closing_minor(self) -> int:
        """The balance after the last line of this page."""
        return self.lines[-1].balance_minor if self.lines else self.opening_minor


@dataclass(frozen=True, slots=True)
class EntryView:
    """A posted entry with its lines and their accounts, and what reversed it."""

    entry: JournalEntry
    lines: Sequence[tuple[Posting, LedgerAccount]]
    reversed_by: JournalEntry | None

    @property
    def label(self) -> str:
        """Its number as people cite it."""
        return entry_label(self.entry.series, self.entry.fiscal_year, self.entry.number)


def general_ledger(
    session: ScopedSession,
    account_id: UUID,
    since: date,
    until: date,
    *,
    after: After | None = None,
    known_at: datetime | None = None,
    limit: int = LINES_PER_PAGE,
) -> LedgerPage:
    """An account's lines between two days, both included, oldest first, a page at a time.

    Income and expenses begin at zero with the fiscal year of `since`; a range over several years
    runs on. A page costs the same wherever it lies.
    """
    account = session.get(LedgerAccount, (session.client_id, account_id))
    if account is None:
        raise NotFound(_("There is no such account."))
    books = books_of(session)
    if after is None:
        opening = _opening(session, account, since, books.fiscal_year_start, known_at)
    else:
        opening = after.balance_minor
    question = _lines(session.client_id, account_id, since, until, after, known_at)
    limit = min(limit, LINES_PER_PAGE_MAX)
    rows = session.execute(question.limit(limit + 1)).all()
    lines = _running(rows[:limit], opening)
    last = lines[-1] if len(rows) > limit else None
    following = After(last.on, last.posting_id, last.balance_minor) if last else None
    return LedgerPage(account, books.currency, since, until, opening, lines, following)


def _opening(
    session: ScopedSession,
    account: LedgerAccount,
    since: date,
    fiscal_year_start: str,
    known_at: datetime | None,
) -> int:
    first_month = read_fiscal_year_start(fiscal_year_start)
    year_start = fiscal_year_first(fiscal_year(since, first_month), first_month)
    from_zero = account.kind in PROFIT_AND_LOSS
    if from_zero and year_start == since:
        return 0
    found = totals(
        session,
        session.client_id,
        since=year_start if from_zero else THE_BEGINNING,
        until=since - timedelta(days=1),
        known_at=known_at,
        bucket=BEFORE_THE_YEAR,
        account_id=account.id,
        year_start=year_start,
    )
    return sum(total.net_minor for _bucket, total in found)


def _lines(
    client_id: UUID,
    account_id: UUID,
    since: date,
    until: date,
    after: After | None,
    known_at: datetime | None,
) -> Select[Posting, JournalEntry]:
    question = (
        select(Posting, JournalEntry)
        .join(
            JournalEntry,
            (JournalEntry.client_id == Posting.client_id) & (JournalEntry.id == Posting.entry_id),
        )
        .where(
            Posting.client_id == client_id,
            Posting.account_id == account_id,
            Posting.accounting_date.between(since, until),
        )
        .order_by(Posting.accounting_date, Posting.id)
    )
    if after is not None:
        place = tuple_(Posting.accounting_date, Posting.id)
        question = question.where(place > (after.on, after.posting_id))
    if known_at is not None:
        question = question.where(JournalEntry.business_at <= known_at)
    return question


def _running(rows: Sequence[Any], balance: int) -> list[LedgerLine]:
    lines = []
    for posting, entry in rows:
        balance += posting.base_minor
        lines.append(
            LedgerLine(
                posting.id,
                entry.id,
                entry_label(entry.series, entry.fiscal_year, entry.number),
                posting.accounting_date,
                posting.narration or entry.narration,
                entry.source_kind,
                entry.source_id,
                posting.base_minor,
                balance,
            )
        )
    return lines


def entry_with_lines(session: ScopedSession, entry_id: UUID) -> EntryView:
    """One entry, whole."""
    entry = session.get(JournalEntry, (session.client_id, entry_id))
    if entry is None:
        raise NotFound(_("There is no such entry."))
    lines = session.execute(
        select(Posting, LedgerAccount)
        .join(
            LedgerAccount,
            (LedgerAccount.client_id == Posting.client_id)
            & (LedgerAccount.id == Posting.account_id),
        )
        .where(Posting.client_id == session.client_id, Posting.entry_id == entry_id)
        .order_by(Posting.line)
    ).all()
    reversed_by = session.scalar(
        select(JournalEntry).where(
            JournalEntry.client_id == session.client_id, JournalEntry.reverses_id == entry_id
        )
    )
    return EntryView(entry, [(line, account) for line, account in lines], reversed_by)
