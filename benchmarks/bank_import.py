"""How fast bank lines are stored, beside bare COPY of the same rows, in one run.

    python -m benchmarks.bank_import [--lines 10000] [--rounds 4]

Each round reads an MT940 file of a client that has rules and a history of codings, and stores its
lines as a worker does: with fingerprint, occurrence, sealed account number, suggestion, chunks,
row-level security, all keys and indexes, audit and one commit, fsync on. COPY then writes the
very rows that were stored, as the superuser: into a table with the same indexes, into one with
its two keys alone, and into one without any. Figures move twofold between machines and hours: read
the shares.
"""

from __future__ import annotations

import argparse
import itertools
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, select, text

from backoffice.firm.documents.actions import keep
from backoffice.firm.documents.staging import already_read
from backoffice.foundation.ids import new_id
from backoffice.ledger import LedgerAccount
from backoffice.service_lines.banking.actions.accepting import accept_all_sure
from backoffice.service_lines.banking.actions.finishing import finish_import
from backoffice.service_lines.banking.actions.importing import start_import
from backoffice.service_lines.banking.actions.reading import take_in
from backoffice.service_lines.banking.actions.releasing import release_import
from backoffice.service_lines.banking.actions.ruling import make_rule
from backoffice.service_lines.banking.actions.storing import store_chunk
from backoffice.service_lines.banking.models import BankAccount
from backoffice.service_lines.banking.statements.limited import read_limited
from benchmarks.ground import firm
from tests.service_lines.banking.statements.written import Account, Movement, as_mt940
from tests.support.cast import Cast

RULES, COUNTERPARTIES, HISTORY = 60, 300, 1_500
LINES_A_DAY = 400
FIRST = date(2026, 1, 2)
# What COPY is given, and how it is made like the table of bank lines.
TABLES = {
    "COPY, the same indexes": ("copied", "LIKE bank_line INCLUDING INDEXES"),
    "COPY, two keys": (
        "copied_keys",
        "LIKE bank_line, PRIMARY KEY (client_id, id),"
        " UNIQUE (client_id, bank_account_id, fingerprint, occurrence)",
    ),
    "COPY, no index": ("copied_bare", "LIKE bank_line"),
}


@dataclass
class Times:
    """Seconds, summed over the rounds."""

    reading: float = 0.0
    storing: float = 0.0
    copying: dict[str, float] = field(default_factory=lambda: dict.fromkeys(TABLES, 0.0))
    lines: int = 0


@dataclass
class Bench:
    """Acorn's bank account, which goes on from statement to statement."""

    cast: Cast
    folder: Path
    number: itertools.count[int] = field(default_factory=itertools.count)
    balance: int = 1_000_000
    day: date = FIRST
    lines_a_day: int = LINES_A_DAY

    def statement(self, lines: int) -> Path:
        """A file of so many movements that follows on from the one before."""
        opening, movements = self.balance, []
        for position in range(lines):
            number = next(self.number)
            who, cents = f"Customer {number % COUNTERPARTIES}", number * 7919 % 100_000 + 1
            cents = -cents if number % 3 else cents
            self.balance += cents
            movements.append(
                Movement(cents, self.day, who, f"Payment invoice {number}", f"R{number:08}")
            )
            if position % self.lines_a_day == self.lines_a_day - 1:
                self.day += timedelta(days=1)
        self.day += timedelta(days=1)
        path = self.folder / f"{new_id().hex}.sta"
        account = Account("GB29NWBK60161331926819", "GBP", opening, tuple(movements))
        path.write_text(as_mt940([account]))
        return path

    def store(self, path: Path, times: Times) -> UUID:
        """Read and store one file; the import's id."""
        runtime, actor = self.cast.database["worker"], self.cast.actor("priya")
        began = time.perf_counter()
        file = read_limited(path, path.name)
        times.reading += time.perf_counter() - began
        with runtime.doors.acting_for(self.cast["acorn"], by=actor) as session:
            with already_read(path, media_type="application/octet-stream") as staged:
                kept = keep(session, runtime, staged, by=actor, key=new_id().hex, routed=False)
            begun = start_import(session, kept.document.id, by=actor, in_background=False)
            began = time.perf_counter()
            for chunk in take_in(session, runtime, begun, file):
                store_chunk(session, runtime, chunk)
            finish_import(session, runtime, begun)
            assert begun.state == "shown", begun.reason
            times.lines += begun.new
            import_id = begun.id
        times.storing += time.perf_counter() - began
        return import_id

    def prepare(self) -> None:
        """Rules for some counterparties, and a history of codings for them."""
        import_id = self.store(self.statement(HISTORY), Times())
        actor = self.cast.actor("priya")
        with self.cast.acting_for("acorn") as session:
            release_import(session, import_id, by=actor)
            accounts = session.scalars(
                select(LedgerAccount.id).where(
                    LedgerAccount.role.is_(None), LedgerAccount.is_parent.is_(False)
                )
            ).all()
            for number in range(RULES):
                words, account_id = f"customer {number}", accounts[number % len(accounts)]
                make_rule(session, words=words, account_id=account_id, by=actor)
        with self.cast.acting_for("acorn") as session:
            account_id = session.scalars(select(BankAccount.id)).one()
            done = accept_all_sure(session, bank_account_id=account_id, by=actor, key=new_id().hex)
            assert done.coded > 0


def copied(admin: Engine, import_id: UUID, table: str) -> float:
    """Seconds for COPY of an import's rows into a table, with its commit."""
    with admin.connect() as connection:
        rows = b"".join(read_rows(connection, import_id))
        connection.rollback()
        began = time.perf_counter()
        with raw(connection).cursor().copy(f"COPY {table} FROM STDIN") as copying:
            copying.write(rows)
        raw(connection).commit()
        return time.perf_counter() - began


def read_rows(connection: Connection, import_id: UUID) -> Any:
    wanted = f"SELECT * FROM bank_line WHERE import_id = '{import_id}'"  # noqa: S608  an id
    with raw(connection).cursor().copy(f"COPY ({wanted}) TO STDOUT") as copying:
        yield from (bytes(piece) for piece in copying)


def raw(connection: Connection) -> Any:
    return connection.connection.driver_connection


def measure(cast: Cast, folder: Path, lines: int, rounds: int) -> Times:
    admin = cast.database.as_superuser()
    with admin.begin() as connection:
        for table, shape in TABLES.values():
            connection.execute(text(f"CREATE TABLE {table} ({shape})"))
    bench, times = Bench(cast, folder), Times()
    bench.prepare()
    for _ in range(rounds):  # in turns, so that a busy moment hits all of them
        import_id = bench.store(bench.statement(lines), times)
        for what, (table, _shape) in TABLES.items():
            times.copying[what] += copied(admin, import_id, table)
    return times


def show(times: Times) -> None:
    ours = {
        "stored with fingerprint and suggestion": times.storing,
        "read from the file and stored": times.reading + times.storing,
    }
    print(f"{'bank lines':<40}{'lines/s':>10}" + "".join(f"{of:>26}" for of in times.copying))
    for what, seconds in (times.copying | ours).items():
        shares = "".join(f"{copying / seconds:>26.1%}" for copying in times.copying.values())
        print(f"{what:<40}{times.lines / seconds:>10,.0f}{shares}")


def main() -> None:
    """Lines a second, and the shares of COPY."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--lines", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=4)
    asked = parser.parse_args()
    with firm() as cast, TemporaryDirectory() as folder:
        show(measure(cast, Path(folder), asked.lines, asked.rounds))


if __name__ == "__main__":
    main()
