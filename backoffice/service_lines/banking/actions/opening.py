"""What was in the bank before the first statement: an entry of its own, kept right.

Without it the books could never agree to a statement. It is posted when the first line of the
account is coded, and posted anew when an earlier statement turns up or is taken back.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from backoffice.foundation import audit
from backoffice.foundation.language import _
from backoffice.foundation.tenancy import Actor, ScopedSession
from backoffice.ledger import (
    Draft,
    DraftLine,
    JournalEntry,
    account_for_role,
    books_of,
    post,
    reverse,
)
from backoffice.service_lines.banking.actions.writing import open_missing_periods
from backoffice.service_lines.banking.models import BankAccount, BankImport, BankStatement
from backoffice.service_lines.banking.rules.statements import end_of_chain

SOURCE = "bank_account"


OF_ONE_DAY_MAX = 50  # pages of one morning, each a statement of its own


def ensure_opening(session: ScopedSession, account_id: UUID, *, by: Actor) -> None:
    """See that the books of an account begin with what its first statement begins with."""
    first = _first_statement(session, account_id)
    account = session.get_one(BankAccount, (session.client_id, account_id))
    if (first.id if first else None) == account.opening_statement_id:
        return
    account = session.get_one(
        BankAccount, (session.client_id, account_id), with_for_update=True, populate_existing=True
    )
    if account.opening_entry_id is not None:
        reason = _("Another statement is the first now.")
        # On its own day, or the bank would hold it twice until that day comes.
        reverse(session, [account.opening_entry_id], reason=reason, on_its_day=True, by=by)
    account.opening_entry_id = _post(session, account, first, by=by) if first else None
    account.opening_statement_id = first.id if first else None
    audit.record(session, "bank_account.opening_posted", subject=account, by=by)
    session.flush()


def correct_openings(session: ScopedSession, import_id: UUID, *, by: Actor) -> None:
    """An import was taken back: books that begin with one of its statements begin with another."""
    begun = (
        select(BankAccount.id)
        .join(
            BankStatement,
            (BankStatement.client_id == BankAccount.client_id)
            & (BankStatement.id == BankAccount.opening_statement_id),
        )
        .where(BankAccount.client_id == session.client_id, BankStatement.import_id == import_id)
    )
    for account_id in session.scalars(begun.order_by(BankAccount.id)).all():
        ensure_opening(session, account_id, by=by)


def opening_of(statement: BankStatement) -> int | None:
    """What the statement begins with; where it does not say, what it must have begun with."""
    if statement.opening_minor is not None:
        return statement.opening_minor
    if statement.closing_minor is not None:
        return statement.closing_minor - statement.sum_minor
    return None


def _first_statement(session: ScopedSession, account_id: UUID) -> BankStatement | None:
    released = (
        select(BankStatement)
        .join(
            BankImport,
            (BankImport.client_id == BankStatement.client_id)
            & (BankImport.id == BankStatement.import_id),
        )
        .where(
            BankStatement.client_id == session.client_id,
            BankStatement.bank_account_id == account_id,
            BankStatement.from_on.is_not(None),
            BankImport.state == "released",
            func.coalesce(BankStatement.opening_minor, BankStatement.closing_minor).is_not(None),
        )
    )
    in_order = released.order_by(
        BankStatement.from_on, BankStatement.import_id, BankStatement.position
    )
    found = session.scalars(in_order.limit(OF_ONE_DAY_MAX)).all()
    of_first_day = [one for one in found if one.from_on == found[0].from_on]
    ends = [(opening_of(one), one.closing_minor) for one in of_first_day]
    return of_first_day[end_of_chain(ends)] if of_first_day else None


def _post(
    session: ScopedSession, account: BankAccount, statement: BankStatement, *, by: Actor
) -> UUID | None:
    amount = opening_of(statement) or 0
    on = statement.from_on
    if amount == 0 or on is None or account.currency != books_of(session).currency:
        return None
    open_missing_periods(session, {on})
    draft = Draft(
        source_kind=SOURCE,
        source_id=account.id,
        purpose=f"opening {_how_often(session, account.id) + 1}",
        on=on,
        narration=_("Opening balance of ··%(last_four)s", last_four=account.last_four),
        lines=[
            _line(account.ledger_account_id, amount, account.currency),
            _line(account_for_role(session, "opening_balances").id, -amount, account.currency),
        ],
    )
    return post(session, [draft], by=by)[0].id


def _line(account_id: UUID, amount: int, currency: str) -> DraftLine:
    return DraftLine(account_id=account_id, amount_minor=amount, currency=currency)


def _how_often(session: ScopedSession, account_id: UUID) -> int:
    posted = select(func.count()).where(
        JournalEntry.client_id == session.client_id,
        JournalEntry.source_kind == SOURCE,
        JournalEntry.source_id == account_id,
    )
    return session.scalar(posted) or 0
