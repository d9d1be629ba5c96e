"""Statement files of made-up accounts, and what the tests do with them again and again."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from backoffice.service_lines.banking.inline import Imported, import_inline
from backoffice.service_lines.banking.models import BankAccount, BankLine
from tests.service_lines.banking.statements.written import Account, Movement, as_camt, as_mt940
from tests.support.cast import Cast

NUMBER = "GB29NWBK60161331926819"
SAVINGS = "GB94BARC10201530093459"
COUNT = itertools.count(1)


def bought(
    day: int, cents: int, name: str = "Larkfield Timber", text: str = "Oak", reference: str = ""
) -> Movement:
    """A movement on a day of November 2026; a new reference of the bank unless one is given."""
    known = reference or f"BR{next(COUNT):08d}"
    return Movement(cents, date(2026, 11, day), name, text, known)


def statement(
    *movements: Movement, opening: int = 1_820_411, number: str = NUMBER, currency: str = "GBP"
) -> Account:
    return Account(number, currency, opening, tuple(movements))


def written(folder: Path, *accounts: Account, kind: str = "camt") -> Path:
    """The accounts as a file of their own."""
    text = as_camt(list(accounts)) if kind == "camt" else as_mt940(list(accounts))
    path = folder / f"statement-{next(COUNT)}.{'xml' if kind == 'camt' else 'sta'}"
    path.write_bytes(text.encode())
    return path


def imported(
    cast: Cast,
    path: Path,
    *,
    client: str = "acorn",
    release: bool = True,
    account: str | None = None,
    by: str = "priya",
) -> Imported:
    return import_inline(
        cast.database["worker"],  # as the command does
        cast[client],
        path,
        account=account,
        release=release,
        by=cast.actor(by),
    )


def lines_of(cast: Cast, client: str = "acorn") -> Sequence[BankLine]:
    """Every stored line of the client, in the order of the statement."""
    with cast.acting_for(client) as session:
        found = session.scalars(
            select(BankLine)
            .where(BankLine.client_id == cast[client])
            .order_by(BankLine.booked_on, BankLine.position, BankLine.id)
        ).all()
        session.expunge_all()
        return found


def account_id(cast: Cast, client: str = "acorn", code: str | None = None) -> UUID:
    with cast.acting_for(client) as session:
        found = session.scalars(
            select(BankAccount)
            .where(BankAccount.client_id == cast[client])
            .order_by(BankAccount.opened_at)
        ).all()
        return next(one.id for one in found if code in (None, one.last_four))
