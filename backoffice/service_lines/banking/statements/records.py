"""What a statement file says, whatever its format: one file, its statements, their entries.

Amounts are as the file gives them (credit positive, never rounded), texts as the bank wrote them
with white space made single. An entry that the bank has not booked yet is `pending`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal, Inexact
from typing import NamedTuple

# Wide enough that no sum of 18-digit amounts is ever rounded; if one were, it raises.
EXACT = Context(prec=80, traps=[Inexact])


class Entry(NamedTuple):
    """One line of the account: money that came in (positive) or went out (negative).

    A tuple, because a file may hold a hundred thousand and a tuple costs a third of an object.
    """

    amount: Decimal
    booked: date | None
    valued: date | None
    currency: str | None  # where the file names one for the entry; else it is the account's
    pending: bool
    reversal: bool
    counterparty: str | None
    counterparty_account: str | None
    reference: str | None  # what payer and payee agreed on: end-to-end id, invoice number
    bank_reference: str | None  # what the bank calls this entry
    kind: str | None  # the format's own code of the kind of transaction
    text: str
    line: int  # where in the file it begins, from 1


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of one account; each page of an MT940 is its own."""

    account: str | None
    currency: str | None
    opening: Decimal | None
    closing: Decimal | None
    opening_on: date | None
    closing_on: date | None
    identifier: str | None  # what the bank calls this statement
    bank: str | None  # its bank's code, where the file names it apart from the account
    entries: tuple[Entry, ...]

    @property
    def sum(self) -> Decimal:
        """All entries together, pending ones too, with as many decimals as the finest has."""
        total = Decimal(0)
        for entry in self.entries:
            total = EXACT.add(total, entry.amount)
        return total

    @property
    def balances(self) -> bool | None:
        """Whether opening and entries make the closing; None where either balance is missing."""
        if self.opening is None or self.closing is None:
            return None
        return EXACT.add(self.opening, self.sum) == self.closing


@dataclass(frozen=True, slots=True)
class StatementFile:
    """A file as it was read. `version` is the format's own, None where the file names none."""

    name: str
    format: str
    version: str | None
    statements: tuple[Statement, ...]
    securities_left_out: int = 0  # custody accounts in a file that has bank accounts too
