"""A split as it is typed: parts with an amount, an account, a tax code and a word each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import request

from backoffice.foundation.errors import BadInput, Refused
from backoffice.foundation.formatting import amount
from backoffice.foundation.ids import new_id
from backoffice.foundation.language import _
from backoffice.foundation.money import Money
from backoffice.service_lines.banking.queries.grid import GridRow
from backoffice.service_lines.banking.queries.line import PartRow
from backoffice.service_lines.banking.rules.coding import PARTS_MAX, PartDraft

FIELDS = ("account_id", "tax_code_id", "amount", "note")
PARTS_AT_FIRST = 2


@dataclass(frozen=True)
class TypedPart:
    """One part as it stands in its fields."""

    account_id: str = ""
    tax_code_id: str = ""
    amount: str = ""
    note: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.account_id or self.amount)


def typed_parts() -> list[TypedPart]:
    """What was sent, part by part; the fields of a part stand in one order."""
    columns = [request.form.getlist(name)[:PARTS_MAX] for name in FIELDS]
    if len({len(column) for column in columns}) != 1:
        raise BadInput(_("The parts could not be read. Open the split again."), field="parts")
    return [TypedPart(*values) for values in zip(*columns, strict=True)]


def parts_of(row: GridRow, parts: Sequence[PartRow]) -> list[TypedPart]:
    """How an editor opens: with the parts that are there, else two of which one is suggested."""
    if len(parts) > 1:
        return [_as_typed(row, part) for part in parts]
    first = TypedPart()
    if row.suggested is not None:
        tax = row.suggested_tax
        first = TypedPart(account_id=str(row.suggested.id), tax_code_id=str(tax.id) if tax else "")
    return [first, *(TypedPart() for _part in range(PARTS_AT_FIRST - 1))]


def drafts_of(row: GridRow, typed: Sequence[TypedPart]) -> list[PartDraft]:
    """The parts as the action takes them, with the sign of the line; refused where unreadable."""
    return [_draft(row, part) for part in typed if not part.is_empty]


def readable(row: GridRow, typed: Sequence[TypedPart]) -> list[PartDraft | None]:
    """The same for the figures while somebody types: what cannot be read yet is None."""
    drafts: list[PartDraft | None] = []
    for part in typed:
        try:
            drafts.append(PartDraft(new_id(), _minor(row, part), _id(part.tax_code_id)))
        except Refused:
            drafts.append(None)
    return drafts


def _draft(row: GridRow, part: TypedPart) -> PartDraft:
    account = _id(part.account_id)
    if account is None:
        raise BadInput(_("Each part needs an account."), field="parts")
    return PartDraft(account, _minor(row, part), _id(part.tax_code_id), part.note.strip())


def _minor(row: GridRow, part: TypedPart) -> int:
    """Typed without the line's sign: a part with a minus goes against the others."""
    typed = Money.parse_typed(part.amount, row.currency).minor
    return typed if row.amount_minor > 0 else -typed


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise BadInput(_("Choose one from the list."), field="parts") from None


def _as_typed(row: GridRow, part: PartRow) -> TypedPart:
    sign = 1 if row.amount_minor > 0 else -1
    return TypedPart(
        account_id=str(part.account.id),
        tax_code_id=str(part.tax_code_id or ""),
        amount=amount(sign * part.gross_minor, row.currency),
        note=part.note,
    )
