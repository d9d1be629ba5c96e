"""THE posting call. Whatever becomes an entry goes through `post`, one entry or ten thousand.

Locks are taken in one order: periods, then number series, then the head of the chain. From the
last lock to the commit a client's entries are posted one call after the other, which is what
makes numbers gapless and the chain unbroken.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert

from backoffice.foundation import audit
from backoffice.foundation.clock import business_now, real_now
from backoffice.foundation.errors import NotFound, TooLarge
from backoffice.foundation.ids import new_id
from backoffice.foundation.language import _
from backoffice.foundation.tenancy import Actor, ScopedSession
from backoffice.ledger import posting_statements as statements
from backoffice.ledger.drafts import (
    Draft,
    PostedEntry,
    Ready,
    chain_hash,
    check,
    content_hash,
    link_text,
)
from backoffice.ledger.models import LedgerHead, NumberSeries
from backoffice.ledger.refusals import SourceDiffers, closed, in_words
from backoffice.ledger.rules import month_of

ENTRIES_PER_CALL_MAX = 20_000  # a client's other entries wait until the call's transaction ends

Series = tuple[str, int]
Source = tuple[str, UUID, str]


@dataclass(frozen=True, slots=True)
class Frame:
    """What the locked periods said: the currency of the books and each day's fiscal year."""

    currency: str
    fiscal_years: dict[date, int]

    def series_of(self, draft: Draft) -> Series:
        return draft.series, self.fiscal_years[draft.on]


def post(
    session: ScopedSession,
    drafts: Sequence[Draft],
    *,
    adjusting: bool = False,
    by: Actor | None = None,
) -> list[PostedEntry]:
    """Post the drafts, all or none; answers in their order.

    A source that was posted before with the same content answers the entry that it became; with
    other content it raises `SourceDiffers`. `adjusting` entries may go into a soft-closed period.
    Raises `Unbalanced`, `PeriodClosed`, `AccountTakesNoLines` and other refusals of refusals.py.
    """
    if not drafts:
        return []
    if len(drafts) > ENTRIES_PER_CALL_MAX:
        raise TooLarge(
            _("At most %(count)s entries are posted at once.", count=ENTRIES_PER_CALL_MAX)
        )
    session.flush()
    frame = _locked_periods(session, drafts, adjusting=adjusting)
    for draft in drafts:
        check(draft, frame.currency)
    next_numbers = _locked_series(session, {frame.series_of(draft) for draft in drafts})
    head = _locked_head(session)
    fresh, answers = _sorted_out(session, drafts)
    if fresh:
        answers |= _write(session, frame, fresh, next_numbers, head, by or session.actor)
    return [answers[draft.source] for draft in drafts]


def _locked_periods(session: ScopedSession, drafts: Sequence[Draft], *, adjusting: bool) -> Frame:
    """Hold the months against a close, and refuse those that take no entries."""
    month_of_day = {day: month_of(day) for day in {draft.on for draft in drafts}}
    months = set(month_of_day.values())
    found = session.execute(
        statements.LOCK_PERIODS, {"client_id": session.client_id, "months": sorted(months)}
    ).all()
    states = {row.month: row.state for row in found}
    accepted = {"open", "soft_closed"} if adjusting else {"open"}
    for month in sorted(months):
        if states.get(month) not in accepted:
            raise closed(month, states.get(month))
    years = {row.month: row.fiscal_year for row in found}
    return Frame(found[0].currency, {day: years[month] for day, month in month_of_day.items()})


def _locked_series(session: ScopedSession, wanted: set[Series]) -> dict[Series, int]:
    found = _series_rows(session, wanted)
    missing = sorted(wanted - found.keys())
    if missing:
        rows = [
            {"client_id": session.client_id, "series": name, "fiscal_year": year, "next_number": 1}
            for name, year in missing
        ]
        session.execute(insert(NumberSeries).values(rows).on_conflict_do_nothing())
        found = _series_rows(session, wanted)
    return found


def _series_rows(session: ScopedSession, wanted: set[Series]) -> dict[Series, int]:
    question = (
        select(NumberSeries.series, NumberSeries.fiscal_year, NumberSeries.next_number)
        .where(tuple_(NumberSeries.series, NumberSeries.fiscal_year).in_(sorted(wanted)))
        .order_by(NumberSeries.series, NumberSeries.fiscal_year)
        .with_for_update()
    )
    return {(series, year): number for series, year, number in session.execute(question)}


