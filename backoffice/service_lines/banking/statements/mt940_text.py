"""What the `:86:` fields of an MT940 tell: who, which account, which reference, what for.

Three dialects: numbered parts (`166?00GUTSCHRIFT?20EREF+…?32NAME`, Germany and Poland), named
parts (`/EREF/…/NAME/…/REMI/…`, the Netherlands and SEPA), and free text.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .limits import NARRATIVE_CHARACTERS_MAX
from .wording import tidy, tidy_or_none

_NUMBERED = re.compile(r"(?:[0-9]{3})?([?~><^])[0-9]{2}")
_NAMED = re.compile(
    r"/(EREF|KREF|PREF|MREF|IREF|CREF|NAME|REMI|IBAN|BIC|CNTP|TRTP|BENM|ORDP|ISDT|CSID|MARF|ADDR"
    r"|RTRN|PURP|ULTC|ULTD|ULTB|EXCH|CHGS|CHGS1|CHGS2|OCMT|TRCD|SVCL|RREF|SIGN|USTD|STRD|ID)/"
)
_PURPOSE_PART = re.compile(
    r"(?:^|(?<=[ ]))?(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|IBAN|BIC|COAM|OAMT|PURP)\+"
)
_PURPOSE_CODES = frozenset((*range(20, 30), *range(60, 64)))
_NAME_CODES = (32, 33)
_ACCOUNT_CODES = (31, 38)
_PART_LENGTH = 27  # a numbered part of this length goes on in the next without a space
_ACCOUNT = re.compile(r"[A-Z0-9][A-Z0-9 .-]{3,33}")
_NO_REFERENCE = frozenset(("", "NOTPROVIDED", "NOT PROVIDED", "NONREF"))


class Told(NamedTuple):
    """What a field tells; None where it does not."""

    name: str | None
    account: str | None
    reference: str | None
    text: str


_NOTHING = Told(None, None, None, "")


def told_by(values: list[str]) -> Told:
    """What the `:86:` fields of one entry tell together."""
    if not values:
        return _NOTHING
    value = values[0] if len(values) == 1 else "\n".join(values)
    value = value[:NARRATIVE_CHARACTERS_MAX]
    if value[:1] == "/" and _NAMED.match(value):
        return _of_named(value)
    numbered = _NUMBERED.match(value)
    if numbered is not None:
        return _of_numbered(value, numbered[1])
    return Told(None, None, None, tidy(value))


def _of_named(value: str) -> Told:
    pieces = _NAMED.split(value.replace("\n", ""))
    parts = dict(zip(pieces[1::2], pieces[2::2], strict=True))
    name, account = parts.get("NAME"), parts.get("IBAN")
    if "CNTP" in parts:  # account/BIC/name/city
        account, _bic, name = [*parts["CNTP"].split("/"), "", "", ""][:3]
    return Told(
        tidy_or_none(name.strip("/") if name else None),
        _account_or_none(account),
        _reference(parts.get("EREF")),
        tidy(_remittance(parts) or " ".join(pieces[2::2])),
    )


def _remittance(parts: dict[str, str]) -> str:
    """What the payment is for; `REMI/USTD//…` has the kind of text before the text."""
    text = parts.get("REMI") or parts.get("USTD") or parts.get("STRD") or ""
    return text.strip("/")


def _of_numbered(value: str, separator: str) -> Told:
    parts = _numbered_parts(value.replace("\n", ""), separator)
    purpose = "".join(parts[code] for code in sorted(_PURPOSE_CODES & parts.keys()))
    pieces = _PURPOSE_PART.split(purpose)
    named = dict(zip(pieces[1::2], pieces[2::2], strict=True))
    text = " ".join((pieces[0], named.get("SVWZ", ""))) if named else purpose
    return Told(
        _name(parts),
        _account_or_none(next((parts[code] for code in _ACCOUNT_CODES if code in parts), None)),
        _reference(named.get("EREF")),
        tidy(text) or tidy(parts.get(0, "")),
    )


def _numbered_parts(value: str, separator: str) -> dict[int, str]:
    """The parts by number; a separator without a number behind it is a character of the text."""
    parts: dict[int, str] = {}
    code = -1
    for piece in value.split(separator)[1:]:
        number = piece[:2]
        if len(number) == 2 and number.isascii() and number.isdigit():
            code = int(number)
            parts[code] = parts.get(code, "") + piece[2:]
        elif code >= 0:
            parts[code] += separator + piece
    return parts


def _name(parts: dict[int, str]) -> str | None:
    first, second = (parts.get(code, "") for code in _NAME_CODES)
    glue = "" if len(first) >= _PART_LENGTH else " "
    return tidy_or_none(f"{first}{glue}{second}")


def _account_or_none(written: str | None) -> str | None:
    text = (written or "").strip(" /")
    return text if _ACCOUNT.fullmatch(text) else None


def _reference(written: str | None) -> str | None:
    text = (written or "").strip(" /")
    return None if text.upper() in _NO_REFERENCE else tidy_or_none(text)
