"""Opening a client's books: their frame, accounts, tax codes, and the periods of three years."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from backoffice.foundation import audit
from backoffice.foundation.clock import business_now
from backoffice.foundation.currencies import ACTIVE_CURRENCIES
from backoffice.foundation.errors import BadInput, Conflict
from backoffice.foundation.ids import new_id
from backoffice.foundation.language import _
from backoffice.foundation.tenancy import ScopedSession
from backoffice.ledger.accounts import books_of
from backoffice.ledger.charts import Chart, ChartAccount, chart_for, chart_named
from backoffice.ledger.drafts import JOURNAL
from backoffice.ledger.models import (
    NO_HASH,
    Books,
    LedgerAccount,
    LedgerHead,
    NumberSeries,
    Period,
    TaxCode,
)
from backoffice.ledger.rules import (
    fiscal_year,
    fiscal_year_first,
    fiscal_year_last,
    months,
    next_month,
    read_fiscal_year_start,
)

YEARS_OPENED_MAX = 30  # older years than that are kept, not posted to


def open_books(
    session: ScopedSession,
    *,
    country: str,
    currency: str,
    fiscal_year_start: str,
    today: date,
    chart: str | None = None,
) -> Books:
    """Open the books of the client in scope: last fiscal year, this one and the next.

    `chart` is the name of a template, the country's where left out; `fiscal_year_start` is the
    first day of a month as MM-DD. Raises `Conflict` where they are open already.
    """
    first_month = read_fiscal_year_start(fiscal_year_start)
    template = chart_named(chart or chart_for(country))
    if currency not in ACTIVE_CURRENCIES:
        sentence = _(
            "Books are kept in a currency that is in use; “%(code)s” is not.", code=currency
        )
        raise BadInput(sentence, code="currency_unknown", field="currency")
    if session.scalar(select(Books.id).where(Books.client_id == session.client_id)):
        raise Conflict(_("The books of this client are open already."), code="books_open")
    books = Books(
        country=country,
        currency=currency,
        fiscal_year_start=fiscal_year_start,
        chart=template.name,
        opened_at=business_now(session),
    )
    session.add_all([books, LedgerHead(sequence=0, hash=NO_HASH)])
    _open_chart(session, template)
    year = fiscal_year(today, first_month)
    since, until = (
        fiscal_year_first(year - 1, first_month),
        fiscal_year_last(year + 1, first_month),
    )
    _open_months(session, months(since, until), first_month)
    session.flush()
    audit.record(session, "ledger.books_opened", subject=books, chart=template.name)
    return books


def open_periods(session: ScopedSession, *, through: date) -> int:
    """Open the periods so that the books reach that day, with no gap; answers how many are new.

    Whole fiscal years are opened, later or earlier than those that are there.
    """
    first_month = read_fiscal_year_start(books_of(session).fiscal_year_start)
    first, last = session.execute(
        select(func.min(Period.month), func.max(Period.month)).where(
            Period.client_id == session.client_id
        )
    ).one()
    year = fiscal_year(through, first_month)
    if abs(year - fiscal_year(last, first_month)) > YEARS_OPENED_MAX:
        raise BadInput(
            _("That is more than %(count)s years away from the books.", count=YEARS_OPENED_MAX),
            code="period_too_far",
        )
    before = months(fiscal_year_first(year, first_month), first)
    after = months(next_month(last), fiscal_year_last(year, first_month))
    opened = _open_months(session, [*(m for m in before if m < first), *after], first_month)
    if opened:
        session.flush()
        audit.record(session, "ledger.periods_opened", periods=opened, through=through)
    return opened


def _open_months(session: ScopedSession, opened: Iterable[date], first_month: int) -> int:
    """Add the periods, and the journal's number series of each new fiscal year."""
    periods = [
        Period(month=month, fiscal_year=fiscal_year(month, first_month), state="open")
        for month in opened
    ]
    years = {period.fiscal_year for period in periods}
    session.add_all(periods)
    session.add_all(
        NumberSeries(series=JOURNAL, fiscal_year=year, next_number=1) for year in sorted(years)
    )
    return len(periods)


def _open_chart(session: ScopedSession, template: Chart) -> None:
    ids = {account.code: new_id() for account in template.accounts}
    accounts = [_account(account, ids) for account in template.accounts]
    # Parents first: the database has them checked row by row.
    session.add_all(account for account in accounts if account.parent_id is None)
    session.flush()
    session.add_all(account for account in accounts if account.parent_id is not None)
    session.flush()
    session.add_all(
        TaxCode(
            code=code.code,
            name=code.name,
            rate=code.rate,
            direction=code.direction,
            output_account_id=ids[code.output] if code.output else None,
            input_account_id=ids[code.input] if code.input else None,
            box=code.box,
            valid_from=code.valid_from,
            valid_until=code.valid_until,
        )
        for code in template.tax_codes
    )


def _account(account: ChartAccount, ids: dict[str, UUID]) -> LedgerAccount:
    return LedgerAccount(
        id=ids[account.code],
        code=account.code,
        name=account.name,
        description=account.description,
        kind=account.kind,
        role=account.role,
        parent_id=ids[account.parent] if account.parent else None,
        is_parent=account.is_parent,
        is_control=account.is_control,
    )
