"""Where an entry came from: the bank line, its document, who posted it."""

from __future__ import annotations

from typing import Any

from flask import url_for

from backoffice.firm.staff.queries import names_of
from backoffice.foundation.language import _
from backoffice.foundation.tenancy import ScopedSession
from backoffice.ledger import JournalEntry
from backoffice.service_lines.banking.queries.origins import LineOrigin, line_origin


def origin_of(session: ScopedSession, entry: JournalEntry) -> dict[str, Any]:
    """What the page of an entry says beside its lines."""
    source = line_origin(session, entry.source_id) if entry.source_kind == "bank_line" else None
    names = names_of(session, {entry.actor_id} - {None})
    return {
        "source": source,
        "source_words": _source_words(entry),
        "lines_of_source": _address(source) if source else None,
        "who": names.get(entry.actor_id) or _("the system"),
    }


def _source_words(entry: JournalEntry) -> str:
    return {
        "bank_line": _("A bank line"),
        "bank_account": _("The opening balance of a bank account"),
    }.get(entry.source_kind, entry.source_kind)


def _address(source: LineOrigin) -> str:
    return url_for(
        "coding.grid",
        account=source.bank_account_id,
        period=source.period,
        line=source.line_id,
        tab="coded",
    )
