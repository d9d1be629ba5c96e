"""One `Stmt`, `Rpt` or `Ntfctn` of a camt file: whose account, and from where to where."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from .camt_tree import account_number, child, child_text, children, day_of, signed_amount
from .records import Entry, Statement
from .wording import tidy_or_none

if TYPE_CHECKING:
    from lxml import etree

_OPENING = ("OPBD", "PRCD")  # what the books opened with, else what they closed with before
_CLOSING = ("CLBD",)


class Balance(NamedTuple):
    """One balance of a statement, its code telling which."""

    code: str | None
    amount: Decimal
    currency: str | None
    on: date | None


def balance_of(element: etree._Element, data: bytes) -> Balance:
    """A `Bal`: its code is in `Tp/CdOrPrtry/Cd`, in version 1 in `Tp/Cd`."""
    parts = children(element)
    kind = parts.get("Tp")
    code = child_text(kind, "CdOrPrtry", "Cd") or child_text(kind, "Cd")
    if code is None:  # banks that write the code where their own codes belong
        code = child_text(kind, "CdOrPrtry", "Prtry") or child_text(kind, "Prtry")
    amount, currency = signed_amount(parts, data, of=element, unsigned_is_credit=True)
    return Balance(code, amount, currency, day_of(parts.get("Dt"), data))


def statement_of(
    account: etree._Element | None,
    identifier: str | None,
    balances: list[Balance],
    entries: tuple[Entry, ...],
) -> Statement:
    """The statement; a balance of each day makes the first day's opening and the last's closing."""
    opening = _earliest(balances)
    closing = _latest(balances)
    return Statement(
        account=tidy_or_none(account_number(account)),
        currency=child_text(account, "Ccy") or _currency(opening, closing, balances, entries),
        opening=opening.amount if opening else None,
        closing=closing.amount if closing else None,
        opening_on=opening.on if opening else None,
        closing_on=closing.on if closing else None,
        identifier=tidy_or_none(identifier),
        bank=_bank(account),
        entries=entries,
    )


def _earliest(balances: list[Balance]) -> Balance | None:
    for code in _OPENING:
        found = [balance for balance in balances if balance.code == code]
        if found:
            return min(found, key=lambda balance: balance.on or date.min)
    return None


def _latest(balances: list[Balance]) -> Balance | None:
    found = [balance for balance in balances if balance.code in _CLOSING]
    found.reverse()  # of two on one day the later counts, and max() takes the first it meets
    return max(found, key=lambda balance: balance.on or date.max, default=None)


def _currency(
    opening: Balance | None,
    closing: Balance | None,
    balances: list[Balance],
    entries: tuple[Entry, ...],
) -> str | None:
    """That of the balances, else that of the entries."""
    for record in (opening, closing, *balances, *entries[:1]):
        if record is not None and record.currency:
            return record.currency
    return None


def _bank(account: etree._Element | None) -> str | None:
    """The BIC of the bank that keeps the account."""
    institution = child(account, "Svcr", "FinInstnId")
    return child_text(institution, "BICFI") or child_text(institution, "BIC")
