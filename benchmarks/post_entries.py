"""How fast entries are posted, beside bare COPY of the same lines and a bare commit, in one run.

    python -m benchmarks.post_entries [--lines 200000]

Everything runs as the workbench, under row-level security, with all triggers, keys, balances,
numbers, chain and audit, and with fsync on. COPY writes the same columns with the same indexes
and nothing else. Figures move twofold between machines and hours: read the shares.

`DATABASE_URL` names a server where databases may be made; without it an embedded one is started.
"""

from __future__ import annotations

import argparse
import base64
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, create_engine, make_url, select, text

from backoffice.foundation import embedded
from backoffice.foundation.audit import AuditHead
from backoffice.foundation.ids import new_id
from backoffice.foundation.migrating import migrate
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import SYSTEM
from backoffice.ledger import Draft, DraftLine, LedgerAccount, open_books, post, trial_balance
from config.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
FIRST = date(2025, 1, 1)
TODAY = date(2026, 1, 15)
COLUMNS = (
    "client_id, id, entry_id, line, account_id, accounting_date, amount_minor, currency,"
    " base_minor, narration"
)


@dataclass
class Bench:
    """One client with open books on a fresh database."""

    runtime: Runtime
    admin: Engine
    client_id: UUID = field(default_factory=new_id)
    accounts: list[UUID] = field(default_factory=list)
    made: int = 0

    def open(self) -> None:
        with self.runtime.doors.acting_for(self.client_id, by=SYSTEM) as session:
            session.execute(
                text("INSERT INTO firm.tenant VALUES (:id, 'client', :hash, now())"),
                {"id": self.client_id, "hash": self.client_id.bytes},
            )
            session.add(AuditHead())
            open_books(
                session, country="GB", currency="GBP", fiscal_year_start="01-01", today=TODAY
            )
            self.accounts = list(
                session.scalars(
                    select(LedgerAccount.id).where(LedgerAccount.is_parent.is_(False)).limit(50)
                )
            )

    def drafts(self, count: int) -> list[Draft]:
        return [self.draft() for _ in range(count)]

    def draft(self) -> Draft:
        """Two lines, on a day of the year and two accounts that change with each entry."""
        self.made += 1
        debit, credit = random.sample(self.accounts, 2)
        amount = self.made % 100_000 + 1
        return Draft(
            source_kind="bench",
            source_id=new_id(),
            on=FIRST + timedelta(days=self.made % 365),
            narration="Materials for the workshop",
            lines=(
                DraftLine(account_id=debit, amount_minor=amount, currency="GBP"),
                DraftLine(account_id=credit, amount_minor=-amount, currency="GBP"),
            ),
        )

    def post(self, drafts: list[Draft], batch: int) -> float:
        """Seconds to post the drafts, so many a transaction."""
        started = time.perf_counter()
        for start in range(0, len(drafts), batch):
            with self.runtime.doors.acting_for(self.client_id, by=SYSTEM) as session:
                post(session, drafts[start : start + batch])
        return time.perf_counter() - started

    def copy(self, drafts: list[Draft]) -> float:
        """Seconds to COPY the lines of the drafts, as text that is ready made."""
        rows = "".join(self.rows(drafts))
        with self.admin.connect() as connection:
            raw: Any = connection.connection.driver_connection
            started = time.perf_counter()
            with raw.cursor().copy(f"COPY copied ({COLUMNS}) FROM STDIN") as copying:
                copying.write(rows)
            raw.commit()
            return time.perf_counter() - started

    def rows(self, drafts: list[Draft]) -> Iterator[str]:
        for draft in drafts:
            entry = new_id()
            for place, line in enumerate(draft.lines, start=1):
                yield (
                    f"{self.client_id}\t{new_id()}\t{entry}\t{place}\t{line.account_id}\t"
                    f"{draft.on}\t{line.amount_minor}\tGBP\t{line.base}\t\n"
                )

    def bare_commits(self, count: int) -> float:
        """Seconds for two lines into a table and a commit, so many times."""
        [draft] = self.drafts(1)
        started = time.perf_counter()
        statement = f"INSERT INTO copied ({COLUMNS}) VALUES "  # noqa: S608
        with self.admin.connect() as connection:
            raw: Any = connection.connection.driver_connection
            for _ in range(count):
                values = ",".join(
                    "('" + "','".join(row.rstrip("\n").split("\t")) + "')"
                    for row in self.rows([draft])
                )
                raw.execute(statement + values)
                raw.commit()
        return time.perf_counter() - started


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def measure(bench: Bench, lines: int) -> None:
    with bench.admin.begin() as connection:
        connection.execute(text("CREATE TABLE copied (LIKE posting INCLUDING INDEXES)"))
    bench.post(bench.drafts(2000), 1000)
    print(f"{'':32}{'entries/s':>12}{'lines/s':>12}   of COPY")
    for batch, rounds in ((100, 20), (1000, 10), (10_000, 3)):
        copied = posted = 0.0
        for _ in range(rounds):  # in turns, so that a busy moment hits both
            copied += bench.copy(bench.drafts(batch))
            posted += bench.post(bench.drafts(batch), batch)
        lines_made = 2 * batch * rounds
        say(f"COPY, {batch} entries", lines_made / 2 / copied, lines_made / copied, "100 %")
        share = f"{copied / posted:.1%}"
        say(f"post, {batch} a call", lines_made / 2 / posted, lines_made / posted, share)
    bare = bench.bare_commits(300)
    one = bench.post(bench.drafts(300), 1)
    say("bare commit of two lines", 300 / bare, 600 / bare, "")
    say("post, one a call", 300 / one, 600 / one, f"{one / bare:.1f} x a bare commit")
    while 2 * bench.made < lines:
        bench.post(bench.drafts(10_000), 10_000)
    reports(bench)


