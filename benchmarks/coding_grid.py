"""How many queries a page of the coding grid takes with 1,000 and with 10,000 open lines, and how
long it takes: both should be the same.

    python -m benchmarks.coding_grid
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from sqlalchemy import func, select

from backoffice.service_lines.banking.actions.releasing import release_import
from backoffice.service_lines.banking.models import BankAccount, BankLine
from benchmarks.bank_import import Bench, Times
from benchmarks.ground import firm
from tests.support.browsers import Tab, Web
from tests.support.cast import Cast
from tests.support.queries import queries_of

SIZES = (1_000, 10_000)
ROUNDS = 9


def main() -> None:
    """Queries and milliseconds of a page, at each size."""
    with firm() as cast, TemporaryDirectory() as folder:
        bench, web = Bench(cast, Path(folder), lines_a_day=100_000), Web(cast)
        tab = web.signed_in("priya")
        print(f"{'coding grid':<24}{'queries a page':>16}{'ms (median)':>14}")
        for size in SIZES:
            open_lines(bench, size)
            queries, seconds = page_of(tab, cast)
            print(f"{size:>7,} open lines      {queries:>16}{seconds * 1000:>14.0f}", flush=True)
        web.close()


def open_lines(bench: Bench, wanted: int) -> None:
    """Import and release so many that the account has this many open lines."""
    path = bench.statement(wanted - counted(bench.cast))
    import_id = bench.store(path, Times())
    with bench.cast.acting_for("acorn") as session:
        release_import(session, import_id, by=bench.cast.actor("priya"))
    assert counted(bench.cast) == wanted


def counted(cast: Cast) -> int:
    with cast.acting_for("acorn") as session:
        is_open = BankLine.state == "open"
        return session.scalar(select(func.count()).select_from(BankLine).where(is_open)) or 0


def page_of(tab: Tab, cast: Cast) -> tuple[int, float]:
    """How many queries the grid's page takes, and the median of its seconds."""
    address = f"/clients/{cast['acorn']}/bank-accounts/{account(cast)}/lines"
    tab.get(address)
    with queries_of(tab.app) as sent:
        answer = tab.get(address)
    assert answer.status_code == 200
    assert answer.text.count("data-row") >= 100, "the page shows no lines"
    return len(sent), statistics.median(seconds_of(tab, address) for _ in range(ROUNDS))


def seconds_of(tab: Tab, address: str) -> float:
    began = time.perf_counter()
    tab.get(address)
    return time.perf_counter() - began


def account(cast: Cast) -> UUID:
    with cast.acting_for("acorn") as session:
        return session.scalars(select(BankAccount.id)).one()


if __name__ == "__main__":
    main()
