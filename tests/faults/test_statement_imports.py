"""The promise: an accepted batch ends with each item done exactly once, whatever dies.

Statements are uploaded, imported, released and posted while workers are killed, PostgreSQL
crashes, Redis is wiped and a stopped worker comes back. At the end every line of every file is
in the books once, and the trial balance is zero.
"""

from __future__ import annotations

import io
import itertools
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from backoffice.firm.clients.actions import add_client, ensure_house
from backoffice.firm.documents.actions import receive
from backoffice.firm.staff.actions import ensure_operator
from backoffice.foundation import audit
from backoffice.foundation.embedded import Servers
from backoffice.foundation.ids import new_id
from backoffice.foundation.registry import load_catalogues
from backoffice.foundation.tenancy import Actor
from backoffice.ledger import trial_balance
from tests.faults import harness as faults
from tests.faults.harness import Harness, plan_of
from tests.service_lines.banking.statements.written import Account, Movement, as_camt, as_mt940
from tests.support.databases import Database

pytestmark = pytest.mark.fault

CLIENTS = 6
BACKLOG = 30  # items: people send on while things break
LINES = (2, 9)
WORKERS = 4
DRAIN_SECONDS_MAX = 60
SECONDS_MAX = 150
END_OF_BOOKS = date(2026, 12, 31)


@dataclass(frozen=True)
class Upload:
    """One file and what it must come to."""

    client: UUID
    name: str
    content: bytes
    account: Account


def made(chance: random.Random, clients: Sequence[UUID]) -> Iterator[Upload]:
    """Files of one account each, so that no statement waits for another."""
    for number in itertools.count():
        movements = tuple(
            Movement(
                chance.choice((-1, 1)) * chance.randrange(1, 900_000),
                date(2026, 11, chance.randrange(1, 20)),
                "Larkfield Timber",
                "Oak",
                f"BR{number:04d}{line:04d}",
            )
            for line in range(chance.randint(*LINES))
        )
        account = Account(f"{number:08d}", "GBP", chance.randrange(10**8), movements)
        is_camt = number % 2
        content = as_camt([account]) if is_camt else as_mt940([account])
        name = f"statement-{number}.{'xml' if is_camt else 'sta'}"
        yield Upload(clients[number % CLIENTS], name, content.encode(), account)


class House:
    """The firm and its clients, and the one colleague who sends their files."""

    def __init__(self, database: Database) -> None:
        self.database = database
        runtime = database["workbench"]
        ensure_house(runtime.doors, runtime.keyring, name="Harbour Lane Back Office", country="GB")
        with runtime.doors.firm_wide(because="a test") as session:
            self.actor = Actor("staff", ensure_operator(session))
        self.clients = [self._add(f"Client {number}") for number in range(CLIENTS)]

    def _add(self, name: str) -> UUID:
        client, runtime = new_id(), self.database["workbench"]
        with runtime.doors.acting_for(client, by=self.actor) as session:
            add_client(session, runtime.keyring, name=name, country="GB")
        return client

    def send(self, upload: Upload) -> None:
        """The upload of a page; sent again with the same key it is the same upload."""
        runtime = self.database["workbench"]
        with runtime.doors.acting_for(upload.client, by=self.actor) as session:
            receive(
                session,
                runtime,
                stream=io.BytesIO(upload.content),
                name=upload.name,
                by=self.actor,
                key=upload.name,
            )


def test_nothing_is_lost_and_nothing_comes_twice(
    faulty: Database, own_servers: Servers, tmp_path: Path, chance: random.Random
) -> None:
    house = House(faulty)
    files = made(random.Random(chance.random()), house.clients)  # noqa: S311
    uploads: list[Upload] = []

    def send_one() -> Callable[[], None]:
        upload = next(files)
        uploads.append(upload)
        return lambda: house.send(upload)

    harness = Harness(faulty, own_servers, tmp_path, ["tests.faults.posting"], chance)
    began = time.monotonic()
    with harness.workers(WORKERS):
        plan = plan_of(chance, kills=60, crashes=3, wipes=3, zombies=1)
        harness.play(plan, feed=send_one, backlog=BACKLOG)
        drained = harness.drain(seconds=DRAIN_SECONDS_MAX)
    seconds = time.monotonic() - began
    print(
        f"{len(uploads)} statements, {dict(harness.done)} in {seconds:.0f} s,"
        f" drained {drained:.1f} s after the last"
    )
    assert harness.done == {faults.KILL: 60, faults.CRASH: 3, faults.WIPE: 3, faults.ZOMBIE: 1}
    assert seconds < SECONDS_MAX
    assert harness.refused_zombies() >= 1
    assert_all_batches_are_done(harness, statements=len(uploads))
    assert_every_line_is_in_the_books_once(harness, uploads)
    assert_nothing_is_broken(house)


def assert_all_batches_are_done(harness: Harness, *, statements: int) -> None:
    rows = harness.count("SELECT count(*) FROM firm.batch WHERE state <> 'done'")
    assert rows == 0, harness.stuck()
    opened_once = harness.count(
        "SELECT count(*) FROM firm.batch WHERE kind IN ('post_to_suspense', 'statement_import')"
    )
    assert opened_once == 2 * statements


def assert_every_line_is_in_the_books_once(harness: Harness, uploads: Sequence[Upload]) -> None:
    lines = sum(len(upload.account.movements) for upload in uploads)
    assert harness.count("SELECT count(*) FROM document") == len(uploads)
    assert harness.count("SELECT count(*) FROM bank_import WHERE state = 'released'") == len(
        uploads
    )
    assert harness.count("SELECT count(*) FROM bank_line") == lines
    assert harness.count("SELECT count(*) FROM journal_entry") == lines
    assert harness.count("SELECT count(*) FROM posting") == 2 * lines
    for upload in uploads:
        moved = sum(movement.cents for movement in upload.account.movements)
        assert balance_of(harness, upload) == moved, upload.name


def balance_of(harness: Harness, upload: Upload) -> int:
    """What the books say is in the bank account of a file."""
    return harness.count(
        "SELECT sum(p.amount_minor) FROM posting p JOIN bank_account a"
        " ON a.client_id = p.client_id AND a.ledger_account_id = p.account_id"
        " WHERE a.client_id = :client AND a.id = (SELECT s.bank_account_id FROM bank_statement s"
        " JOIN bank_import i ON i.client_id = s.client_id AND i.id = s.import_id"
        " JOIN document d ON d.client_id = i.client_id AND d.id = i.document_id"
        " WHERE d.client_id = :client AND d.name = :name)",
        client=upload.client,
        name=upload.name,
    )


def assert_nothing_is_broken(house: House) -> None:
    """The trial balance is zero, every invariant of `backoffice check` and every chain holds."""
    runtime = house.database["workbench"]
    for client in house.clients:
        with runtime.doors.acting_for(client, by=house.actor) as session:
            found = trial_balance(session, END_OF_BOOKS)
            assert found.total_debit_minor == found.total_credit_minor > 0
            checks = load_catalogues().checks.values()
            assert [wrong for check in checks for wrong in check.find(session, runtime)] == []
            assert audit.first_broken(session) is None
