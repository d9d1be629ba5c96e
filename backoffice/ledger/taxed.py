"""The lines of an amount that was coded with a tax code: the net, the tax, and what they keep.

The bank's leg is the caller's; these are the legs that stand against it and sum to its opposite.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from backoffice.foundation.errors import BadInput
from backoffice.foundation.language import _
from backoffice.ledger.drafts import DraftLine, TaxDetail
from backoffice.ledger.models import TaxCode
from backoffice.ledger.rules import split_tax, tax_on


def taxed_lines(line: DraftLine, code: TaxCode | None) -> list[DraftLine]:
    """Cut a line with a gross amount by a tax code; the parts sum to the line, to the unit.

    Where the buyer owes the tax itself (`both`) the amount is net, and the tax is posted to the
    output account and against the input account, or the line's own where there is none.
    """
    if code is None or code.direction == "none":
        return [line]
    if code.direction == "both":
        return _owed_by_the_buyer(line, code)
    net, tax = split_tax(line.amount_minor, code.rate)
    net_base, tax_base = split_tax(line.base, code.rate)
    lines = [_part(line, code, "base", net, net_base, net_base)]
    if tax or tax_base:
        account_id = code.output_account_id if code.direction == "output" else code.input_account_id
        taxed = replace(line, account_id=_account(account_id, code))
        lines.append(_part(taxed, code, "tax", tax, tax_base, net_base))
    return lines


def _owed_by_the_buyer(line: DraftLine, code: TaxCode) -> list[DraftLine]:
    tax, base = tax_on(line.amount_minor, code.rate), tax_on(line.base, code.rate)
    owed = replace(line, account_id=_account(code.output_account_id, code))
    against = replace(line, account_id=code.input_account_id or line.account_id)
    return [
        _part(line, code, "base", line.amount_minor, line.base, line.base),
        _part(against, code, "tax", tax, base, line.base),
        _part(owed, code, "tax", -tax, -base, line.base),
    ]


def _part(
    line: DraftLine, code: TaxCode, part: str, amount: int, base: int, taxed: int
) -> DraftLine:
    detail = TaxDetail(code_id=code.id, part=part, rate=code.rate, base_minor=taxed)
    return replace(line, amount_minor=amount, base_minor=base, tax=detail)


def _account(account_id: UUID | None, code: TaxCode) -> UUID:
    if account_id is None:
        raise BadInput(
            _("Tax code %(code)s has a rate and no account for the tax.", code=code.code),
            code="tax_account_missing",
        )
    return account_id
