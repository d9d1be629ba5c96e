"""One `Ntry` of a camt file: the line of the account, and what its payments say about it.

An entry may sum up a batch of payments (`TxDtls`). It is one line all the same; a counterparty
is told only where there is exactly one payment.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from .camt_tree import (
    account_number,
    child,
    child_text,
    children,
    day_of,
    line_of,
    local_name,
    named,
    signed_amount,
    text_in,
)
from .limits import BATCH_TEXTS_MAX
from .records import Entry
from .wording import tidy, tidy_or_none

if TYPE_CHECKING:
    from lxml import etree

_NOT_BOOKED = ("PDNG", "INFO", "FUTR")
_NO_REFERENCE = ("NOTPROVIDED", "NONREF", "NOT PROVIDED")


def entry_of(element: etree._Element, data: bytes) -> Entry:
    """The entry; `data` is the file, for the place of what cannot be read."""
    parts = children(element)
    amount, currency = signed_amount(parts, data, of=element, unsigned_is_credit=False)
    payments = list(_payments(element))
    payment = children(payments[0]) if len(payments) == 1 else {}
    references = children(payment["Refs"]) if "Refs" in payment else {}
    is_reversal = text_in(parts, "RvslInd") in ("true", "1")
    name, number = _counterparty(payment, came_in=(amount >= 0) != is_reversal)
    return Entry(
        amount=amount,
        booked=day_of(parts.get("BookgDt"), data),
        valued=day_of(parts.get("ValDt"), data),
        currency=currency,
        pending=_status(parts) in _NOT_BOOKED,
        reversal=is_reversal,
        counterparty=tidy_or_none(name),
        counterparty_account=tidy_or_none(number),
        reference=_reference(payment, references),
        bank_reference=tidy_or_none(
            text_in(parts, "AcctSvcrRef") or text_in(references, "AcctSvcrRef")
        ),
        kind=_kind(parts.get("BkTxCd")),
        text=_text(parts, payments),
        line=line_of(element),
    )


def _payments(element: etree._Element) -> Iterator[etree._Element]:
    """`TxDtls`, inside `NtryDtls` (from version 2 on) or directly inside the entry (version 1)."""
    for part in element:
        name = local_name(part)
        if name == "TxDtls":
            yield part
        elif name == "NtryDtls":
            yield from named(part, "TxDtls")


def _status(parts: dict[str, etree._Element]) -> str | None:
    """`Sts` as a text (to version 7) or as a code inside it (from version 8 on)."""
    return text_in(parts, "Sts") or child_text(parts.get("Sts"), "Cd")


def _kind(code: etree._Element | None) -> str | None:
    """`PMNT-RCDT-ESCT`, or the bank's own code where it has no domain."""
    domain = child(code, "Domn")
    if domain is None:
        return child_text(code, "Prtry", "Cd")
    levels = (
        child_text(domain, "Cd"),
        child_text(domain, "Fmly", "Cd"),
        child_text(domain, "Fmly", "SubFmlyCd"),
    )
    return "-".join(level for level in levels if level) or None


def _counterparty(
    payment: dict[str, etree._Element], *, came_in: bool
) -> tuple[str | None, str | None]:
    """Name and account of the other side: who pays where money came in, else who is paid."""
    if "RltdPties" not in payment:
        return None, None
    parties = children(payment["RltdPties"])
    side = "Dbtr" if came_in else "Cdtr"
    name = _party_name(parties.get(side)) or _party_name(parties.get(f"Ultmt{side}"))
    return name, account_number(parties.get(f"{side}Acct"))


def _party_name(party: etree._Element | None) -> str | None:
    """The name of a party, to version 7 directly, from 8 on of a person, firm or bank inside."""
    if party is None:
        return None
    return (
        child_text(party, "Nm")
        or child_text(party, "Pty", "Nm")
        or child_text(party, "Agt", "FinInstnId", "Nm")
    )


def _reference(
    payment: dict[str, etree._Element], references: dict[str, etree._Element]
) -> str | None:
    """The structured creditor reference, else the end-to-end id, else the cheque's number."""
    structured = child(payment.get("RmtInf"), "Strd", "CdtrRefInf")
    candidates = (
        child_text(structured, "Ref") or child_text(structured, "CdtrRef"),
        text_in(references, "EndToEndId"),
        text_in(references, "ChqNb"),
    )
    usable = (text for text in candidates if text and text.upper() not in _NO_REFERENCE)
    return tidy_or_none(next(usable, None))


def _text(parts: dict[str, etree._Element], payments: list[etree._Element]) -> str:
    """What payer and bank wrote: the remittance of the first payments, then the entry's own."""
    remittances = (
        (part.text or "").strip()
        for payment in islice(payments, BATCH_TEXTS_MAX)
        for part in _remarks(payment)
    )
    written = [*remittances, text_in(parts, "AddtlNtryInf") or ""]
    return tidy(" ".join(dict.fromkeys(text for text in written if text)))


def _remarks(payment: etree._Element) -> Iterator[etree._Element]:
    remittance = child(payment, "RmtInf")
    if remittance is not None:
        yield from named(remittance, "Ustrd")
    yield from named(payment, "AddtlTxInf")
