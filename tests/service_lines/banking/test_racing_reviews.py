"""A hundred presses on "Sign off" from two processes, some by who may not: one approval."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from backoffice.firm.work.models import WorkItem
from backoffice.firm.work.review import sign_off
from backoffice.foundation.errors import Refused
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import Actor
from backoffice.service_lines.banking.actions.preparing import prepare_coding
from config.settings import Settings
from tests.service_lines.banking.coding_desk import Desk
from tests.service_lines.banking.files import bought

PRESSES, THREADS = 50, 8  # of each process
SECONDS_MAX = 120


@dataclass(frozen=True)
class Race:
    """What a process needs to take part."""

    settings: Settings
    client_id: UUID
    preparation_id: UUID
    content_hash: str
    people: tuple[UUID, ...]


def press_many(race: Race, number: int, start: Any, answers: Any) -> None:
    """In a process of its own: press as one person after the other, many at once."""
    runtime = Runtime.start(race.settings, role="workbench")

    def press(turn: int) -> str:
        who = race.people[turn % len(race.people)]
        actor = Actor("staff", who)
        try:
            with runtime.doors.acting_for(race.client_id, by=actor) as session:
                sign_off(
                    session,
                    race.preparation_id,
                    content_hash=race.content_hash,
                    by=actor,
                    key=f"process {number} press {turn}",
                )
        except Refused as refused:
            return refused.code
        return f"signed by {who}"

    start.wait(SECONDS_MAX)
    with ThreadPoolExecutor(THREADS) as people:
        answers.put(list(people.map(press, range(PRESSES))))
    runtime.doors.engine.dispose()


def test_of_a_hundred_in_two_processes_one_wins(desk: Desk) -> None:
    race = prepared_for(desk, "tom", "priya", "nadia", "sofia")
    leaves(desk, "sofia")
    found = Counter(raced(race))
    may = {f"signed by {desk.cast[name]}" for name in ("tom", "nadia")}
    signed = {answer: times for answer, times in found.items() if answer.startswith("signed")}
    assert set(signed) <= may
    assert sum(signed.values()) == 1
    refused = {"already_approved", "preparer_may_not_review", "not_permitted"}
    assert set(found) - set(signed) <= refused
    assert sum(found.values()) == 2 * PRESSES
    with desk.cast.database.as_superuser().connect() as connection:
        counts = connection.execute(
            text(
                "SELECT (SELECT count(*) FROM review),"
                " (SELECT count(*) FROM audit_event WHERE action = 'work.approved'),"
                " (SELECT count(*) FROM work_item WHERE kind = 'coding' AND state = 'done')"
            )
        ).one()
    assert tuple(counts) == (1, 1, 1)


def prepared_for(desk: Desk, *names: str) -> Race:
    for line in desk.receive_lines(bought(6, -12_000)):
        desk.code(line, "5000")
    with desk.acting() as session:
        item_id = session.scalars(select(WorkItem.id).where(WorkItem.kind == "coding")).one()
        made = prepare_coding(session, item_id, by=desk.cast.actor("priya"))
        people = tuple(desk.cast[name] for name in names)
        settings = desk.cast.database.settings
        return Race(settings, desk.cast["acorn"], made.id, made.content_hash, people)


def leaves(desk: Desk, name: str) -> None:
    with desk.cast.database.as_superuser().begin() as connection:
        connection.execute(
            text("UPDATE firm.staff SET deactivated_at = now() WHERE id = :id"),
            {"id": desk.cast[name]},
        )


def raced(race: Race) -> list[str]:
    """What every press was answered, from two processes that start together."""
    context = multiprocessing.get_context("spawn")
    start, answers = context.Barrier(2), context.Queue()
    processes = [
        context.Process(target=press_many, args=(race, number, start, answers))
        for number in range(2)
    ]
    for process in processes:
        process.start()
    found = [answer for _process in processes for answer in answers.get(timeout=SECONDS_MAX)]
    for process in processes:
        process.join(SECONDS_MAX)
        assert process.exitcode == 0
    return found