def _locked_head(session: ScopedSession) -> tuple[int, bytes]:
    question = select(LedgerHead.sequence, LedgerHead.hash).with_for_update()
    found = session.execute(question).one_or_none()
    if found is None:
        raise NotFound(_("This client's books are not open yet."))
    return found.sequence, found.hash


def _sorted_out(
    session: ScopedSession, drafts: Sequence[Draft]
) -> tuple[list[Ready], dict[Source, PostedEntry]]:
    """The drafts that are new, once each, and the entries that the others became before."""
    known, answers = _posted_before(session, drafts)
    fresh = []
    for draft in drafts:
        content = content_hash(draft)
        if draft.source not in known:
            known[draft.source] = content
            fresh.append(Ready(draft, new_id(), content))
        elif known[draft.source] != content:
            raise SourceDiffers(
                _("This was posted before with other content. Reverse that entry first.")
            )
    return fresh, answers


def _posted_before(
    session: ScopedSession, drafts: Sequence[Draft]
) -> tuple[dict[Source, bytes], dict[Source, PostedEntry]]:
    arguments = {
        "client_id": session.client_id,
        "kinds": sorted({draft.source_kind for draft in drafts}),
        "ids": statements.ids_array([draft.source_id for draft in drafts]),
    }
    found = session.execute(statements.POSTED_BEFORE, arguments).all()
    known = {(row.source_kind, row.source_id, row.purpose): row.content_hash for row in found}
    answers = {
        (row.source_kind, row.source_id, row.purpose): PostedEntry(
            row.id, row.series, row.fiscal_year, row.number, again=True
        )
        for row in found
    }
    return known, answers


def _write(
    session: ScopedSession,
    frame: Frame,
    fresh: list[Ready],
    next_numbers: dict[Series, int],
    head: tuple[int, bytes],
    by: Actor,
) -> dict[Source, PostedEntry]:
    recorded_at, business_at = real_now(), business_now(session)
    entries = list(_numbered(frame, fresh, next_numbers))
    link = link_text(recorded_at, business_at, by.kind, by.id)
    hashes = list(_chained(fresh, entries, head[1], link))
    given = Counter((entry.series, entry.fiscal_year) for entry in entries)
    arguments = {
        "client_id": session.client_id,
        "actor_kind": by.kind,
        "actor_id": by.id,
        "recorded_at": recorded_at,
        "business_at": business_at,
        "given_series": [series for series, _year in given],
        "given_years": [year for _series, year in given],
        "given": list(given.values()),
        "sequence": head[0] + len(entries),
        "hash": hashes[-1],
        **statements.entry_columns(fresh, entries, hashes, head),
        **statements.line_columns(fresh),
    }
    write = statements.WRITE_TAXED if "posting_tax_rate" in arguments else statements.WRITE
    with in_words():
        session.execute(write, arguments)
    _note(session, entries, fresh, by)
    return {ready.draft.source: entry for ready, entry in zip(fresh, entries, strict=True)}


def _numbered(
    frame: Frame, fresh: list[Ready], next_numbers: dict[Series, int]
) -> Iterator[PostedEntry]:
    given: dict[Series, int] = defaultdict(int)
    for ready in fresh:
        series = frame.series_of(ready.draft)
        yield PostedEntry(ready.id, *series, next_numbers[series] + given[series])
        given[series] += 1


def _chained(
    fresh: list[Ready], entries: list[PostedEntry], previous: bytes, link: str
) -> Iterator[bytes]:
    for ready, entry in zip(fresh, entries, strict=True):
        previous = chain_hash(previous, ready.content, entry=entry, link=link)
        yield previous


def _note(
    session: ScopedSession, entries: list[PostedEntry], fresh: list[Ready], by: Actor
) -> None:
    """One row of audit for the call, however many entries it posted."""
    alone = entries[0].id if len(entries) == 1 else None
    audit.record(
        session,
        "ledger.posted",
        subject_kind="journal_entry" if alone else None,
        subject_id=alone,
        by=by,
        entries=len(entries),
        lines=sum(len(ready.draft.lines) for ready in fresh),
        first=entries[0].label,
        last=entries[-1].label,
    )
