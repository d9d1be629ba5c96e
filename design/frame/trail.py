"""The audit page of both apps: reads the filter from the address, and writes the CSV."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, g, request

from backoffice.firm.insight import queries
from backoffice.firm.insight.queries import Act, Filter
from backoffice.foundation.exports import csv_pieces
from design.frame.answers import answer_file

YEARS = range(2000, 2100)


@dataclass(frozen=True)
class Trail:
    """What the page shows: acts, the filter as it was read, and the way to older ones."""

    acts: list[Act]
    wanted: Filter
    actors: list[tuple[UUID, str]]
    older: dict[str, Any] | None


def trail_of_request() -> Trail:
    wanted = filter_of_request()
    found = queries.acts(g.session, wanted, zone=g.zone)
    shown = found[: queries.PAGE_ROWS]
    more = len(found) > len(shown)
    older = {**request.args.to_dict(), "before": shown[-1].sequence} if more else None
    return Trail(shown, wanted, queries.actors(g.session), older)


def csv_of_trail() -> Response:
    """All that the filter lets through, up to a limit; instants in UTC."""
    wanted = replace(filter_of_request(), before=None)
    found = queries.acts(g.session, wanted, zone=g.zone, limit=queries.EXPORT_ROWS_MAX)
    head = ("sequence", "at", "business_at", "actor", "action", "subject", "subject_id", "details")
    rows = (
        (
            act.sequence,
            act.at.isoformat(),
            act.business_at.isoformat(),
            act.actor,
            act.action,
            act.subject_kind,
            str(act.subject_id or ""),
            json.dumps(act.details, sort_keys=True),
        )
        for act in found[: queries.EXPORT_ROWS_MAX]
    )
    pieces = list(csv_pieces(head, rows))  # while the door is open
    return answer_file(pieces, name="audit.csv", media_type="text/csv; charset=utf-8")


def filter_of_request() -> Filter:
    """What cannot be read is left out of the filter, and the page shows what it read."""
    given = request.args
    return Filter(
        actor_id=_id(given.get("actor", "")),
        action=given.get("action", "").strip()[:60],
        since=_day(given.get("since", "")),
        until=_day(given.get("until", "")),
        before=_number(given.get("before", "")),
    )


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.year in YEARS else None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
