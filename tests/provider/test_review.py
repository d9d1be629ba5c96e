"""The review of a month: by another person, bound to what was seen, voided by an edit."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from backoffice.service_lines.banking.actions.finishing import coding_item
from tests.provider.books import LAST_FOUR, cast, desk, month_template
from tests.service_lines.banking.coding_desk import Desk
from tests.support.browsers import Tab, Web

__all__ = ["cast", "desk", "month_template"]


@pytest.fixture
def priya(web: Web) -> Tab:
    return web.signed_in("priya")


@pytest.fixture
def tom(web: Web) -> Tab:
    return web.signed_in("tom")


def item_of(desk: Desk) -> UUID:
    account = desk.bank_account(LAST_FOUR)
    with desk.acting() as session:
        item = coding_item(session, account, "2026-11")
        assert item is not None
        return item.id


def prepared(desk: Desk, tab: Tab) -> str:
    """All lines coded and sent to review; the address of the review."""
    for line in desk.lines():
        if line.state == "open" and line.bank_account_id == desk.bank_account(LAST_FOUR):
            desk.code(line, "7210")
    base = f"/clients/{desk.cast['acorn']}/work/{item_of(desk)}"
    answer = tab.post(f"{base}/prepare")
    assert answer.status_code == 303, answer.text
    return f"{base}/review"


def fields(text: str) -> dict[str, str]:
    """The hidden fields of the answer's form."""
    names = ("preparation_id", "content_hash", "key")
    return {name: re.findall(rf'name="{name}" value="([^"]*)"', text)[0] for name in names}


def test_open_lines_keep_a_month_from_review(priya: Tab, desk: Desk) -> None:
    answer = priya.post(f"/clients/{desk.cast['acorn']}/work/{item_of(desk)}/prepare")
    assert answer.status_code == 409
    assert "6 lines are not coded yet." in answer.text


def test_the_preparer_sees_why_somebody_else_signs(priya: Tab, desk: Desk) -> None:
    text = priya.get(prepared(desk, priya)).text
    assert "You prepared this month, so somebody else signs it off." in text
    assert 'data-key="s"' not in text


def test_another_person_signs_exactly_what_was_seen(priya: Tab, tom: Tab, desk: Desk) -> None:
    address = prepared(desk, priya)
    text = tom.get(address).text
    assert "Bank agrees to statement" in text
    assert text.index("Documents are missing") < text.index("Every line is coded")
    answer = tom.post(address.replace("/review", "/sign-off"), fields(text))
    assert answer.status_code == 303
    assert "signed off by Tom Adeyemi" in tom.get(address).text


def test_the_preparer_may_not_sign_by_any_way(priya: Tab, tom: Tab, desk: Desk) -> None:
    address = prepared(desk, priya)
    seen = fields(tom.get(address).text)
    answer = priya.post(address.replace("/review", "/sign-off"), seen)
    assert answer.status_code in (403, 409, 422)
    assert "signed off by" not in priya.get(address).text


def test_a_month_is_sent_back_with_notes(priya: Tab, tom: Tab, desk: Desk) -> None:
    address = prepared(desk, priya)
    send = address.replace("/review", "/return")
    seen = fields(tom.get(address).text)
    assert tom.post(send, seen | {"reason": ""}).status_code == 422
    answer = tom.post(send, seen | {"reason": "R Calder is no travel."})
    assert answer.status_code == 303
    assert "Tom Adeyemi sent it back" in priya.get(address).text
    assert "R Calder is no travel." in priya.get(address).text


def test_an_edit_voids_the_sign_off(priya: Tab, tom: Tab, desk: Desk) -> None:
    address = prepared(desk, priya)
    tom.post(address.replace("/review", "/sign-off"), fields(tom.get(address).text))
    desk.undo(next(line for line in desk.lines() if line.counterparty == "R Calder"))
    text = tom.get(address).text
    assert "What Priya Nair prepared is void" in text
    assert 'data-key="s"' not in text


def test_the_trial_balance_is_one_tab_away(priya: Tab, desk: Desk) -> None:
    address = f"/clients/{desk.cast['acorn']}/work/{item_of(desk)}/review"
    text = priya.get(f"{address}?tab=trial_balance").text
    assert 'id="balance-' in text
    assert "It has not been prepared yet: 3 of 9 lines are coded." in text
