"""The play of the demonstration: right figures, nothing twice, and a new day adds its lines."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from backoffice.command_line import migrate
from backoffice.command_line.check import failures_of
from backoffice.demo import recipes
from backoffice.demo.engaging import Engaged, engage
from backoffice.demo.play import Played, play, play_months
from backoffice.demo.stage import Stage
from backoffice.firm.documents.queries import documents
from backoffice.foundation.clock import move_business_clock
from backoffice.foundation.registry import Registry, load_catalogues
from backoffice.ledger import trial_balance
from backoffice.service_lines.banking.actions.importing import BATCH_KIND
from tests.support.databases import Database, Template
from worker.run_batch import Runner

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)  # the 23rd in all three zones
LAST_MONTH = date(2026, 10, 31)

# What the tests know of the charts: where the tax of a code goes, and how much of the gross it is.
TAXES = {
    "S20": ("2200", Decimal("0.20")),
    "P20": ("1170", Decimal("0.20")),
    "P5": ("1170", Decimal("0.05")),
    "K11": ("2100", Decimal("0.11")),
    "M11": ("1300", Decimal("0.11")),
}
ROWS = "SELECT t::text FROM {table} t ORDER BY 1"
OPENING_BALANCES = "3100"
FIRST_BANK_ACCOUNT = {"acorn": 1201, "birch": 1001, "cendana": 1101}


@dataclass(frozen=True)
class Theatre:
    """A database in which the demo was played, and what it takes to play it again."""

    database: Database
    stage: Stage
    played: Played

    def client(self, slug: str) -> Engaged:
        return next(one for one in self.played.clients if one.cast.slug == slug)

    def again(self) -> Played:
        return play(self.stage)


def stage_on(database: Database) -> Stage:
    """A worker's loop in this process: it reads statements until none is due. Mails wait."""
    reading = Registry()
    reading.add(load_catalogues().batch_kinds[BATCH_KIND])
    runner = Runner(database["worker"], reading, backoff_seconds=0)

    def wait_until(is_true) -> None:
        runner.drain()
        assert is_true()

    return Stage(database["workbench"], database["portal"], wait_until, lambda _slug, _words: None)


def set_clock(database: Database, to: datetime) -> None:
    with database["workbench"].doors.firm_wide(because="a test") as session:
        move_business_clock(session, to=to, may_move=True)


@pytest.fixture(scope="module")
def played_template(
    template: Template, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path, Played]]:
    storage = tmp_path_factory.mktemp("played")
    with template.copy(storage) as database:
        migrate.run(database.settings)
        set_clock(database, NOON)
        played = play(stage_on(database))
        database.close()  # a database is copied only while nobody is connected to it
        yield database.name, storage, played


@pytest.fixture
def theatre(template: Template, played_template: tuple[str, Path, Played]) -> Iterator[Theatre]:
    name, storage, played = played_template
    with Template(template.servers, storage, name).copy(storage) as database:
        yield Theatre(database, stage_on(database), played)


def test_the_books_of_last_month_are_what_the_recipes_say(theatre):
    for client in theatre.played.clients:
        with theatre.stage.as_staff(client.preparer, client.id) as session:
            rows = trial_balance(session, LAST_MONTH).rows
        assert {row.code: row.net_minor for row in rows if row.net_minor} == expected(client)


def expected(client: Engaged) -> dict[str, int]:
    """Sums over the recipes' rows, by arithmetic of its own; debits positive, in minor units."""
    sums: Counter[str] = Counter()
    for place, account in enumerate(client.cast.accounts):
        bank = str(FIRST_BANK_ACCOUNT[client.cast.slug] + place)
        sums[bank] += account.opening_minor
        sums[OPENING_BALANCES] -= account.opening_minor
        for code, tax, amount in targets(account.recipe):
            net, tax_minor = cut(amount, tax)
            sums[bank] += amount
            sums[code] -= net
            sums[TAXES[tax][0] if tax_minor else code] -= tax_minor
    return {code: amount for code, amount in sums.items() if amount}


def targets(recipe: str) -> Iterator[tuple[str, str, int]]:
    """Account, tax code and gross of each row, parts one by one; a transfer rests in transit."""
    with (Path(recipes.__file__).parent / f"{recipe}.csv").open() as file:
        for row in csv.DictReader(file, restval=""):
            treatment, *words = row["treatment"].split() or [""]
            if treatment == "split":
                for account, tax, amount in zip(words[::3], words[1::3], words[2::3], strict=True):
                    yield account, tax, minor(amount)
            elif treatment == "transfer":
                yield "1300", "N", minor(row["amount"])
            elif treatment == "learned":
                yield words[0], words[1], minor(row["amount"])
            else:
                yield row["account"], row["tax"], minor(row["amount"])


def test_every_invariant_holds(theatre):
    for client in theatre.played.clients:
        with theatre.stage.as_staff(client.preparer, client.id) as session:
            assert failures_of(session, theatre.stage.workbench) == []


def test_last_month_is_signed_off_and_some_of_this_month_is_left_for_the_visitor(theatre):
    for books in theatre.played.books:
        assert books.signed_off == ["2026-10"]
        assert 10 <= books.lines - books.posted <= 16


def test_a_cut_statement_is_held_back_with_the_reason(theatre):
    cendana = theatre.client("cendana")
    with theatre.stage.as_person(cendana.sender, cendana.id) as session:
        held = [one.held_reason for one in documents(session, state="held").documents]
    assert len(held) == 1
    assert "33,300,000.00" in held[0]


def test_a_second_play_changes_nothing(theatre):
    before = contents(theatre.database)
    again = theatre.again()
    assert again.books == theatre.played.books
    assert contents(theatre.database) == before


def contents(database: Database) -> dict[str, str]:
    """A digest of the rows of every table."""
    with database.as_superuser().connect() as connection:
        tables = connection.scalars(
            text(
                "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r'"
                " AND relnamespace IN ('public'::regnamespace, 'firm'::regnamespace)"
            )
        ).all()
        return {
            table: hashlib.sha256(
                "\n".join(connection.scalars(text(ROWS.format(table=table)))).encode()
            ).hexdigest()
            for table in tables
        }


def test_a_new_day_adds_its_lines_and_keeps_the_rest(theatre):
    set_clock(theatre.database, NOON + timedelta(days=1))
    tomorrow = {books.slug: books.lines for books in theatre.again().books}
    today = {books.slug: books.lines for books in theatre.played.books}
    assert {slug: tomorrow[slug] - today[slug] for slug in today} == {
        "acorn": 1,
        "birch": 1,
        "cendana": 0,
    }


def test_when_the_month_is_over_it_is_finished_and_signed_off(theatre):
    set_clock(theatre.database, datetime(2026, 12, 2, 12, tzinfo=UTC))
    acorn = engage(theatre.stage, theatre.played.staff)[0]
    books = play_months(theatre.stage, acorn)
    assert books.signed_off == ["2026-10", "2026-11"]
    assert (books.lines - books.posted) == 1  # the first line of December
    test_every_invariant_holds(theatre)


def minor(amount: str) -> int:
    return int(Decimal(amount) * 100)


def cut(gross: int, tax: str) -> tuple[int, int]:
    if tax not in TAXES:
        return gross, 0
    rate = TAXES[tax][1]
    tax_minor = int((gross * rate / (1 + rate)).quantize(Decimal(1), ROUND_HALF_UP))
    return gross - tax_minor, tax_minor
