"""Bank accounts: found by their number or code, and opened under the next free code."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, text

from backoffice.foundation import audit
from backoffice.foundation.client_keys import key_of
from backoffice.foundation.clock import business_now
from backoffice.foundation.encryption import blind_index, seal
from backoffice.foundation.ids import new_id
from backoffice.foundation.language import _
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import ScopedSession
from backoffice.ledger import LedgerAccount
from backoffice.ledger.actions import open_bank_account
from backoffice.service_lines.banking import refusals
from backoffice.service_lines.banking.models import BankAccount
from backoffice.service_lines.banking.rules.words import account_number, last_four

NUMBER_PURPOSE = "bank_account.number"

ONE_AT_A_TIME = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('bank accounts of ' || :client, 0))"
)


def number_index(session: ScopedSession, runtime: Runtime, number: str) -> bytes:
    """What finds an account by its number without showing it."""
    key = key_of(session, runtime.keyring)
    return blind_index(key, account_number(number), NUMBER_PURPOSE)


def find_by_number(
    session: ScopedSession, runtime: Runtime, number: str, currency: str | None
) -> BankAccount | None:
    """The account of that number; of several in different currencies the one in `currency`."""
    mine = select(BankAccount).where(
        BankAccount.client_id == session.client_id,
        BankAccount.number_index == number_index(session, runtime, number),
    )
    found = session.scalars(mine.order_by(BankAccount.opened_at)).all()
    if currency is None:
        return found[0] if found else None
    return next((account for account in found if account.currency == currency), None)


def find_by_code(session: ScopedSession, code: str) -> BankAccount | None:
    """The bank account that is kept under that code of the chart."""
    question = (
        select(BankAccount)
        .join(
            LedgerAccount,
            (LedgerAccount.client_id == BankAccount.client_id)
            & (LedgerAccount.id == BankAccount.ledger_account_id),
        )
        .where(BankAccount.client_id == session.client_id, LedgerAccount.code == code)
    )
    return session.scalars(question).one_or_none()


def bank_account(session: ScopedSession, account_id: UUID) -> BankAccount:
    """One bank account of the client in scope."""
    found = session.get(BankAccount, (session.client_id, account_id))
    if found is None:
        raise refusals.no_such_account()
    return found


def open_account(
    session: ScopedSession, runtime: Runtime, *, number: str, currency: str, name: str | None = None
) -> BankAccount:
    """The account of that number, opened under the next free code where it is not known yet."""
    session.execute(ONE_AT_A_TIME, {"client": str(session.client_id)})
    known = find_by_number(session, runtime, number, currency)
    if known is not None:
        return known
    plain = account_number(number)
    shown = last_four(plain)
    title = name or _("Bank account")
    ledger_account = open_bank_account(session, name=f"{title} ··{shown}")
    account_id = new_id()
    account = BankAccount(
        id=account_id,
        name=title,
        currency=currency,
        number_sealed=seal(
            key_of(session, runtime.keyring),
            plain,
            client_id=session.client_id,
            table=BankAccount.__tablename__,
            column="number_sealed",
            row_id=account_id,
        ),
        number_index=number_index(session, runtime, number),
        last_four=shown,
        ledger_account_id=ledger_account.id,
        opened_at=business_now(session),
    )
    session.add(account)
    session.flush()
    audit.record(session, "bank_account.opened", subject=account)
    return account
