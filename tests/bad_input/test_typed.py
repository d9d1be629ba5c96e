"""Amounts, presses and whole forms as nobody should send them, to the pages of the workbench."""

from __future__ import annotations

from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from backoffice.firm.work.models import WorkItem
from backoffice.foundation.ids import new_id
from backoffice.service_lines.banking.actions.preparing import prepare_coding
from backoffice.service_lines.banking.models import BankLine
from tests.service_lines.banking.coding_desk import Desk
from tests.service_lines.banking.files import bought
from tests.support.browsers import Tab, Web
from tests.support.cast import Cast

AMOUNTS = ["NaN", "Infinity", "1e9", "1.234,56", "٣", "1" * 19, "12.345", "", "0x10", "1 2"]


@pytest.fixture
def desk(cast: Cast, tmp_path: Path) -> Desk:
    return Desk(cast, tmp_path)


@pytest.fixture
def line(desk: Desk) -> BankLine:
    return desk.receive_lines(bought(6, -12_000))[0]


@pytest.fixture
def priya(web: Web) -> Tab:
    return web.signed_in("priya")


def entries(cast: Cast) -> int:
    with cast.database.as_superuser().connect() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM journal_entry")) or 0)


def split(tab: Tab, desk: Desk, line: BankLine, *amounts: str) -> TestResponse:
    account = str(desk.account("5000"))
    data = {
        "version": str(line.version),
        "key": new_id().hex,
        "account_id": [account] * len(amounts),
        "tax_code_id": [""] * len(amounts),
        "amount": list(amounts),
        "note": [""] * len(amounts),
    }
    address = f"/clients/{desk.cast['acorn']}/lines/{line.id}/split"
    return tab.post(address, data, headers={"HX-Request": "true"})


@pytest.mark.parametrize("typed", AMOUNTS)
def test_an_amount_that_could_be_misread_is_refused_where_it_was_typed(
    cast: Cast, desk: Desk, line: BankLine, priya: Tab, typed: str
) -> None:
    answer = split(priya, desk, line, "100.00", typed)
    assert answer.status_code == 422
    assert "Not saved." in answer.text
    assert f"The amount “{typed}”" in answer.text or "amount is missing" in answer.text
    assert 'value="100.00"' in answer.text, "what was typed well is lost"
    assert entries(cast) == 0
    assert desk.line(line.id).state == "open"


def test_parts_that_differ_by_a_penny_are_refused(
    cast: Cast, desk: Desk, line: BankLine, priya: Tab
) -> None:
    answer = split(priya, desk, line, "100.00", "20.01")
    assert answer.status_code == 422
    assert "0.01" in answer.text
    assert entries(cast) == 0
    assert split(priya, desk, line, "100.00", "20.00").status_code == 200
    assert entries(cast) > 0


def approvals(cast: Cast) -> tuple[int, int]:
    """How many reviews there are, and how many audit rows say so."""
    with cast.database.as_superuser().connect() as connection:
        found = connection.execute(
            text(
                "SELECT (SELECT count(*) FROM review),"
                " (SELECT count(*) FROM audit_event WHERE action = 'work.approved')"
            )
        ).one()
        return found[0], found[1]


@pytest.fixture
def to_review(desk: Desk, line: BankLine) -> dict[str, str]:
    """A month that Priya has prepared: what the sign-off form sends, but for the press's name."""
    desk.code(line, "5000")
    with desk.acting() as session:
        item_id = session.scalars(select(WorkItem.id).where(WorkItem.kind == "coding")).one()
        made = prepare_coding(session, item_id, by=desk.cast.actor("priya"))
        address = f"/clients/{desk.cast['acorn']}/work/{item_id}/sign-off"
        return {
            "address": address,
            "preparation_id": str(made.id),
            "content_hash": made.content_hash,
        }


def pressed(tab: Tab, to_review: dict[str, str], key: str) -> TestResponse:
    fields = {name: value for name, value in to_review.items() if name != "address"}
    return tab.post(to_review["address"], fields | {"key": key})


def test_a_double_click_on_sign_off_is_one_approval(
    cast: Cast, web: Web, to_review: dict[str, str]
) -> None:
    tom = web.signed_in("tom")
    first, second = (pressed(tom, to_review, "one press") for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert approvals(cast) == (1, 1)


def test_two_tabs_that_sign_off_are_one_approval_and_a_sentence(
    cast: Cast, web: Web, to_review: dict[str, str]
) -> None:
    tom, leah = web.signed_in("tom"), web.signed_in("leah")
    assert pressed(tom, to_review, "a tab").status_code == 303
    for other in (tom, leah):
        late = pressed(other, to_review, "another tab")
        assert late.status_code == 409
        assert "signed this off already" in late.text
    assert approvals(cast) == (1, 1)


def test_who_prepared_it_is_refused_at_the_button_too(
    cast: Cast, web: Web, to_review: dict[str, str]
) -> None:
    assert pressed(web.signed_in("priya"), to_review, "mine").status_code == 403
    assert approvals(cast) == (0, 0)


def test_clicks_that_arrive_at_once_are_one_approval(
    cast: Cast, web: Web, to_review: dict[str, str]
) -> None:
    names = ["tom", "leah", "nadia"] * 4
    tabs = [web.signed_in(name) for name in names]
    start, answers = Barrier(len(tabs)), []

    def press(tab: Tab, number: int) -> None:
        start.wait()
        answers.append(pressed(tab, to_review, f"press {number}").status_code)

    threads = [Thread(target=press, args=(tab, n)) for n, tab in enumerate(tabs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303] + [409] * (len(tabs) - 1)
    assert approvals(cast) == (1, 1)
