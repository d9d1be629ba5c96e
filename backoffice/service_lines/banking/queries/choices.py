"""What the coding grid offers to choose from: accounts with their usual tax, and tax codes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from backoffice.foundation.tenancy import ScopedSession
from backoffice.ledger import tax_codes_on
from backoffice.service_lines.banking.models import Coding
from backoffice.service_lines.banking.queries.line import codable_accounts
from backoffice.service_lines.banking.rules.coding import Part, PartDraft, cut

# What was coded last says what is usual; the whole history would be read for nothing.
CODINGS_LOOKED_AT = 2_000


@dataclass(frozen=True, slots=True)
class AccountOffer:
    """An account, how often it was used, and the tax code that lines coded to it usually have."""

    id: UUID
    code: str
    name: str
    times_used: int
    usual_tax_code_id: UUID | None


def offered_accounts(session: ScopedSession) -> list[AccountOffer]:
    """The accounts that a line may be coded to, the most used first."""
    usual = _usual_taxes(session)
    return [
        AccountOffer(one.id, one.code, one.name, one.times_used, usual.get(one.id))
        for one in codable_accounts(session)
    ]


def parts_as_cut(
    session: ScopedSession, drafts: Sequence[PartDraft], *, on: date, currency: str
) -> Sequence[Part]:
    """Parts with net and tax as they would be posted on that day; nothing is stored."""
    codes = {code.id: code for code in tax_codes_on(session, on)}
    return [
        cut(one, codes.get(one.tax_code_id) if one.tax_code_id else None, currency, "")
        for one in drafts
    ]


def _usual_taxes(session: ScopedSession) -> dict[UUID, UUID]:
    newest = (
        select(Coding.account_id, Coding.tax_code_id)
        .where(Coding.client_id == session.client_id, Coding.undone_at.is_(None))
        .order_by(Coding.id.desc())
        .limit(CODINGS_LOOKED_AT)
    )
    times = Counter((row.account_id, row.tax_code_id) for row in session.execute(newest))
    usual: dict[UUID, UUID] = {}
    for (account_id, tax_code_id), _times in reversed(times.most_common()):
        if account_id is not None and tax_code_id is not None:
            usual[account_id] = tax_code_id
    return usual