def reports(bench: Bench) -> None:
    with bench.runtime.doors.acting_for(bench.client_id, by=SYSTEM) as session:
        stored = session.scalar(text("SELECT count(*) FROM posting"))
        questions = {
            "trial balance, end of a month": lambda: trial_balance(session, date(2025, 12, 31)),
            "trial balance, in a month": lambda: trial_balance(session, date(2025, 12, 20)),
            "SUM over all lines": lambda: session.execute(
                text("SELECT account_id, sum(base_minor) FROM posting GROUP BY 1")
            ).all(),
        }
        for name, ask in questions.items():
            ask()
            middle = statistics.median(seconds(ask) for _ in range(9))
            print(f"{name:32}{middle * 1000:>9.1f} ms   of {stored:,} lines")


def say(what: str, entries: float, lines: float, share: str) -> None:
    print(f"{what:32}{entries:>12,.0f}{lines:>12,.0f}   {share}", flush=True)


@contextmanager
def fresh_database() -> Iterator[Bench]:
    given = os.environ.get("DATABASE_URL")
    folder = ROOT / "var" / "bench"
    with nullcontext() if given else embedded.servers(folder) as servers:
        url = make_url(given or servers.database_url)
        settings = Settings.from_environment(
            {
                "DATABASE_URL": url.set(database=f"bench_{os.getpid()}").render_as_string(False),
                "BACKOFFICE_KEY": base64.b64encode(random.randbytes(32)).decode(),
                "STORAGE_URL": (folder / "storage").as_uri(),
                "BACKOFFICE_FIRM_NAME": "Bench",
            }
        )
        admin = create_engine(url, isolation_level="AUTOCOMMIT")
        try:
            migrate(settings.database_url, settings.role_passwords())
            runtime = Runtime.start(settings, role="workbench")
            own = create_engine(settings.database_url)
            bench = Bench(runtime, own)
            bench.open()
            yield bench
            own.dispose()
            runtime.doors.engine.dispose()
        finally:
            with admin.connect() as connection:
                connection.execute(
                    text(f"DROP DATABASE IF EXISTS bench_{os.getpid()} WITH (FORCE)")
                )
            admin.dispose()


def main() -> None:
    """The shares of COPY and of a bare commit, and the reports beside a sum over all lines."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--lines", type=int, default=100_000)
    lines = parser.parse_args().lines
    with fresh_database() as bench:
        measure(bench, lines)


if __name__ == "__main__":
    main()
