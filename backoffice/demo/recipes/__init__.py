"""What happens in a month at each client's bank, and how a bookkeeper who knows codes it."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from backoffice.foundation.money import Money


@dataclass(frozen=True)
class Happening:
    """A bank line; `account` and `tax` are codes of the chart, None where nobody knows yet."""

    on: date
    counterparty: str
    reference: str
    amount: Money
    account: str | None
    tax: str | None


def happenings(slug: str, *, currency: str, year: int, month: int, before: date) -> list[Happening]:
    """The month's lines on days before `before`, in order."""
    with (Path(__file__).parent / f"{slug}.csv").open(encoding="utf-8") as file:
        rows = [
            Happening(
                on=date(year, month, int(row["day"])),
                counterparty=row["counterparty"],
                reference=row["reference"],
                amount=Money.of(Decimal(row["amount"]), currency),
                account=row["account"] or None,
                tax=row["tax"] or None,
            )
            for row in csv.DictReader(file)
        ]
    return [row for row in rows if row.on < before]
