"""A month is prepared by one person and signed off by another, whatever anybody tries."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from backoffice.firm.work.models import Preparation, Review, WorkItem
from backoffice.firm.work.queries import queue, queue_counts, standing
from backoffice.firm.work.review import return_item, sign_off
from backoffice.foundation.audit import AuditEvent
from backoffice.foundation.errors import BadInput, Conflict, NotPermitted
from backoffice.foundation.ids import new_id
from backoffice.service_lines.banking.actions.coding import write_note
from backoffice.service_lines.banking.actions.preparing import content_of, prepare_coding
from backoffice.service_lines.banking.models import BankStatement
from backoffice.service_lines.banking.queries.month import month_of
from tests.service_lines.banking.coding_desk import Desk
from tests.service_lines.banking.files import bought, statement

REVIEWERS = 100


@pytest.fixture
def coded(desk: Desk) -> Desk:
    """Two lines of November, both coded."""
    for line in desk.receive_lines(bought(6, -12_000), bought(7, 5_000), opening=90_000):
        desk.code(line, "5000")
    return desk


def work_of(desk: Desk) -> WorkItem:
    with desk.acting() as session:
        item = session.scalars(select(WorkItem).where(WorkItem.kind == "coding")).one()
        session.expunge(item)
        return item


def prepared(desk: Desk, *, by: str = "priya") -> Preparation:
    with desk.acting(by) as session:
        made = prepare_coding(session, work_of(desk).id, by=desk.cast.actor(by))
        session.flush()
        session.expunge(made)
        return made


def signed(desk: Desk, made: Preparation, *, by: str = "tom", key: str = "k") -> UUID:
    with desk.acting(by) as session:
        return sign_off(
            session,
            made.id,
            content_hash=made.content_hash,
            by=desk.cast.actor(by),
            key=key,
        ).id


def test_what_is_not_coded_cannot_be_prepared(desk: Desk) -> None:
    lines = desk.receive_lines(bought(6, -12_000), bought(7, 5_000))
    desk.code(lines[0], "5000")
    with pytest.raises(Conflict, match="1 line is not coded"):
        prepared(desk)


def test_books_that_differ_from_the_bank_are_not_prepared(coded: Desk) -> None:
    with coded.cast.database.as_superuser().begin() as connection:
        connection.execute(
            text(
                "UPDATE bank_statement SET closing_minor = closing_minor + 7,"
                " opening_minor = opening_minor + 7"
            )
        )
    with pytest.raises(Conflict, match=r"The books say 830.00 on .* and the bank 830.07") as no:
        prepared(coded)
    assert no.value.code == "does_not_agree"


def test_another_person_signs_off_and_the_bank_is_agreed(coded: Desk) -> None:
    made = prepared(coded)
    signed(coded, made)
    assert work_of(coded).state == "done"
    with coded.acting() as session:
        steps = standing(session, work_of(coded).id)
        assert [(step.name, step.by_name) for step in steps.steps] == [
            ("prepared", "Priya Nair"),
            ("approved", "Tom Adeyemi"),
        ]
        assert steps.approved
        agreed = session.scalars(select(BankStatement)).one()
        assert agreed.agreed_by_id == coded.cast["priya"]
        month = month_of(session, agreed.bank_account_id, "2026-11")
    assert (month.opening_minor, month.lines_minor, month.closing_minor) == (90_000, -7_000, 83_000)
    assert month.adds_up
    assert month.agreement is not None
    assert month.agreement.difference_minor == 0


def test_a_word_between_colleagues_does_not_stand_in_the_way(coded: Desk) -> None:
    made = prepared(coded)
    line = coded.lines()[0]
    with coded.acting("tom") as session:
        note = {"note": "Is this the oak?", "version": line.version, "by": coded.cast.actor("tom")}
        write_note(session, line.id, **note)
        assert content_of(session, line.bank_account_id, "2026-11") == made.content_hash
    signed(coded, made)


def test_the_preparer_may_not_sign_off(coded: Desk) -> None:
    made = prepared(coded)
    with pytest.raises(NotPermitted) as refused:
        signed(coded, made, by="priya")
    assert refused.value.code == "preparer_may_not_review"
    assert work_of(coded).state == "prepared"


def test_the_database_refuses_a_review_by_the_preparer(coded: Desk) -> None:
    made = prepared(coded)
    insert = text(
        "INSERT INTO review (client_id, id, preparation_id, preparer_id, reviewer_id, reviewed_at,"
        " outcome, content_hash, request_key) VALUES (:client, :id, :preparation, :preparer,"
        " :reviewer, now(), 'approved', :hash, 'k')"
    )
    honest = {
        "client": coded.cast["acorn"], "preparation": made.id, "preparer": coded.cast["priya"],
        "reviewer": coded.cast["priya"], "hash": made.content_hash,
    }  # fmt: skip
    forged = {**honest, "preparer": coded.cast["tom"]}
    other = {**honest, "reviewer": coded.cast["tom"], "hash": "other content"}
    for values in (honest, forged, other):
        with coded.acting() as session, pytest.raises(IntegrityError):
            session.execute(insert, {**values, "id": new_id()})


def test_of_a_hundred_who_sign_off_at_once_one_wins(coded: Desk) -> None:
    made = prepared(coded)

    def press(number: int) -> str:
        try:
            signed(coded, made, by=("tom", "leah", "nadia")[number % 3], key=f"press {number}")
        except Conflict as refused:
            return refused.code
        return "signed"

    with ThreadPoolExecutor(16) as people:
        answers = sorted(people.map(press, range(REVIEWERS)))
    assert answers == ["already_approved"] * (REVIEWERS - 1) + ["signed"]
    with coded.acting() as session:
        assert session.scalar(select(func.count()).select_from(Review)) == 1
        acts = select(func.count()).where(AuditEvent.action == "work.approved")
        assert session.scalar(acts) == 1


def test_the_same_press_again_has_the_same_result(coded: Desk) -> None:
    made = prepared(coded)
    assert signed(coded, made, key="one") == signed(coded, made, key="one")
    with pytest.raises(Conflict, match="Tom Adeyemi signed this off already"):
        signed(coded, made, by="leah", key="other")


def test_an_edit_after_preparation_voids_it(coded: Desk) -> None:
    made = prepared(coded)
    coded.undo(coded.lines()[0])
    assert work_of(coded).state == "in_progress"
    with pytest.raises(Conflict, match="changed or sent back since"):
        signed(coded, made)
    with coded.acting() as session:
        assert session.scalars(select(BankStatement.agreed_at)).all() == [None]


def test_an_edit_after_sign_off_voids_that_too(coded: Desk) -> None:
    made = prepared(coded)
    signed(coded, made)
    coded.code(coded.lines()[0], "5010")
    item = work_of(coded)
    assert (item.state, item.done_at) == ("in_progress", None)
    again = prepared(coded)
    assert again.content_hash != made.content_hash
    signed(coded, again)
    with coded.acting() as session:
        names = [step.name for step in standing(session, item.id).steps]
    assert names == ["prepared", "approved", "voided", "prepared", "approved"]


def test_new_lines_void_it_when_they_are_released(coded: Desk) -> None:
    prepared(coded)
    with coded.acting() as session:
        assert session.scalars(select(BankStatement.agreed_by_id)).one() == coded.cast["priya"]
    coded.receive(statement(bought(20, -3), opening=83_000))
    assert work_of(coded).state == "in_progress"
    with coded.acting() as session:
        assert set(session.scalars(select(BankStatement.agreed_by_id))) == {None}


def test_work_is_sent_back_with_a_reason_to_whoever_prepared_it(coded: Desk) -> None:
    made = prepared(coded)
    actor = coded.cast.actor("tom")
    with coded.acting("tom") as session, pytest.raises(BadInput):
        return_item(session, made.id, reason=" ", content_hash=made.content_hash, by=actor, key="k")
    with coded.acting("tom") as session:
        return_item(
            session,
            made.id,
            reason="Two lumps of timber are stock.",
            content_hash=made.content_hash,
            by=actor,
            key="k",
        )
    item = work_of(coded)
    assert (item.state, item.reason) == ("returned", "Two lumps of timber are stock.")
    assert item.assignee_id == coded.cast["priya"]
    signed(coded, prepared(coded))


def test_what_was_seen_is_what_is_approved(coded: Desk) -> None:
    made = prepared(coded)
    with coded.acting("tom") as session, pytest.raises(Conflict) as refused:
        sign_off(session, made.id, content_hash="seen before", by=coded.cast.actor("tom"), key="k")
    assert refused.value.code == "changed_since_seen"
    with coded.acting() as session:
        account = coded.lines()[0].bank_account_id
        assert content_of(session, account, "2026-11") == made.content_hash


def test_review_waits_in_the_queue_of_others(coded: Desk) -> None:
    prepared(coded)
    doors = coded.cast.database["workbench"].doors
    for name, waiting in (("priya", 0), ("tom", 1)):
        with doors.across(coded.cast[name]) as session:
            page = queue(session, staff_id=coded.cast[name], whose="review")
            assert len(page.rows) == waiting
            assert queue_counts(session, staff_id=coded.cast[name])["review"] == waiting
