"""The books in forty lines, with none of the machinery: what the ledger is compared with."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date


@dataclass
class Oracle:
    """Entries as (day, {code: signed amount}), and the months that are closed."""

    year_starts: list[date]
    profit_and_loss: set[str]
    retained: str
    entries: list[tuple[date, dict[str, int]]] = field(default_factory=list)
    reversed: set[int] = field(default_factory=set)
    closed: set[date] = field(default_factory=set)

    def takes(self, day: date, lines: list[tuple[str, int]]) -> bool:
        return (
            bool(lines) and not sum(n for _, n in lines) and day.replace(day=1) not in self.closed
        )

    def post(self, day: date, lines: list[tuple[str, int]]) -> None:
        sums: dict[str, int] = defaultdict(int)
        for code, amount in lines:
            sums[code] += amount
        self.entries.append((day, dict(sums)))

    def first_open_day(self, day: date, last: date) -> date | None:
        while day <= last and day.replace(day=1) in self.closed:
            day = (day.replace(day=28) + (date(2000, 1, 5) - date(2000, 1, 1))).replace(day=1)
        return day if day <= last else None

    def trial_balance(self, as_of: date) -> dict[str, int]:
        year_start = max(start for start in self.year_starts if start <= as_of)
        balance: dict[str, int] = defaultdict(int)
        for day, lines in self.entries:
            for code, amount in lines.items() if day <= as_of else ():
                earlier = code in self.profit_and_loss and day < year_start
                balance[self.retained if earlier else code] += amount
        return dict(balance)
