"""What is handed to the posting call and what comes back: plain values, checked and hashed here."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from backoffice.foundation.errors import BadInput, TooLarge
from backoffice.foundation.formatting import amount
from backoffice.foundation.language import _
from backoffice.foundation.money import MINOR_MAX
from backoffice.ledger.refusals import Unbalanced

JOURNAL = "journal"  # the series of all entries that have no numbers of their own
LINES_PER_ENTRY_MAX = 10_000  # the longest pay run of one client, with room


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxDetail:
    """The tax of a line: `part` "base" for the taxed amount, "tax" for the tax itself.

    `base_minor` is the taxed amount in the currency of the books, on both.
    """

    code_id: UUID
    part: str
    rate: Decimal
    base_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """A line: debit positive, credit negative, in minor units.

    `base_minor` is the same in the currency of the books and may be left out where that is the
    line's currency. An amount of zero with a base amount is a difference of exchange.
    """

    account_id: UUID
    amount_minor: int
    currency: str
    base_minor: int | None = None
    narration: str = ""
    tax: TaxDetail | None = None
    party_id: UUID | None = None

    @property
    def base(self) -> int:
        """The amount in the currency of the books."""
        return self.amount_minor if self.base_minor is None else self.base_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An entry to be posted on a date, for a source that is posted once per purpose."""

    source_kind: str
    source_id: UUID
    on: date
    lines: Sequence[DraftLine]
    narration: str = ""
    purpose: str = ""
    tax_date: date | None = None  # the accounting date where left out, as is the next
    document_date: date | None = None
    series: str = JOURNAL
    reverses_id: UUID | None = None
    reason: str | None = None

    @property
    def source(self) -> tuple[str, UUID, str]:
        """What it is posted for, once."""
        return self.source_kind, self.source_id, self.purpose


@dataclass(frozen=True, slots=True)
class PostedEntry:
    """A posted entry; `again` where the source had been posted before with the same content."""

    id: UUID
    series: str
    fiscal_year: int
    number: int
    again: bool = False

    @property
    def label(self) -> str:
        """As people cite it: 2026-00042, or with its series in front."""
        return entry_label(self.series, self.fiscal_year, self.number)


@dataclass(frozen=True, slots=True)
class Ready:
    """A draft on its way in, with its id and its hash."""

    draft: Draft
    id: UUID
    content: bytes


def entry_label(series: str, fiscal_year: int, number: int) -> str:
    """The number of an entry as people cite it."""
    front = "" if series == JOURNAL else f"{series.upper()}-"
    return f"{front}{fiscal_year}-{number:05d}"


def check(draft: Draft, currency: str) -> None:
    """Refuse a draft that could not be posted in books of that currency, saying why."""
    if not draft.lines:
        raise BadInput(_("An entry needs lines."), code="entry_without_lines")
    if len(draft.lines) > LINES_PER_ENTRY_MAX:
        raise TooLarge(
            _("An entry has at most %(count)s lines. Cut it in two.", count=LINES_PER_ENTRY_MAX)
        )
    sums: dict[str, int] = defaultdict(int)
    base = 0
    for line in draft.lines:
        _check_line(line, currency)
        sums[line.currency] += line.amount_minor
        base += line.base
    for each, difference in (*sums.items(), (currency, base)):
        if difference:
            raise _unbalanced(difference, each)


def _check_line(line: DraftLine, currency: str) -> None:
    if max(abs(line.amount_minor), abs(line.base)) > MINOR_MAX:
        raise BadInput(_("The amount is too large to be kept."), code="amount_too_large")
    if line.currency == currency:
        agrees = line.base == line.amount_minor or line.amount_minor == 0
    else:
        agrees = line.base_minor is not None
    if not agrees:
        raise BadInput(
            _(
                "A line in %(line)s needs its amount in %(books)s, the currency of the books.",
                line=line.currency,
                books=currency,
            ),
            code="base_amount_missing",
        )


def _unbalanced(difference: int, currency: str) -> Unbalanced:
    side = _("debits") if difference > 0 else _("credits")
    return Unbalanced(
        _(
            "The entry does not balance: %(side)s are %(amount)s %(currency)s too high.",
            side=side,
            amount=amount(abs(difference), currency),
            currency=currency,
        )
    )


def content_hash(draft: Draft) -> bytes:
    """What an entry says, as a hash: two posts of one source are the same when these are."""
    tax_date = draft.tax_date or draft.on
    head = (
        draft.series, draft.source_kind, draft.source_id, draft.purpose, draft.on, tax_date,
        draft.document_date or draft.on, draft.narration, draft.reverses_id, draft.reason,
    )  # fmt: skip
    return hash_of_content(head, (_line_content(line, tax_date) for line in draft.lines))


def _line_content(line: DraftLine, tax_date: date) -> tuple[Any, ...]:
    start = (
        line.account_id, line.amount_minor, line.currency, line.base, line.narration, line.party_id,
    )  # fmt: skip
    tax = line.tax
    if tax is None:
        return (*start, None, None, None, None, None)
    return (*start, tax.code_id, tax.part, rate_text(tax.rate), tax.base_minor, tax_date)


def rate_text(rate: Decimal | None) -> str | None:
    """A rate in its one spelling, however many zeros the database keeps."""
    return None if rate is None else f"{rate.normalize():f}"


def hash_of_content(head: tuple[Any, ...], lines: Iterable[tuple[Any, ...]]) -> bytes:
    """The hash of an entry's columns and of its lines, in the order of `content_hash`."""
    text = json.dumps([head, list(lines)], default=str, ensure_ascii=True)
    return hashlib.sha256(text.encode()).digest()


def chain_hash(
    previous: bytes,
    content: bytes,
    *,
    entry_id: UUID,
    sequence: int,
    fiscal_year: int,
    number: int,
    recorded_at: datetime,
    business_at: datetime,
    actor: tuple[str, UUID | None],
) -> bytes:
    """The link of an entry: all that content does not say, bound to the entry before it."""
    rest = (
        entry_id, sequence, fiscal_year, number, recorded_at.isoformat(timespec="microseconds"),
        business_at.isoformat(timespec="microseconds"), *actor,
    )  # fmt: skip
    text = json.dumps(rest, default=str)
    return hashlib.sha256(previous + content + text.encode()).digest()
