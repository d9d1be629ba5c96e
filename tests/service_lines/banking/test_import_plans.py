"""A long import reads each line a few times, and never each line for each other.

Measured in rows that the database read, which no load changes, and on a table that was never
analysed: that is how a new installation meets its first long file.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlalchemy import text

from backoffice.foundation.tenancy import ScopedSession
from backoffice.service_lines.banking.inline import _import
from backoffice.service_lines.banking.statements.limited import read_limited
from tests.service_lines.banking.files import statement, written
from tests.service_lines.banking.statements.written import Movement
from tests.support.cast import Cast

LINES = 3_000  # two chunks
READ_PER_LINE_MAX = 12
READ = text(
    "SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)"
    " FROM pg_stat_xact_user_tables WHERE relname = 'bank_line'"
)


def test_storing_reads_in_proportion(cast: Cast, tmp_path: Path) -> None:
    with cast.database.as_superuser().begin() as connection:
        connection.execute(text("ALTER TABLE bank_line SET (autovacuum_enabled = off)"))
    opening = 0
    for month in range(3):
        path, opening = many(tmp_path, month, opening)
        read = rows_read(cast, path)
        assert read < READ_PER_LINE_MAX * LINES, f"{read:,} rows were read for {LINES:,} lines"


def many(folder: Path, month: int, opening: int) -> tuple[Path, int]:
    """A file that follows on from the one before, and what the account holds after it."""
    lines = (
        Movement(
            -number,
            date(2026, month + 1, number % 28 + 1),
            "Larkfield",
            "Oak",
            f"R{month}-{number}",
        )
        for number in range(1, LINES + 1)
    )
    account = statement(*lines, opening=opening)
    return written(folder, account, kind="mt940"), account.closing_cents


def rows_read(cast: Cast, path: Path) -> int:
    """How many rows of bank lines are read to store the file."""
    file, runtime = read_limited(path, path.name), cast.database["worker"]
    with cast.acting_for("acorn", role="worker") as session:
        done = _import(session, runtime, path, file, None, cast.actor("priya"))
        assert (done.state, done.new) == ("shown", LINES), done.reason
        return read_by(session)


def read_by(session: ScopedSession) -> int:
    return int(session.scalar(READ) or 0)
