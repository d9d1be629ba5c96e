"""A coded line as the lines of an entry: net, tax and what stands on the other side.

A bank line of +120.00 came in: the bank account is debited. What it was for gets the other side,
cut into net and tax where the tax code says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from backoffice.ledger import DraftLine, TaxDetail, split_tax, tax_on

PARTS_MAX = 100  # a page holds no more, and no invoice that is paid at once has more
NARRATION_CHARACTERS_MAX = 200


@dataclass(frozen=True, slots=True)
class PartDraft:
    """One part of how a line is to be coded; `gross_minor` has the sign of the bank line."""

    account_id: UUID
    gross_minor: int
    tax_code_id: UUID | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax code in force on the line's day, as far as it matters here."""

    id: UUID
    rate: Decimal
    direction: str
    output_account_id: UUID | None
    input_account_id: UUID | None

    @property
    def account_id(self) -> UUID | None:
        """Where the tax that is part of the price goes, if it goes anywhere of its own."""
        return {"output": self.output_account_id, "input": self.input_account_id}.get(
            self.direction
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A part with its tax cut out: net and tax sum to gross, all with the bank line's sign."""

    draft: PartDraft
    net_minor: int
    tax_minor: int
    tax: Tax | None


def cut(draft: PartDraft, tax: Tax | None) -> Part:
    """Net and tax of a part. Tax without an account of its own stays in the cost."""
    if tax is None or tax.account_id is None:
        return Part(draft, draft.gross_minor, 0, tax)
    net, tax_minor = split_tax(draft.gross_minor, tax.rate)
    return Part(draft, net, tax_minor, tax)


def entry_lines(
    bank_account_id: UUID, amount_minor: int, currency: str, parts: Sequence[Part], narration: str
) -> list[DraftLine]:
    """The lines of the entry: the bank's account first, then part by part."""
    said = narration[:NARRATION_CHARACTERS_MAX]
    bank = DraftLine(
        account_id=bank_account_id, amount_minor=amount_minor, currency=currency, narration=said
    )
    return [bank, *(line for part in parts for line in _lines_of(part, currency, said))]


def _lines_of(part: Part, currency: str, narration: str) -> Iterator[DraftLine]:
    said = part.draft.note[:NARRATION_CHARACTERS_MAX] or narration
    base = -part.net_minor
    tax = part.tax
    yield _line(part.draft.account_id, base, currency, said, tax, "base", base)
    if tax is None:
        return
    if part.tax_minor and tax.account_id is not None:
        yield _line(tax.account_id, -part.tax_minor, currency, said, tax, "tax", base)
    if tax.direction == "both":
        yield from _owed_by_the_buyer(part, tax, base, currency, said)


def _owed_by_the_buyer(
    part: Part, tax: Tax, base: int, currency: str, narration: str
) -> Iterator[DraftLine]:
    """Reverse charge: the tax is owed and, where it may be, reclaimed at once."""
    owed = tax_on(base, tax.rate)
    if owed == 0 or tax.output_account_id is None:
        return
    reclaimed = tax.input_account_id or part.draft.account_id
    yield _line(tax.output_account_id, -owed, currency, narration, tax, "tax", base)
    yield _line(reclaimed, owed, currency, narration, tax, "tax", base)


def _line(
    account_id: UUID,
    amount_minor: int,
    currency: str,
    narration: str,
    tax: Tax | None,
    part: str,
    base_minor: int,
) -> DraftLine:
    detail = None
    if tax is not None:
        detail = TaxDetail(code_id=tax.id, part=part, rate=tax.rate, base_minor=base_minor)
    return DraftLine(
        account_id=account_id,
        amount_minor=amount_minor,
        currency=currency,
        narration=narration,
        tax=detail,
    )
