"""Today: what is mine, what the team has left, and taking the next."""

from __future__ import annotations

from uuid import UUID

import pytest

from backoffice.firm.work.actions import open_item, take
from backoffice.firm.work.models import WorkItem
from tests.support.browsers import Web
from tests.support.cast import Cast


@pytest.fixture
def item(cast: Cast) -> UUID:
    """Work at Acorn that nobody has yet."""
    with cast.acting_for("acorn", by="priya") as session:
        return open_item(session, kind="sorting", title="Sort new documents").id


def test_an_empty_day_shows_a_way_on(web: Web) -> None:
    page = web.signed_in("priya").get("/").text
    assert "Nothing is yours just now" in page
    assert "whose=team" in page


def test_what_the_team_has_left_can_be_taken(cast: Cast, web: Web, item: UUID) -> None:
    tab = web.signed_in("priya")
    page = tab.get("/?whose=team").text
    assert "Sort new documents" in page
    assert "Take next" in page
    answer = tab.post(f"/clients/{cast['acorn']}/work/{item}/take")
    assert answer.location == f"/clients/{cast['acorn']}/documents"
    mine = tab.get("/").text
    assert "1 item is yours." in mine
    assert "Sort new documents" in mine


def test_what_a_colleague_has_is_theirs(cast: Cast, web: Web, item: UUID) -> None:
    with cast.acting_for("acorn", by="tom") as session:
        take(session, item, by=cast.actor("tom"))
    answer = web.signed_in("priya").post(f"/clients/{cast['acorn']}/work/{item}/take")
    assert answer.status_code == 409
    assert "Tom Adeyemi" in answer.text
    with cast.acting_for("acorn") as session:
        assert session.get_one(WorkItem, (cast["acorn"], item)).assignee_id == cast["tom"]


def test_nothing_of_another_client_is_in_a_queue(cast: Cast, web: Web) -> None:
    with cast.acting_for("birch", by="omar") as session:
        open_item(session, kind="sorting", title="Birch's own papers")
    assert "own papers" not in web.signed_in("priya").get("/?whose=team").text
    assert "own papers" in web.signed_in("omar").get("/?whose=team").text


@pytest.mark.parametrize("mark", ["x", "9.2026-01-01.x", "0.2026-13-99." + "0" * 36])
def test_a_mark_that_is_none_shows_the_first_page(web: Web, item: UUID, mark: str) -> None:
    assert web.signed_in("priya").get(f"/?whose=team&after={mark}").status_code == 200


def test_ctrl_k_finds_clients_work_and_accounts(cast: Cast, web: Web, item: UUID) -> None:
    tab = web.signed_in("priya")
    assert f"/clients/{cast['acorn']}" in tab.get("/search?q=joinery").text
    assert "Sort new documents" in tab.get("/search?q=new+doc").text
    bank = tab.get("/search?q=bank").text
    assert "/books/accounts/" in bank
    assert "Birch" not in bank
    assert "Nothing is called" in tab.get("/search?q=zebra").text
    assert tab.get("/search?q=%25%25").status_code == 200
