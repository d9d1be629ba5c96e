"""Taking posted entries back: the mirror of each, linked to it, by one posting call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from backoffice.foundation.errors import BadInput, NotFound
from backoffice.foundation.language import _
from backoffice.foundation.tenancy import Actor, ScopedSession
from backoffice.ledger.drafts import Draft, DraftLine, PostedEntry, TaxDetail
from backoffice.ledger.models import JournalEntry, Period, Posting
from backoffice.ledger.posting import post
from backoffice.ledger.refusals import AlreadyReversed, PeriodClosed
from backoffice.ledger.rules import month_of

REVERSAL = "reversal"


def reverse(
    session: ScopedSession,
    entry_ids: Sequence[UUID],
    *,
    reason: str,
    on_its_day: bool = False,
    by: Actor | None = None,
) -> list[PostedEntry]:
    """Post the mirror of each entry, on the first open day from its own date on.

    With `on_its_day` no other day will do, so that a month that is closed keeps its figures:
    `PeriodClosed`. An entry is reversed once: `AlreadyReversed` else. A reversal is an entry and
    can be reversed.
    """
    if not reason.strip():
        raise BadInput(_("Say why the entry is reversed."), field="reason")
    entries = _entries(session, entry_ids)
    _refuse_second_reversal(session, entry_ids)
    days = {entry.accounting_date for entry in entries}
    landing = {day: day for day in days} if on_its_day else _open_days(session, days)
    lines = _lines(session, entry_ids)
    drafts = [
        _mirror(entry, lines[entry.id], landing[entry.accounting_date], reason.strip())
        for entry in entries
    ]
    posted = post(session, drafts, by=by)
    if any(entry.again for entry in posted):
        raise AlreadyReversed(_("The entry was reversed before."))
    return posted


def first_open_day(session: ScopedSession, day: date) -> date:
    """The day itself where its period is open, else the first day of the next that is."""
    return _open_days(session, {day})[day]


def _entries(session: ScopedSession, entry_ids: Sequence[UUID]) -> list[JournalEntry]:
    """The entries in the order in which they were named."""
    found = {
        entry.id: entry
        for entry in session.scalars(
            select(JournalEntry).where(
                JournalEntry.client_id == session.client_id, JournalEntry.id.in_(entry_ids)
            )
        )
    }
    if found.keys() != set(entry_ids):
        raise NotFound(_("There is no such entry."))
    return [found[entry_id] for entry_id in entry_ids]


def _refuse_second_reversal(session: ScopedSession, entry_ids: Sequence[UUID]) -> None:
    found = session.scalar(
        select(JournalEntry.id)
        .where(JournalEntry.client_id == session.client_id, JournalEntry.reverses_id.in_(entry_ids))
        .limit(1)
    )
    if found is not None:
        raise AlreadyReversed(_("The entry was reversed before."))


def _open_days(session: ScopedSession, days: set[date]) -> Mapping[date, date]:
    """Day → the day itself where its period is open, else the first of the next that is."""
    if not days:
        return {}
    open_months = session.scalars(
        select(Period.month)
        .where(
            Period.client_id == session.client_id,
            Period.month >= month_of(min(days)),
            Period.state == "open",
        )
        .order_by(Period.month)
    ).all()
    landing = {}
    for day in days:
        month = next((month for month in open_months if month >= month_of(day)), None)
        if month is None:
            raise PeriodClosed(_("No period from that day on is open. Open the next year first."))
        landing[day] = max(month, day)
    return landing


def _lines(session: ScopedSession, entry_ids: Sequence[UUID]) -> Mapping[UUID, list[Posting]]:
    lines: dict[UUID, list[Posting]] = defaultdict(list)
    found = session.scalars(
        select(Posting)
        .where(Posting.client_id == session.client_id, Posting.entry_id.in_(entry_ids))
        .order_by(Posting.entry_id, Posting.line)
    )
    for line in found:
        lines[line.entry_id].append(line)
    return lines


def _mirror(entry: JournalEntry, lines: Sequence[Posting], on: date, reason: str) -> Draft:
    return Draft(
        source_kind=REVERSAL,
        source_id=entry.id,
        on=on,
        tax_date=entry.tax_date if on == entry.accounting_date else on,
        document_date=entry.document_date,
        narration=entry.narration,
        series=entry.series,
        reverses_id=entry.id,
        reason=reason,
        lines=[_mirrored(line) for line in lines],
    )


def _mirrored(line: Posting) -> DraftLine:
    return DraftLine(
        account_id=line.account_id,
        amount_minor=-line.amount_minor,
        currency=line.currency,
        base_minor=-line.base_minor,
        narration=line.narration,
        party_id=line.party_id,
        tax=_mirrored_tax(line),
    )


def _mirrored_tax(line: Posting) -> TaxDetail | None:
    if (
        line.tax_code_id is None
        or line.tax_part is None
        or line.tax_rate is None
        or line.tax_base_minor is None
    ):
        return None
    return TaxDetail(
        code_id=line.tax_code_id,
        part=line.tax_part,
        rate=line.tax_rate,
        base_minor=-line.tax_base_minor,
    )
