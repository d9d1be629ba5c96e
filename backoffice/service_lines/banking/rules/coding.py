"""A coded line as the lines of an entry: net, tax and what stands on the other side.

A bank line of +120.00 came in: the bank account is debited. What it was for gets the other side,
cut into net and tax where the tax code says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from backoffice.ledger import DraftLine, TaxCode
from backoffice.ledger.taxed import taxed_lines

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
class Part:
    """A part with its tax cut out: net and tax sum to gross, all with the bank line's sign."""

    draft: PartDraft
    net_minor: int
    tax_minor: int
    lines: tuple[DraftLine, ...]  # what stands against the bank's account


def cut(draft: PartDraft, tax_code: TaxCode | None, currency: str, narration: str) -> Part:
    """Net, tax and lines of a part. Tax that the buyer owes itself is no part of the price."""
    gross = DraftLine(
        account_id=draft.account_id,
        amount_minor=-draft.gross_minor,
        currency=currency,
        narration=(draft.note or narration)[:NARRATION_CHARACTERS_MAX],
    )
    lines = tuple(taxed_lines(gross, tax_code))
    net = -lines[0].amount_minor
    return Part(draft, net, draft.gross_minor - net, lines)


def entry_lines(
    bank_account_id: UUID, amount_minor: int, currency: str, parts: Sequence[Part], narration: str
) -> list[DraftLine]:
    """The lines of the entry: the bank's account first, then part by part."""
    bank = DraftLine(
        account_id=bank_account_id,
        amount_minor=amount_minor,
        currency=currency,
        narration=narration[:NARRATION_CHARACTERS_MAX],
    )
    return [bank, *(line for part in parts for line in part.lines)]
