"""One `:61:` of an MT940, with the `:86:` that explain it.

Reversals: `RC` takes a credit back and so lowers the balance, `RD` raises it. `EC` and `ED` are
expected items, which the bank has not booked yet.
"""

from __future__ import annotations

import re
from typing import NoReturn

from .figures import swift_amount, swift_day, swift_entry_day
from .mt940_fields import Field
from .mt940_text import told_by
from .records import Entry
from .refusals import refuse_amount, refuse_date
from .wording import tidy, tidy_or_none

_DAYS_AND_MARK = r"([0-9]{6})([0-9]{4}| {4})? ?(R?[CD]|E[CD])"
_FIRST_LINE = re.compile(
    _DAYS_AND_MARK + r"([A-Z])? ?([0-9]+[.,]?[0-9]*|[.,][0-9]+)(?= ?[NFS]|//|\s*(?:\n|\Z))"
    r" ?([NFS][A-Za-z0-9 ]{3})?([^\n]*)"
)
_UP_TO_AMOUNT = re.compile(_DAYS_AND_MARK + "(?:[A-Z](?=[0-9.,]))? ?")
_AMOUNT_LIKE = re.compile(r"[^\s/]{1,24}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}\b")
_RAISES = ("C", "RD", "EC")
_TAG_LENGTH = len(":61:")
_REFERENCE_LENGTH = 16  # what SWIFT gives the reference; banks write the name behind it


def entry_of(field: Field, texts: list[str]) -> Entry:
    """The entry; its booking date gives way to the value date where it is none."""
    found = _FIRST_LINE.match(field.value) or _wrapped(field.value)
    if found is None:
        _refuse(field)
    value_day_text, entry_day_text, mark, _funds, amount_text, kind, rest = found.groups()
    amount = swift_amount(amount_text)
    if amount is None:
        _refuse_amount(field, amount_text, found.start(5))
    value_day = swift_day(value_day_text)
    if value_day is None:
        column = _TAG_LENGTH + 1
        refuse_date(value_day_text, line=field.line, column=column, field=":61:")
    own_reference, bank_reference, remark = _references(rest)
    supplement = tidy(found.string[found.end() :])
    told = told_by(texts)
    return Entry(
        amount if mark in _RAISES or not amount else -amount,
        swift_entry_day(entry_day_text, value_day) if entry_day_text else value_day,
        value_day,
        None,
        mark[0] == "E",
        mark[0] == "R",
        told.name or tidy_or_none(remark),
        told.account or _iban_in(supplement),
        told.reference or own_reference,
        bank_reference,
        kind.strip() if kind else None,
        told.text or supplement,
        field.line,
    )


def _wrapped(value: str) -> re.Match[str] | None:
    """A first line that was broken before its amount had ended, read as one."""
    return _FIRST_LINE.match(value.replace("\n", "")) if "\n" in value else None


def _references(rest: str) -> tuple[str | None, str | None, str]:
    """The payer's reference, the bank's after `//`, and what some banks write behind."""
    own, _slashes, bank = rest.partition("//")
    remark = ""
    if len(own) > _REFERENCE_LENGTH and own[_REFERENCE_LENGTH - 1] == " ":
        own, remark = own[:_REFERENCE_LENGTH], own[_REFERENCE_LENGTH:]
    return _usable(own), _usable(bank), remark


def _iban_in(supplement: str) -> str | None:
    """The other side's account, where the bank writes it behind the entry."""
    found = _IBAN.match(supplement) if supplement else None
    return found[0] if found else None


def _usable(reference: str) -> str | None:
    text = reference.strip()
    return None if text in ("", "NONREF", "KREF+", "EREF") else tidy_or_none(text)


def _refuse(field: Field) -> NoReturn:
    """Refuse an entry that is not of the form, pointing at the amount where the rest is right."""
    first_line = field.value.partition("\n")[0]
    start = _UP_TO_AMOUNT.match(first_line)
    if start is None:
        text = first_line[:10]
        refuse_date(text, line=field.line, column=_TAG_LENGTH + 1, field=":61:")
    written = _AMOUNT_LIKE.match(first_line, start.end())
    _refuse_amount(field, written[0] if written else "", start.end())


def _refuse_amount(field: Field, text: str, offset: int) -> NoReturn:
    refuse_amount(text, line=field.line, column=_TAG_LENGTH + 1 + offset, field=":61:")
