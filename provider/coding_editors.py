"""What the editors of the grid offer, and how what was typed becomes what the actions take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import request
from wtforms import Form

from backoffice.firm.documents.queries import documents as documents_of
from backoffice.foundation import formatting
from backoffice.foundation.errors import BadInput
from backoffice.foundation.ids import new_id
from backoffice.foundation.language import _
from backoffice.foundation.money import Money
from backoffice.foundation.tenancy import ScopedSession
from backoffice.ledger import account_choices, tax_codes_on
from backoffice.service_lines.banking.queries.choices import parts_as_cut
from backoffice.service_lines.banking.queries.line import parts_of, transfer_candidates
from backoffice.service_lines.banking.queries.month import bank_accounts
from backoffice.service_lines.banking.rules import direction_of
from backoffice.service_lines.banking.rules.coding import PartDraft
from backoffice.service_lines.banking.rules.words import words_of
from provider import split_form
from provider.coding_view import one_line
from provider.line_words import LineOnPage

DOCUMENTS_OFFERED = 100
RULE_WORDS = 3  # of a counterparty's name: enough to know it, few enough to catch its branches


def split(session: ScopedSession, line_id: UUID) -> dict[str, Any]:
    """The parts as typed or as they are, each with its net and tax, and what is left to place."""
    line = one_line(session, line_id)
    typed = split_form.typed_parts() if "amount" in request.form else _parts_there(session, line)
    drafts = split_form.readable(line.row, typed)
    cut = parts_as_cut(
        session,
        [one for one in drafts if one is not None],
        on=line.row.booked_on,
        currency=line.row.currency,
    )
    by_draft = {id(part.draft): part for part in cut}
    placed = sum(one.gross_minor for one in drafts if one is not None)
    return {
        "text_of": _texts(session, line),
        "parts": list(zip(typed, [by_draft.get(id(one)) for one in drafts], strict=True)),
        "placed": abs(placed),
        "left": _typed_amount(line, line.row.amount_minor - placed),
        "press": str(new_id()),
    }


def split_drafts(session: ScopedSession, line_id: UUID) -> Sequence[PartDraft]:
    """The parts of a sent split, in the form that the action takes."""
    return split_form.drafts_of(one_line(session, line_id).row, split_form.typed_parts())


def transfer(session: ScopedSession, line_id: UUID) -> dict[str, Any]:
    """Lines that may be the other leg, then the client's other accounts."""
    here = one_line(session, line_id).row.bank_account_id
    others = [(account, code) for account, code in bank_accounts(session) if account.id != here]
    return {
        "candidates": transfer_candidates(session, line_id),
        "others": others,
        "press": str(new_id()),
    }


def other_end(chosen: str) -> dict[str, UUID | None]:
    """What was chosen: `account` or `account.line`."""
    account, _dot, line = chosen.partition(".")
    try:
        return {"to_account_id": UUID(account), "other_line_id": UUID(line) if line else None}
    except ValueError:
        raise BadInput(_("Choose where the money went."), field="to") from None


def documents(session: ScopedSession) -> dict[str, Any]:
    """The newest files that are no bank statements, to choose from by typing."""
    found = documents_of(session, state="kept", limit=DOCUMENTS_OFFERED).documents
    offered = [
        {"id": str(one.id), "code": formatting.short_day(one.received_at.date()), "name": one.name}
        for one in found
        if one.kind != "bank_statement"
    ]
    return {"offered": offered, "press": str(new_id())}


def rule(session: ScopedSession, line_id: UUID, typed: Mapping[str, str]) -> dict[str, Any]:
    """A rule as the line suggests it, or as it was typed."""
    line = one_line(session, line_id)
    name = line.row.counterparty or line.row.text
    words = [word for word in words_of(name) if not any(map(str.isdigit, word))]
    there = {
        "words": " ".join(words[:RULE_WORDS]),
        "direction": direction_of(line.row.amount_minor),
        "account_id": str(line.account.id) if line.account else "",
        "tax_code_id": str(line.tax.id) if line.tax else "",
    }
    return {"typed": {**there, **typed}, "press": str(new_id())}


def rule_of(session: ScopedSession, line_id: UUID, form: Form) -> dict[str, Any]:
    """The typed rule as the action takes it."""
    row = one_line(session, line_id).row
    return {
        "words": form.words.data,
        "direction": form.direction.data,
        "account_id": form.account_id.data,
        "tax_code_id": form.tax_code_id.data,
        "amount_min": _limit(form.amount_min.data, row.currency),
        "amount_max": _limit(form.amount_max.data, row.currency),
        "bank_account_id": row.bank_account_id if form.here_only.data else None,
        "note": form.note.data or "",
    }


def _parts_there(session: ScopedSession, line: LineOnPage) -> list[split_form.TypedPart]:
    coded = line.row.coded
    return split_form.parts_of(line.row, parts_of(session, coded.id) if coded else [])


def _texts(session: ScopedSession, line: LineOnPage) -> dict[str, str]:
    """What stands in a field for the id of an account or of a tax code."""
    accounts = {str(one.id): f"{one.code} {one.name}" for one in account_choices(session)}
    codes = tax_codes_on(session, line.row.booked_on)
    return accounts | {str(one.id): f"{one.code} {one.name}" for one in codes} | {"": ""}


def _typed_amount(line: LineOnPage, minor: int) -> str:
    """As a person would type it, without the line's sign."""
    sign = 1 if line.row.amount_minor > 0 else -1
    return formatting.amount(sign * minor, line.row.currency) if minor else ""


def _limit(text: str | None, currency: str) -> int | None:
    return abs(Money.parse_typed(text, currency).minor) if text else None
