"""Walking the elements of a camt file by their local names, whatever namespace they are in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from backoffice.foundation.language import _

from .figures import iso_day, point_amount
from .refusals import UnreadableStatement, refuse_amount, refuse_date

if TYPE_CHECKING:
    from lxml import etree


def local_name(element: etree._Element) -> str:
    """The tag without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: etree._Element) -> dict[str, etree._Element]:
    """The children by local name; where a name repeats, the first."""
    found: dict[str, etree._Element] = {}
    for child in element:
        found.setdefault(local_name(child), child)
    return found


def child(element: etree._Element | None, *names: str) -> etree._Element | None:
    """The descendant on that path of local names."""
    for name in names:
        element = next(named(element, name), None) if element is not None else None
    return element


def named(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """The children of that local name."""
    return (part for part in element if local_name(part) == name)


def child_text(element: etree._Element | None, *names: str) -> str | None:
    """What stands on that path, without the white space around it; None where nothing does."""
    found = child(element, *names)
    return (found.text or "").strip() or None if found is not None else None


def text_in(parts: dict[str, etree._Element], name: str) -> str | None:
    """What stands in the child of that name."""
    found = parts.get(name)
    return (found.text or "").strip() or None if found is not None else None


def signed_amount(
    parts: dict[str, etree._Element], data: bytes, *, of: etree._Element, unsigned_is_credit: bool
) -> tuple[Decimal, str | None]:
    """`Amt` with the sign that `CdtDbtInd` gives it, and its currency."""
    element = parts.get("Amt")
    written = (element.text or "").strip() if element is not None else ""
    amount = point_amount(written)
    if element is None or amount is None:
        line, column = place_of_element(of if element is None else element, data, written)
        refuse_amount(written, line=line, column=column, field="Amt")
    direction = text_in(parts, "CdtDbtInd")
    if direction == "DBIT":
        amount = -amount if amount else amount
    elif direction != "CRDT" and not (direction is None and (unsigned_is_credit or not amount)):
        _refuse_direction(direction, place_of_element(element, data, written))
    return amount, element.get("Ccy") or None


def _refuse_direction(direction: str | None, place: tuple[int, int]) -> None:
    message = _(
        "An entry does not say whether it is money in or out: CdtDbtInd is “%(text)s”, not CRDT "
        "or DBIT. Ask the bank for the file again.",
        text=direction or "",
    )
    raise UnreadableStatement(
        message, code="amount_unreadable", line=place[0], column=place[1], field="CdtDbtInd"
    )


def day_of(element: etree._Element | None, data: bytes) -> date | None:
    """The day of a `Dt` or `DtTm` inside the element; None where there is none."""
    if element is None:
        return None
    for part in element:
        written = (part.text or "").strip()
        if local_name(part) not in ("Dt", "DtTm") or not written:
            continue
        day = iso_day(written)
        if day is None:
            line, column = place_of_element(part, data, written)
            refuse_date(written, line=line, column=column, field=local_name(element))
        return day
    return None


def account_number(account: etree._Element | None) -> str | None:
    """IBAN, or whatever number an `Acct` (or `DbtrAcct`, `CdtrAcct`) carries in its place."""
    identification = child(account, "Id")
    if identification is None:
        return None
    for part in identification:  # IBAN, Othr/Id; in version 1 BBAN, UPIC, PrtryAcct/Id
        number = (part.text or "").strip() or child_text(part, "Id")
        if number:
            return number
    return (identification.text or "").strip() or None


def line_of(element: etree._Element) -> int:
    """The line on which the element begins, from 1."""
    return cast("int | None", element.sourceline) or 1


def place_of_element(element: etree._Element, data: bytes, written: str) -> tuple[int, int]:
    """Line and column of what is written in an element, or of its tag where nothing is."""
    line = line_of(element)
    content = data.split(b"\n", line)[line - 1] if line <= data.count(b"\n") + 1 else b""
    text = content.decode("utf-8", errors="replace")
    column = text.find(f">{written}") + 1 if written else text.find(f"{local_name(element)}")
    return line, max(column, 0) + 1
