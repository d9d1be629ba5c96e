"""One page of an MT940: its account, its opening and closing balance, its entries."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import NamedTuple, NoReturn

from .figures import swift_amount, swift_day
from .mt940_fields import Field
from .records import Entry, Statement
from .refusals import refuse_amount, refuse_date
from .wording import tidy_or_none

_BALANCE = re.compile(r"([CD])([0-9]{6})([A-Z]{3}) ?([0-9]+[.,]?[0-9]*|[.,][0-9]+)\s*")
_BALANCE_START = re.compile(r"[CD][0-9]{6}[A-Z]{3}")
_GLUED_CURRENCY = re.compile(r"[0-9]([A-Z]{3})\Z")
_NO_DAY = "000000"  # what banks write for a balance before the first booking


class Balance(NamedTuple):
    """An opening or closing balance, credit positive."""

    amount: Decimal
    currency: str
    on: date | None


class Page:
    """A page while it is being read."""

    def __init__(self, account: str | None = None) -> None:
        self._account = account
        self._identifier: str | None = None
        self._currency: str | None = None
        self._opening: Balance | None = None
        self._closing: Balance | None = None
        self._entries: list[Entry] = []
        self.has_begun = False

    def ends_before(self, tag: str) -> bool:
        """Whether this field begins another page; a fragment may leave out `:20:` and `:25:`."""
        if tag == "20":
            return self.has_begun
        if tag in ("25", "25P"):
            return self._account is not None
        return tag in ("60F", "60M") and self._closing is not None

    def following(self, tag: str) -> Page:
        """The next page: of the same account where it begins with its balance."""
        return Page(self._account if tag in ("60F", "60M") else None)

    def take(self, field: Field) -> None:
        """Account, reference or balance; what the books do not need is passed over."""
        self.has_begun = True
        first_line = field.value.partition("\n")[0].strip()
        match field.tag:
            case "20":
                self._identifier = first_line
            case "25" | "25P":
                self._account = first_line
            case "60F" | "60M":
                self._opening = self._opening or _balance_of(field, first_line)
            case "62F" | "62M":
                self._closing = _balance_of(field, first_line)
            case "34F":
                self._currency = self._currency or first_line[:3]

    def add(self, entry: Entry) -> None:
        """An entry, in file order."""
        self.has_begun = True
        self._entries.append(entry)

    def statement(self) -> Statement:
        """The page as it was read."""
        opening, closing = self._opening, self._closing
        glued = _GLUED_CURRENCY.search(self._account or "")
        named = [balance.currency for balance in (opening, closing) if balance is not None]
        return Statement(
            account=tidy_or_none(self._account),
            currency=next(iter(named), None) or self._currency or (glued[1] if glued else None),
            opening=opening.amount if opening else None,
            closing=closing.amount if closing else None,
            opening_on=opening.on if opening else None,
            closing_on=closing.on if closing else None,
            identifier=tidy_or_none(self._identifier),
            bank=None,
            entries=tuple(self._entries),
        )


def _balance_of(field: Field, written: str) -> Balance:
    """`C260101EUR1000,00`: credit or debit, day, currency, amount."""
    found = _BALANCE.fullmatch(written)
    if found is None:
        _refuse_balance(field, written, "")
    amount = swift_amount(found[4])
    if amount is None:
        _refuse_balance(field, written, found[4])
    on = None if found[2] == _NO_DAY else swift_day(found[2])
    if on is None and found[2] != _NO_DAY:
        column = len(field.tag) + 3 + found.start(2)
        refuse_date(found[2], line=field.line, column=column, field=f":{field.tag}:")
    return Balance(-amount if found[1] == "D" and amount else amount, found[3], on)


def _refuse_balance(field: Field, written: str, amount: str) -> NoReturn:
    start = _BALANCE_START.match(written)
    offset = start.end() if start else 0
    column = len(field.tag) + 3 + offset
    text = amount or written[offset:]
    refuse_amount(text, line=field.line, column=column, field=f":{field.tag}:")
