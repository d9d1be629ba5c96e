"""Books in the portal: figures that open their lines, and say whether they were reviewed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import pytest

from backoffice.firm.work.queries import work_of_client
from backoffice.firm.work.review import sign_off
from backoffice.foundation.clock import business_today
from backoffice.foundation.ids import new_id
from backoffice.ledger import account_choices
from backoffice.service_lines.banking.actions.coding import code_line
from backoffice.service_lines.banking.actions.preparing import prepare_coding
from backoffice.service_lines.banking.models import BankLine
from tests.service_lines.banking.files import imported, lines_of, statement, written
from tests.service_lines.banking.statements.written import Movement
from tests.support.browsers import Tab, Web
from tests.support.cast import Cast


@pytest.fixture
def martin(web: Web) -> Tab:
    return web.signed_in("martin")


def today_of(cast: Cast) -> date:
    with cast.acting_for("acorn") as session:
        return business_today(session, "Europe/London")


def brought_in(cast: Cast, tmp_path, *amounts: int) -> Sequence[BankLine]:  # type: ignore[no-untyped-def]
    """A statement of this month's first day, released."""
    first = today_of(cast).replace(day=1)
    movements = [
        Movement(amount, first, f"Party {number}", "Oak", f"BR{number}")
        for number, amount in enumerate(amounts)
    ]
    imported(cast, written(tmp_path, statement(*movements)), client="acorn")
    return lines_of(cast, "acorn")


def account_of(cast: Cast, kind: str) -> UUID:
    with cast.acting_for("acorn") as session:
        return next(c.id for c in account_choices(session) if c.kind == kind and not c.is_control)


def code(cast: Cast, line: BankLine) -> None:
    account = account_of(cast, "income" if line.amount_minor > 0 else "expense")
    with cast.acting_for("acorn") as session:
        code_line(
            session,
            line.id,
            account_id=account,
            version=line.version,
            by=cast.actor("priya"),
            key=new_id().hex,
        )


def test_before_anything_is_coded_the_page_says_so(martin: Tab) -> None:
    text = martin.get("/books").text
    assert "No figures yet" in text
    assert "No statement yet" in text


def test_coded_lines_are_figures_and_the_rest_is_counted(cast: Cast, martin: Tab, tmp_path) -> None:  # type: ignore[no-untyped-def]
    lines = brought_in(cast, tmp_path, 100_000, -30_000, -5_000)
    for line in lines[:2]:
        code(cast, line)
    text = martin.get("/books").text
    assert "Sales 1,000.00, costs 300.00" in text
    assert "700.00" in text
    assert "1 line is not in yet" in text
    month = martin.get(f"/books/{lines[0].booked_on:%Y-%m}").text
    assert "1 bank line is not in these figures yet" in month


def test_what_is_in_the_bank_is_the_banks_own_figure(cast: Cast, martin: Tab, tmp_path) -> None:  # type: ignore[no-untyped-def]
    brought_in(cast, tmp_path, 100_000, -30_000)
    closing = 1_820_411 + 70_000
    shown = f"GBP\u00a0{closing / 100:,.2f}"
    assert shown in martin.get("/books").text
    assert shown in martin.get("/").text


def test_a_figure_opens_its_lines(cast: Cast, martin: Tab, tmp_path) -> None:  # type: ignore[no-untyped-def]
    lines = brought_in(cast, tmp_path, 100_000, -30_000)
    for line in lines:
        code(cast, line)
    month = f"{lines[0].booked_on:%Y-%m}"
    expense = account_of(cast, "expense")
    assert f"/books/{month}/{expense}" in martin.get(f"/books/{month}").text
    text = martin.get(f"/books/{month}/{expense}").text
    assert "Party 1" in text
    assert "300.00" in text
    assert "\u2212300.00" not in text


def test_a_month_is_reviewed_when_a_second_person_signed_all_of_it(
    cast: Cast, martin: Tab, tmp_path
) -> None:  # type: ignore[no-untyped-def]
    lines = brought_in(cast, tmp_path, 100_000, -30_000)
    for line in lines:
        code(cast, line)
    assert "not reviewed yet" in martin.get("/books").text
    with cast.acting_for("acorn") as session:
        [item] = [row for row in work_of_client(session) if row.kind == "coding"]
        prepared = prepare_coding(session, item.id, by=cast.actor("priya"))
        asked = (prepared.id, prepared.content_hash)
    assert "All coded. Tom reviews them." in martin.get("/").text
    with cast.acting_for("acorn", by="tom") as session:
        sign_off(session, asked[0], content_hash=asked[1], by=cast.actor("tom"), key="k")
    text = martin.get("/books").text
    assert "not reviewed yet" not in text
    assert "reviewed" in text


@pytest.mark.parametrize("month", ["2026-13", "x", "2026-1", "0000-00", "2026-11-01"])
def test_what_is_no_month_is_not_here(martin: Tab, month: str) -> None:
    assert martin.get(f"/books/{month}").status_code == 404


def test_another_companys_account_is_not_here(cast: Cast, web: Web, martin: Tab) -> None:
    ours = account_of(cast, "income")
    nora = web.signed_in("nora")
    assert nora.get(f"/books/2026-11/{ours}").status_code == 404
    assert nora.get(f"/books/2026-11/{new_id()}").status_code == 404


def test_books_are_for_those_who_may_see_them(web: Web) -> None:
    fern = web.signed_in("fern")  # HR
    assert fern.get("/books").status_code == 403
    assert "Books" not in fern.get("/").text
    assert web.signed_in("ivor").get("/books").status_code == 200
