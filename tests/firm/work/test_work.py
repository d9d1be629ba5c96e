"""Work items: opened once, taken by one, moved by legal steps alone, seen by whom they concern."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import product
from uuid import UUID

import pytest
from sqlalchemy import select, text

from backoffice.firm.work.actions import (
    cancel,
    expect,
    finish,
    hand_over,
    item_of,
    move,
    open_item,
    reopen,
    take,
)
from backoffice.firm.work.models import WorkItem
from backoffice.firm.work.queries import QueueRow, queue, queue_counts, work_of_client
from backoffice.firm.work.rules import MOVES, WORK_STATES, Move
from backoffice.foundation.errors import Conflict, NotFound
from backoffice.foundation.ids import new_id
from backoffice.foundation.tenancy import ScopedSession
from tests.support.cast import Cast


def opened(session: ScopedSession, title: str = "Sort new documents", **more: object) -> WorkItem:
    return open_item(session, kind="sorting", title=title, **more)  # type: ignore[arg-type]


def rows(cast: Cast, name: str, whose: str) -> Sequence[QueueRow]:
    with cast.database["workbench"].doors.across(cast[name]) as session:
        found = queue(session, staff_id=cast[name], whose=whose).rows
        assert queue_counts(session, staff_id=cast[name])[whose] == len(found)
        return found


def test_what_has_a_name_is_opened_once_while_it_is_unfinished(cast: Cast) -> None:
    with cast.acting_for("acorn") as session:
        first = opened(session, once_key="sorting:2026-11-24")
        assert opened(session, once_key="sorting:2026-11-24").id == first.id
        finish(session, first.id, by=cast.actor("priya"))
        assert opened(session, once_key="sorting:2026-11-24").id != first.id
        assert opened(session).id != opened(session).id


@pytest.mark.parametrize(
    ("step", "state"), list(product(MOVES, WORK_STATES)), ids=lambda one: getattr(one, "name", one)
)
def test_only_legal_steps_are_taken(cast: Cast, step: Move, state: str) -> None:
    with cast.acting_for("acorn") as session:
        item = opened(session)
        done = "now()" if state == "done" else "NULL"
        session.execute(
            text(f"UPDATE work_item SET state = :state, done_at = {done} WHERE id = :id"),  # noqa: S608
            {"state": state, "id": item.id},
        )
        session.refresh(item)
        changes = {"done_at": item.opened_at if step.target == "done" else None}
        if state in step.sources:
            move(session, item, step, **changes)
            assert item.state == step.target
        else:
            with pytest.raises(Conflict, match="by now"):
                move(session, item, step, **changes)
            assert item.state == state


def test_what_a_colleague_has_in_hand_is_theirs(cast: Cast) -> None:
    with cast.acting_for("acorn") as session:
        item_id = opened(session).id
        take(session, item_id, by=cast.actor("priya"))
    with cast.acting_for("acorn", by="tom") as session, pytest.raises(Conflict, match="Priya Nair"):
        take(session, item_id, by=cast.actor("tom"))
    with cast.acting_for("acorn", by="tom") as session:
        assert (
            take(session, item_id, by=cast.actor("tom"), from_others=True).assignee_id
            == (cast["tom"])
        )


def test_work_is_handed_over_to_a_colleague_who_exists(cast: Cast) -> None:
    with cast.acting_for("acorn") as session:
        item_id = opened(session).id
        hand_over(session, item_id, to=cast["tom"], by=cast.actor("priya"))
    assert [row.id for row in rows(cast, "tom", "mine")] == [item_id]
    with cast.acting_for("acorn") as session, pytest.raises(NotFound):
        hand_over(session, item_id, to=new_id(), by=cast.actor("priya"))


def test_another_clients_work_does_not_exist(cast: Cast) -> None:
    with cast.acting_for("acorn") as session:
        item_id = opened(session).id
    for wanted in (item_id, new_id()):
        with cast.acting_for("birch", by="omar") as session, pytest.raises(NotFound) as refused:
            take(session, wanted, by=cast.actor("omar"))
        assert refused.value.message == "There is no such work."


def test_the_queue_shows_what_is_mine_and_what_the_team_could_take(cast: Cast) -> None:
    with cast.acting_for("acorn") as session:
        mine, free, toms = (opened(session, title).id for title in ("a", "b", "c"))
        take(session, mine, by=cast.actor("priya"))
        hand_over(session, toms, to=cast["tom"], by=cast.actor("priya"))
    assert [row.id for row in rows(cast, "priya", "mine")] == [mine]
    assert {row.id for row in rows(cast, "priya", "team")} == {free, toms}
    assert rows(cast, "omar", "team") == []  # Omar does not work for Acorn
    row = rows(cast, "priya", "mine")[0]
    assert (row.client_name, row.assignee_name) == ("Acorn Joinery Ltd", "Priya Nair")


def test_the_queue_goes_by_the_day_and_what_was_sent_back_comes_first(cast: Cast) -> None:
    with cast.acting_for("acorn") as session:
        ids: dict[str, UUID] = {}
        for name, due in (("late", 20), ("later", 27), ("never", None), ("back", None)):
            day = date(2026, 11, due) if due else None
            ids[name] = opened(session, name, due_on=day).id
            take(session, ids[name], by=cast.actor("priya"))
        session.execute(
            text("UPDATE work_item SET state = 'returned' WHERE id = :id"), {"id": ids["back"]}
        )
    assert [row.title for row in rows(cast, "priya", "mine")] == ["back", "late", "later", "never"]
    with cast.database["workbench"].doors.across(cast["priya"]) as session:
        first = queue(session, staff_id=cast["priya"], limit=3)
        rest = queue(session, staff_id=cast["priya"], limit=3, after=first.after)
    assert [row.title for row in rest.rows] == ["never"]
    assert rest.after is None


def test_a_row_counts_what_it_waits_for(cast: Cast) -> None:
    with cast.acting_for("acorn") as session:
        item_id = opened(session).id
        take(session, item_id, by=cast.actor("priya"))
        for title in ("Phone bill", "Fuel receipts"):
            expect(session, kind="bill", title=title, work_item_id=item_id, by=cast.actor("priya"))
    assert [row.waits_for for row in rows(cast, "priya", "mine")] == [2]


def test_asking_twice_for_the_same_is_asking_once(cast: Cast) -> None:
    account = new_id()
    with cast.acting_for("acorn") as session:
        asked = [
            expect(
                session,
                kind="bank_statement",
                title="November",
                subject_id=account,
                period="2026-11",
                by=cast.actor("priya"),
            )
            for _time in range(2)
        ]
    assert asked[0] == asked[1]


def test_work_that_is_over_can_be_reopened_and_what_is_not_needed_cancelled(cast: Cast) -> None:
    actor = cast.actor("priya")
    with cast.acting_for("acorn") as session:
        item_id = opened(session).id
        finish(session, item_id, by=actor)
        reopen(session, item_id, reason="One more came.", by=actor)
        assert item_of(session, item_id).done_at is None
        cancel(session, item_id, reason="Not ours.", by=actor)
        assert work_of_client(session) == []
        assert [row.reason for row in work_of_client(session, finished=True)] == ["Not ours."]
        assert session.scalars(select(WorkItem.state)).one() == "cancelled"
