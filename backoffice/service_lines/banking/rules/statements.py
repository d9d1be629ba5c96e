"""A statement as read, brought into minor units and days, and held back where it cannot be right.

Nothing is rounded and nothing is guessed: an amount finer than its currency, a line in another
currency, figures that do not add up, or days missing since the statement before are each a
reason that a person can act on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from backoffice.foundation import formatting
from backoffice.foundation.currencies import currency_exponent
from backoffice.foundation.errors import BadInput
from backoffice.foundation.language import _
from backoffice.foundation.money import MINOR_MAX
from backoffice.service_lines.banking.statements.records import Entry, Statement

MISSING = "statement_missing"  # held back until the statement before it comes


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Why a statement cannot be used as it is: a code for programs, a sentence for people."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Figures:
    """What a statement says, in minor units and days; None where the file does not say."""

    currency: str
    opening_minor: int | None
    closing_minor: int | None
    from_on: date | None
    to_on: date | None
    sum_minor: int
    amounts: tuple[int, ...]  # of the booked entries, in their order
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another statement of the same account: what it covers and how it begins and ends."""

    opening_minor: int | None
    closing_minor: int | None
    from_on: date
    to_on: date


class CannotBeUsed(Exception):
    """Raised within this module with the reason to hold a statement back."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.held = HeldBack(code, reason)


def booked_entries(statement: Statement) -> list[Entry]:
    """The entries that the bank has booked; pending ones come again when they are."""
    return [entry for entry in statement.entries if not entry.pending]


def figures_of(statement: Statement, entries: Sequence[Entry], currency: str) -> Figures:
    """The statement in minor units; raises `CannotBeUsed`."""
    exponent = _exponent(currency)
    amounts = tuple(_minor_of_entry(entry, currency, exponent) for entry in entries)
    days = tuple(_day_of(entry, statement) for entry in entries)
    ends = [day for day in (statement.closing_on, *days) if day is not None]
    return Figures(
        currency=currency,
        opening_minor=_minor(statement.opening, currency, exponent),
        closing_minor=_minor(statement.closing, currency, exponent),
        from_on=min(days) if days else statement.opening_on or statement.closing_on,
        to_on=max(ends) if ends else statement.opening_on,
        sum_minor=sum(amounts),
        amounts=amounts,
        days=days,
    )


def what_does_not_add_up(figures: Figures) -> HeldBack | None:
    """Opening plus lines is not closing, where the file gives both."""
    if figures.opening_minor is None or figures.closing_minor is None:
        return None
    made = figures.opening_minor + figures.sum_minor
    difference = figures.closing_minor - made
    if difference == 0:
        return None
    return HeldBack(
        "does_not_add_up",
        _(
            "The figures do not add up. Opening %(opening)s plus the lines gives %(made)s, the "
            "file says %(closing)s. A line of %(difference)s is probably missing: ask the bank "
            "for the whole statement.",
            opening=formatting.amount(figures.opening_minor, figures.currency),
            made=formatting.amount(made, figures.currency),
            closing=formatting.amount(figures.closing_minor, figures.currency),
            difference=formatting.amount(difference, figures.currency),
        ),
    )


def what_is_missing_before(figures: Figures, others: Iterable[Neighbour]) -> HeldBack | None:
    """Days are missing between the statement before and this one, going by their balances."""
    if figures.opening_minor is None or figures.from_on is None:
        return None
    first = figures.from_on
    known = [other for other in others if other.closing_minor is not None]
    if any(o.closing_minor == figures.opening_minor and o.to_on <= first for o in known):
        return None
    if any(other.from_on <= first <= other.to_on for other in known):
        return None  # they overlap, so nothing lies between them
    before = max((o for o in known if o.to_on < first), key=lambda o: o.to_on, default=None)
    if before is None or before.closing_minor is None:
        return None
    return HeldBack(
        MISSING,
        _(
            "The statement before ended on %(ended)s with %(closing)s, and this one begins on "
            "%(begins)s with %(opening)s. A statement between them is probably missing: send "
            "that one first.",
            ended=formatting.full_day(before.to_on),
            closing=formatting.amount(before.closing_minor, figures.currency),
            begins=formatting.full_day(first),
            opening=formatting.amount(figures.opening_minor, figures.currency),
        ),
    )


def goes_on_after(
    figures: Figures, others: Sequence[Neighbour], *, day: date, day_net: int
) -> bool:
    """Whether this statement begins (or ends) within a day where the others end (or begin).

    Then its lines of that day are others than theirs, even where they are alike. The others must
    form one chain of balances, and the day must have moved the balance; else this may be the
    same lines again, and they are taken as such.
    """
    chain = _chain([other for other in others if other.from_on <= day <= other.to_on])
    if not chain or day_net == 0:
        return False
    after = figures.from_on == day == chain[-1].to_on
    before = figures.to_on == day == chain[0].from_on
    if after and figures.opening_minor is not None:
        return chain[-1].closing_minor == figures.opening_minor
    return (
        before
        and figures.closing_minor is not None
        and (chain[0].opening_minor == figures.closing_minor)
    )


def end_of_chain(ends: Sequence[tuple[int | None, int | None]]) -> int:
    """Which of several statements of one day nothing comes before; its place in the list.

    Each is given as (how it begins, how it ends), or the other way round to ask what nothing
    comes after. Where the balances do not tell, it is the first in the list.
    """
    for place, (near, _far) in enumerate(ends):
        if all(near != far for other, (_near, far) in enumerate(ends) if other != place):
            return place
    return 0


def _chain(others: list[Neighbour]) -> list[Neighbour]:
    """The statements so that each begins with what the one before ended with; [] if they do not."""
    rest = sorted(others, key=lambda other: (other.from_on, other.to_on))
    if any(one.opening_minor is None or one.closing_minor is None for one in rest):
        return []
    starts = {one.opening_minor: one for one in rest}
    ends = {one.closing_minor for one in rest}
    first = [one for one in rest if one.opening_minor not in ends]
    if len(starts) != len(rest) or len(first) != 1:
        return []
    chain = first
    while (following := starts.get(chain[-1].closing_minor)) is not None:
        chain.append(following)
    return chain if len(chain) == len(rest) else []


def _exponent(currency: str) -> int:
    try:
        return currency_exponent(currency)
    except BadInput as refused:
        raise CannotBeUsed("currency_unknown", refused.message) from refused


def _minor_of_entry(entry: Entry, currency: str, exponent: int) -> int:
    if entry.currency is not None and entry.currency != currency:
        raise CannotBeUsed(
            "other_currency",
            _(
                "Line %(line)s of the file is in %(other)s, and the account is in %(currency)s. "
                "Ask the bank for a statement in the account's own currency.",
                line=entry.line,
                other=entry.currency,
                currency=currency,
            ),
        )
    minor = entry.amount.scaleb(exponent)
    if minor != minor.to_integral_value():
        raise _too_fine(entry.amount, currency, entry.line)
    return _within_reach(int(minor))


def _minor(amount: Decimal | None, currency: str, exponent: int) -> int | None:
    if amount is None:
        return None
    minor = amount.scaleb(exponent)
    if minor != minor.to_integral_value():
        raise _too_fine(amount, currency, None)
    return _within_reach(int(minor))


def _within_reach(minor: int) -> int:
    if abs(minor) > MINOR_MAX:
        raise CannotBeUsed("amount_too_large", _("An amount is too large to be kept."))
    return minor


def _too_fine(amount: Decimal, currency: str, line: int | None) -> CannotBeUsed:
    values = {"amount": f"{amount:f}", "currency": currency, "line": line}
    if line is None:
        reason = _(
            "The balance %(amount)s is finer than %(currency)s has decimals. Nothing is rounded: "
            "ask the bank for the statement in full minor units.",
            **values,
        )
    else:
        reason = _(
            "The amount %(amount)s on line %(line)s is finer than %(currency)s has decimals. "
            "Nothing is rounded: ask the bank for the statement in full minor units.",
            **values,
        )
    return CannotBeUsed("amount_too_fine", reason)


def _day_of(entry: Entry, statement: Statement) -> date:
    day = entry.booked or entry.valued or statement.closing_on
    if day is None:
        raise CannotBeUsed(
            "no_date",
            _(
                "Line %(line)s of the file has no date, so it belongs to no month. Ask the bank "
                "for the statement again.",
                line=entry.line,
            ),
        )
    return day
