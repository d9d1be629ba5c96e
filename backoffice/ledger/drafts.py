"""What is handed to the posting call and what comes back: plain values, checked and hashed here."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from backoffice.foundation.errors import BadInput, TooLarge
from backoffice.foundation.formatting import amount
from backoffice.foundation.language import _
from backoffice.foundation.money import MINOR_MAX
from backoffice.ledger.refusals import Unbalanced

JOURNAL = "journal"  # the series of all entries that have no numbers of their own
NARRATION_LENGTH_MAX = 4000  # the longest remittance text of a bank, with room
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
    _check_text(draft.narration)
    sums: dict[str, int] = defaultdict(int)
    base = 0
    for line in draft.lines:
        _check_line(line, currency)
        sums[line.currency] += line.amount_minor
        base += line.base
    for each, difference in (*sums.items(), (currency, base)):
        if difference:
            raise _unbalanced(difference, each)


def _check_text(narration: str) -> None:
    if len(narration) > NARRATION_LENGTH_MAX:
        raise TooLarge(
            _("A text has at most %(count)s characters here.", count=NARRATION_LENGTH_MAX)
        )
    if "\0" in narration:
        raise BadInput(_("The text holds a character that cannot be kept."), code="text_unusable")


def _check_line(line: DraftLine, currency: str) -> None:
    if line.narration:
        _check_text(line.narration)
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
    head = head_text(
        draft.series,
        draft.source_kind,
        draft.source_id,
        draft.purpose,
        draft.on,
        tax_date,
        draft.document_date or draft.on,
        draft.narration,
        draft.reverses_id,
        draft.reason,
    )
    return hash_of_content(head, [_line_text(line, tax_date) for line in draft.lines])


def _line_text(line: DraftLine, tax_date: date) -> str:
    own = (line.account_id, line.amount_minor, line.currency, line.base, line.narration)
    tax = line.tax
    if tax is None:
        return line_text(*own, line.party_id)
    taxed = tax_text(tax.code_id, tax.part, tax.rate, tax.base_minor, tax_date)
    return line_text(*own, line.party_id, taxed)


def hash_of_content(head: str, lines: Sequence[str]) -> bytes:
    """The hash of the texts of an entry and of its lines, in their order."""
    return hashlib.sha256("\n".join((head, *lines)).encode()).digest()


def head_text(
    series: str,
    source_kind: str,
    source_id: UUID,
    purpose: str,
    accounting_date: date,
    tax_date: date,
    document_date: date,
    narration: str,
    reverses_id: UUID | None,
    reason: str | None,
) -> str:
    """What an entry says, in one spelling. Free text stands behind its length."""
    return (
        f"{series} {source_kind} {source_id.hex} {len(purpose)}:{purpose} {accounting_date}"
        f" {tax_date} {document_date} {len(narration)}:{narration} {reverses_id}"
        f" {'' if reason is None else len(reason)}:{reason or ''}"
    )


def line_text(
    account_id: UUID,
    amount_minor: int,
    currency: str,
    base_minor: int,
    narration: str,
    party_id: UUID | None,
    tax: str = "",
) -> str:
    """What a line says, in one spelling."""
    return (
        f"{account_id.hex} {amount_minor} {currency} {base_minor} {len(narration)}:{narration}"
        f" {party_id} {tax}"
    )


def tax_text(code_id: UUID, part: str, rate: Decimal, base_minor: int, tax_date: date) -> str:
    """What a line says of its tax; the rate as it is, however many zeros the database keeps."""
    return f"{code_id.hex} {part} {rate.normalize():f} {base_minor} {tax_date}"


def chain_hash(previous: bytes, content: bytes, *, entry: PostedEntry, link: str) -> bytes:
    """The link of an entry: all that its content does not say, bound to the entry before it.

    `link` is what `link_text` says of its place, its time and its actor.
    """
    own = f"{entry.id.hex} {entry.fiscal_year} {entry.number} {link}"
    return hashlib.sha256(previous + content + own.encode()).digest()


def link_text(
    recorded_at: datetime, business_at: datetime, actor_kind: str, actor_id: UUID | None
) -> str:
    """When and by whom, the same for all entries of one call."""
    recorded = recorded_at.isoformat(timespec="microseconds")
    business = business_at.isoformat(timespec="microseconds")
    return f"{recorded} {business} {actor_kind} {actor_id}"
