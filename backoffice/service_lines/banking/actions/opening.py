"""What was in the bank before the first statement: an entry of its own, kept right.

Without it the books could never agree to a statement. It is posted when the first line of the
account is coded, and posted anew when an earlier statement turns up.
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
)
from backoffice.ledger.actions import reverse
from backoffice.service_lines.banking.actions.writing import open_missing_periods
from backoffice.service_lines.banking.models import BankAccount, BankImport, BankStatement

SOURCE = "bank_account"


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
        reason = _("An earlier statement came.")
        reverse(session, [account.opening_entry_id], reason=reason, by=by)
    account.opening_entry_id = _post(session, account, first, by=by) if first else None
    account.opening_statement_id = first.id if first else None
    audit.record(session, "bank_account.opening_posted", subject=account, by=by)
    session.flush()


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
    # Of several that begin on one day it is the one that nothing comes before: the first received.
    in_order = released.order_by(
        BankStatement.from_on, BankStatement.import_id, BankStatement.position
    )
    return session.scalars(in_order.limit(1)).one_or_none()


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
