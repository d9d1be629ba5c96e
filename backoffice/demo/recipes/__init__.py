"""What happens in a month at each client's bank, and how a bookkeeper who knows codes it.

`treatment` says what is done otherwise than by choosing the row's account and tax code:
`split ACCOUNT TAX AMOUNT ACCOUNT TAX AMOUNT` · `transfer` to the client's other account ·
`mistaken ACCOUNT TAX`, coded so first, undone and coded right · `learned ACCOUNT TAX`, not known
before the client has said it.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from backoffice.foundation.money import Money


@dataclass(frozen=True)
class Target:
    """Where (a part of) an amount belongs, as codes of the chart."""

    account: str
    tax: str


@dataclass(frozen=True)
class Part:
    """A part of a line that is split."""

    target: Target
    amount: Money


@dataclass(frozen=True)
class Happening:
    """A bank line; `target` is None where nobody knows yet, or where it is not a single one."""

    on: date
    counterparty: str
    reference: str
    amount: Money
    target: Target | None
    mistaken: Target | None = None  # where it was coded to first
    learned: Target | None = None  # where it belongs, once the client has said so
    parts: tuple[Part, ...] = ()
    is_transfer: bool = False


def happenings(
    recipe: str, *, currency: str, year: int, month: int, before: date = date.max
) -> list[Happening]:
    """The month's lines on days before `before`, in order."""
    with (Path(__file__).parent / f"{recipe}.csv").open(encoding="utf-8") as file:
        rows = [
            happening(row, on=date(year, month, int(row["day"])), currency=currency)
            for row in csv.DictReader(file, restval="")
        ]
    return [row for row in rows if row.on < before]


def happening(row: dict[str, str], *, on: date, currency: str) -> Happening:
    treatment, *words = row["treatment"].split() or [""]
    return Happening(
        on=on,
        counterparty=row["counterparty"],
        reference=row["reference"],
        amount=Money.of(Decimal(row["amount"]), currency),
        target=Target(row["account"], row["tax"]) if row["account"] else None,
        mistaken=Target(*words) if treatment == "mistaken" else None,
        learned=Target(*words) if treatment == "learned" else None,
        parts=parts(words, currency) if treatment == "split" else (),
        is_transfer=treatment == "transfer",
    )


def parts(words: list[str], currency: str) -> tuple[Part, ...]:
    """From `5030 P20 -504.00 5000 P20 -180.00`."""
    return tuple(
        Part(Target(account, tax), Money.of(Decimal(amount), currency))
        for account, tax, amount in zip(words[::3], words[1::3], words[2::3], strict=True)
    )
