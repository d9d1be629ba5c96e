"""Books: what came in, what it cost, what stayed, what is in the bank; figures open lines."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, g, request

from backoffice import ledger
from backoffice.foundation.calendar import parse_period, period_bounds
from backoffice.foundation.clock import business_today
from backoffice.foundation.errors import BadInput
from backoffice.service_lines.banking.queries.for_clients import in_the_bank, lines_not_coded
from client_portal.month_figures import last_months, month_of_books
from design.frame import page, permitted
from design.frame.permits import not_found

pages = Blueprint("books", __name__)


@pages.get("/books")
@permitted("books.see")
def show() -> Any:
    months = last_months(g.session, business_today(g.session, g.zone))
    return page(
        "books/show.html",
        months=months,
        bank=in_the_bank(g.session),
        not_coded=lines_not_coded(g.session),
    )


@pages.get("/books/<month>")
@permitted("books.see")
def month(month: str) -> Any:
    month = _month(month)
    figures, found = month_of_books(g.session, month)
    not_coded = lines_not_coded(g.session).get(month, 0)
    return page("books/month.html", month=figures, found=found, not_coded=not_coded)


@pages.get("/books/<month>/<uuid:account>")
@permitted("books.see")
def lines(month: str, account: UUID) -> Any:
    first, last = period_bounds(_month(month))
    found = ledger.general_ledger(g.session, account, first, last, after=_after())
    return page("books/lines.html", month=month, found=found)


def _month(text: str) -> str:
    """A month as YYYY-MM; what is none has no page."""
    try:
        return parse_period(text)
    except BadInput:
        raise not_found() from None


def _after() -> ledger.After | None:
    """Where the page before ended; anything else begins at the first line."""
    given = request.args
    try:
        balance = int(given["balance"])
        return ledger.After(date.fromisoformat(given["on"]), UUID(given["line"]), balance)
    except (KeyError, ValueError):
        return None
