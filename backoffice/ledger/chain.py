"""Proving that no posted entry was changed, removed, inserted or put in another place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import select

from backoffice.foundation.tenancy import ScopedSession
from backoffice.ledger.drafts import (
    PostedEntry,
    chain_hash,
    hash_of_content,
    head_text,
    line_text,
    link_text,
    tax_text,
)
from backoffice.ledger.models import NO_HASH, JournalEntry, LedgerHead, Posting

ENTRIES_AT_A_TIME = 2000


def first_broken(session: ScopedSession) -> int | None:
    """The place in the chain of the first entry that does not fit, or None where all do.

    A cut tail shows as a head that is further than its last entry: the place after it.
    """
    expected, previous = 1, NO_HASH
    for entry, lines in _entries(session):
        follows = entry.sequence == expected and entry.previous_hash == previous
        if not follows or _hash(entry, lines, previous) != entry.hash:
            return expected
        expected, previous = expected + 1, entry.hash
    head = session.execute(
        select(LedgerHead.sequence, LedgerHead.hash).where(
            LedgerHead.client_id == session.client_id
        )
    ).one_or_none()
    agrees = head is None or (head.sequence == expected - 1 and head.hash == previous)
    return None if agrees else expected


def _entries(session: ScopedSession) -> Iterator[tuple[Any, list[Any]]]:
    """Each entry with its lines, in the order of the chain, a page at a time."""
    sequence = 0
    columns = JournalEntry.__table__.columns
    while True:
        page = session.execute(
            select(*columns)
            .where(columns.client_id == session.client_id, columns.sequence > sequence)
            .order_by(columns.sequence)
            .limit(ENTRIES_AT_A_TIME)
        ).all()
        if not page:
            return
        lines = _lines(session, [entry.id for entry in page])
        yield from ((entry, lines[entry.id]) for entry in page)
        sequence = page[-1].sequence


def _lines(session: ScopedSession, entry_ids: list[UUID]) -> dict[UUID, list[Any]]:
    columns = Posting.__table__.columns
    found = session.execute(
        select(*columns)
        .where(columns.client_id == session.client_id, columns.entry_id.in_(entry_ids))
        .order_by(columns.entry_id, columns.line)
    )
    lines: dict[UUID, list[Any]] = defaultdict(list)
    for line in found:
        lines[line.entry_id].append(line)
    return lines


def _hash(entry: Any, lines: list[Any], previous: bytes) -> bytes | None:
    """What the entry's link should be, or None where a line stands on another date."""
    if any(line.accounting_date != entry.accounting_date for line in lines):
        return None
    head = head_text(
        entry.series,
        entry.source_kind,
        entry.source_id,
        entry.purpose,
        entry.accounting_date,
        entry.tax_date,
        entry.document_date,
        entry.narration,
        entry.reverses_id,
        entry.reason,
    )
    content = hash_of_content(head, [_line_text(line) for line in lines])
    link = link_text(entry.recorded_at, entry.business_at, entry.actor_kind, entry.actor_id)
    posted = PostedEntry(entry.id, entry.series, entry.fiscal_year, entry.number)
    return chain_hash(previous, content, entry=posted, link=link)


def _line_text(line: Any) -> str:
    tax = ""
    if line.tax_code_id is not None:
        tax = tax_text(
            line.tax_code_id, line.tax_part, line.tax_rate, line.tax_base_minor, line.tax_date
        )
    return line_text(
        line.account_id,
        line.amount_minor,
        line.currency,
        line.base_minor,
        line.narration,
        line.party_id,
        tax,
    )
