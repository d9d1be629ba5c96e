"""The reports of a client's books: every figure opens its lines; each is also a file of CSV."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from backoffice import ledger
from backoffice.foundation.exports import csv_pieces
from backoffice.foundation.formatting import period_of_days
from design.frame import answer_file, page, permitted
from design.frame.look import client_in_hand
from provider import report_tables
from provider.asked_days import Asked, asked_days
from provider.entry_origin import origin_of
from provider.report_tables import mark, place

pages = Blueprint("reports", __name__)

PAGE_OF_FILE = 1_000
LINES_PER_FILE_MAX = 100_000


@pages.get("/clients/<uuid:client>/books/trial-balance")
@permitted("books.see")
def trial_balance() -> ResponseReturnValue:
    asked = asked_days()
    found = ledger.trial_balance(g.session, asked.until, known_at=asked.known_at)
    return page("reports/trial_balance.html", asked=asked, found=found)


@pages.get("/clients/<uuid:client>/books/trial-balance.csv")
@permitted("books.see")
def trial_balance_file() -> ResponseReturnValue:
    asked = asked_days()
    found = ledger.trial_balance(g.session, asked.until, known_at=asked.known_at)
    return _file("trial-balance", asked, report_tables.of_trial_balance(found))


@pages.get("/clients/<uuid:client>/books/profit-and-loss")
@permitted("books.see")
def profit_and_loss() -> ResponseReturnValue:
    asked = asked_days()
    found = ledger.profit_and_loss(g.session, asked.since, asked.until, known_at=asked.known_at)
    sections = report_tables.sections(found)
    return page("reports/profit_and_loss.html", asked=asked, found=found, sections=sections)


@pages.get("/clients/<uuid:client>/books/profit-and-loss.csv")
@permitted("books.see")
def profit_and_loss_file() -> ResponseReturnValue:
    asked = asked_days()
    found = ledger.profit_and_loss(g.session, asked.since, asked.until, known_at=asked.known_at)
    return _file("profit-and-loss", asked, report_tables.of_profit_and_loss(found))


@pages.get("/clients/<uuid:client>/books/balance-sheet")
@permitted("books.see")
def balance_sheet() -> ResponseReturnValue:
    asked = asked_days()
    found = ledger.balance_sheet(g.session, asked.until, known_at=asked.known_at)
    return page("reports/balance_sheet.html", asked=asked, found=found)


@pages.get("/clients/<uuid:client>/books/balance-sheet.csv")
@permitted("books.see")
def balance_sheet_file() -> ResponseReturnValue:
    asked = asked_days()
    found = ledger.balance_sheet(g.session, asked.until, known_at=asked.known_at)
    return _file("balance-sheet", asked, report_tables.of_balance_sheet(found))


@pages.get("/clients/<uuid:client>/books/general-ledger")
@permitted("books.see")
def general_ledger() -> ResponseReturnValue:
    asked = asked_days()
    found = ledger.trial_balance(g.session, asked.until, known_at=asked.known_at)
    return page("reports/general_ledger.html", asked=asked, found=found)


@pages.get("/clients/<uuid:client>/books/accounts/<uuid:account>")
@permitted("books.see")
def account(account: UUID) -> ResponseReturnValue:
    asked = asked_days()
    after = place(request.args.get("after"))
    found = _lines(account, asked, after=after)
    days = period_of_days(asked.since, asked.until)
    return page("reports/account.html", asked=asked, found=found, days=days, mark=mark)


@pages.get("/clients/<uuid:client>/books/accounts/<uuid:account>.csv")
@permitted("books.see")
def account_file(account: UUID) -> ResponseReturnValue:
    asked = asked_days()
    found = list(_all_lines(account, asked))
    name = f"account-{found[0].account.code}"
    return _file(name, asked, report_tables.of_ledger(found))


@pages.get("/clients/<uuid:client>/books/entries/<uuid:entry>")
@permitted("books.see")
def entry(entry: UUID) -> ResponseReturnValue:
    found = ledger.entry_with_lines(g.session, entry)
    return page("reports/entry.html", found=found, **origin_of(g.session, found.entry))


def _lines(account: UUID, asked: Asked, **more: Any) -> ledger.LedgerPage:
    return ledger.general_ledger(
        g.session, account, asked.since, asked.until, known_at=asked.known_at, **more
    )


def _all_lines(account: UUID, asked: Asked) -> Iterator[ledger.LedgerPage]:
    """Page after page, up to what a spreadsheet takes in good humour."""
    found = _lines(account, asked, limit=PAGE_OF_FILE)
    for _number in range(LINES_PER_FILE_MAX // PAGE_OF_FILE):
        yield found
        if found.after is None:
            return
        found = _lines(account, asked, limit=PAGE_OF_FILE, after=found.after)


def _file(name: str, asked: Asked, table: report_tables.Table) -> ResponseReturnValue:
    """Named after client, report and last day, so that it is found again among the downloads."""
    named = f"{client_in_hand().slug}-{name}-{asked.until}.csv"
    return answer_file(csv_pieces(*table), name=named, media_type="text/csv; charset=utf-8")
