"""Which bank line an entry came from, for whoever reads the entry."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from backoffice.foundation import formatting
from backoffice.foundation.calendar import period_of
from backoffice.foundation.tenancy import ScopedSession
from backoffice.service_lines.banking.models import BankLine


@dataclass(frozen=True, slots=True)
class LineOrigin:
    """A bank line as the entry names it, and where its line is found in the grid."""

    line_id: UUID
    bank_account_id: UUID
    period: str
    words: str
    document_id: UUID | None


def line_origin(session: ScopedSession, line_id: UUID) -> LineOrigin | None:
    """The line of that id; None where it was taken back with its import."""
    line = session.get(BankLine, (session.client_id, line_id))
    if line is None:
        return None
    who = line.counterparty or line.text
    amount = formatting.amount_with_currency(line.amount_minor, line.currency)
    words = f"{formatting.full_day(line.booked_on)}, {who}, {amount}"
    return LineOrigin(
        line.id, line.bank_account_id, period_of(line.booked_on), words, line.document_id
    )
