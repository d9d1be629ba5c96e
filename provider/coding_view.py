"""What the coding grid shows: its rows, the figures on top, the panel beside the line in hand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import g

from backoffice.foundation.calendar import parse_period, period_bounds, period_of
from backoffice.foundation.clock import business_today
from backoffice.foundation.errors import NotFound
from backoffice.foundation.ids import new_id
from backoffice.foundation.language import _
from backoffice.foundation.tenancy import ScopedSession
from backoffice.ledger import tax_codes_on
from backoffice.service_lines.banking.queries import grid as grid_queries
from backoffice.service_lines.banking.queries.choices import offered_accounts
from backoffice.service_lines.banking.queries.grid import TABS, GridRow
from backoffice.service_lines.banking.queries.line import line_detail
from backoffice.service_lines.banking.queries.month import AccountMonth, month_of, months_with_lines
from provider.line_words import LineOnPage, Reading, habit_of, named, own_account

MARK = re.compile(r"\d{4}-\d\d-\d\d\.[0-9a-f-]{36}")  # where the page before ended
WIDE_FROM_MINOR = 100_000_000  # a million, with its decimals: rupiah
LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff"


def whole(session: ScopedSession, account: UUID, asked: Mapping[str, str]) -> dict[str, Any]:
    """A page of lines with everything around it."""
    months = [one for one in months_with_lines(session) if one.bank_account_id == account]
    period = _period(session, asked.get("period"), months)
    return {
        **lines(session, account, period, asked),
        **figures(session, account, period),
        "months": months,
        "accounts": _account_options(session),
        "tax_codes": _tax_options(session, period),
    }


def figures(session: ScopedSession, account: UUID, period: str) -> dict[str, Any]:
    """What stands above the lines, drawn anew after each act."""
    counts = grid_queries.tab_counts(session, bank_account_id=account, period=period)
    month = month_of(session, account, period)
    return {"month": month, "counts": counts, "period": period, "press": str(new_id())}


def lines(
    session: ScopedSession, account: UUID, period: str, asked: Mapping[str, str]
) -> dict[str, Any]:
    """A page of lines; the address of one line shows it among all of its month."""
    wanted = _wanted(session, asked.get("line"))
    tab = "all" if wanted else asked.get("tab", "open")
    after = _just_before(wanted) if wanted else asked.get("after", "")
    found = grid_queries.grid(
        session,
        bank_account_id=account,
        tab=tab if tab in TABS else "open",
        period=period,
        after=after if MARK.fullmatch(after) else None,
    )
    reading = _reading(session)
    return {
        "lines": [LineOnPage(row, reading) for row in found.rows],
        "after": found.after,
        "wide": any(abs(row.amount_minor) >= WIDE_FROM_MINOR for row in found.rows),
        "tab": tab,
        "first": f"line-{wanted.id}" if wanted else None,
    }


def one_line(session: ScopedSession, line_id: UUID) -> LineOnPage:
    """One line as it stands."""
    found = grid_queries.grid_row(session, line_id)
    if found is None:
        raise NotFound(_("There is no such bank line."))
    return LineOnPage(found, _reading(session))


def beside(session: ScopedSession, line_id: UUID) -> dict[str, Any]:
    """What the panel says of the line in hand."""
    detail = line_detail(session, g.runtime, line_id)
    return {
        "detail": detail,
        "line": LineOnPage(detail.row, _reading(session)),
        "habit": habit_of(detail),
        "named": named,
        "own_account": own_account,
    }


def _period(session: ScopedSession, wanted: str | None, months: Sequence[AccountMonth]) -> str:
    """The month that is asked for, else the newest with open lines, else the newest."""
    if wanted:
        return parse_period(wanted)
    unfinished = (one.period for one in months if one.coded < one.lines)
    newest = next(iter(months), None)
    today = period_of(business_today(session, g.zone))
    return next(unfinished, newest.period if newest else today)


def _wanted(session: ScopedSession, words: str | None) -> GridRow | None:
    if not words:
        return None
    try:
        return grid_queries.grid_row(session, UUID(words))
    except ValueError:
        return None


def _just_before(row: GridRow) -> str:
    return f"{row.booked_on - timedelta(days=1)}.{LAST_ID}"


def _reading(session: ScopedSession) -> Reading:
    return Reading(g.me.id, g.zone, business_today(session, g.zone))


def _account_options(session: ScopedSession) -> list[dict[str, Any]]:
    return [
        {
            "id": str(one.id),
            "code": one.code,
            "name": one.name,
            "used": one.times_used,
            "tax": str(one.usual_tax_code_id or ""),
        }
        for one in offered_accounts(session)
    ]


def _tax_options(session: ScopedSession, period: str) -> list[dict[str, str]]:
    codes = tax_codes_on(session, period_bounds(period)[1])
    none = {"id": "", "code": "–", "name": _("No tax")}
    return [none, *({"id": str(one.id), "code": one.code, "name": one.name} for one in codes)]
