"""What a statement file is refused for. The messages say what to do, and are shown as they are."""

from __future__ import annotations

from typing import NoReturn

from backoffice.foundation.errors import BadInput
from backoffice.foundation.language import _

from .wording import tidy

SHOWN_CHARACTERS_MAX = 40  # of the refused text; more would be a wall, not a hint


class UnreadableStatement(BadInput):
    """The file is of a known kind, and something in it cannot be read: nothing is kept of it."""

    code = "statement_unreadable"


class UnknownFormat(BadInput):
    """The file is none of the kinds that can be read."""

    code = "format_unknown"


class SecuritiesStatement(BadInput):
    """The file has holdings and trades of a custody account and no bank account."""

    code = "securities"


class DocumentTypeRefused(BadInput):
    """XML with a document type, which banks never send and attackers do."""

    code = "xml_dtd"


class ReadingStopped(BadInput):
    """The file took more time or memory than a statement needs."""

    code = "reading_stopped"


def shown(text: str) -> str:
    """The refused text as a message may repeat it: short and on one line."""
    plain = tidy(text)
    return plain if len(plain) <= SHOWN_CHARACTERS_MAX else plain[:SHOWN_CHARACTERS_MAX] + "…"


def refuse_amount(text: str, *, line: int, column: int, field: str) -> NoReturn:
    """Refuse an amount that is missing, or written in a way that could be misread."""
    message = _(
        "The amount “%(text)s” in %(field)s cannot be read. Ask the bank for the file again; "
        "amounts are digits with one decimal sign, without exponent or grouping.",
        text=shown(text),
        field=field,
    )
    raise UnreadableStatement(
        message, code="amount_unreadable", line=line, column=column, field=field
    )


def refuse_date(text: str, *, line: int, column: int, field: str) -> NoReturn:
    """Refuse a date that is in no calendar or in no form that the format knows."""
    message = _(
        "The date “%(text)s” in %(field)s cannot be read. Ask the bank for the file again.",
        text=shown(text),
        field=field,
    )
    raise UnreadableStatement(
        message, code="date_unreadable", line=line, column=column, field=field
    )


def refuse_too_many_entries(entries_max: int) -> NoReturn:
    """Refuse a file with more entries than one import may hold."""
    message = _(
        "The file holds more than %(entries_max)s entries. Ask the bank for shorter periods.",
        entries_max=entries_max,
    )
    raise UnreadableStatement(message, code="too_many_entries")
