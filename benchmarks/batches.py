"""How fast items are claimed and settled in claims of 50, beside one by one, in one run.

    python -m benchmarks.batches [--items 5000]

The work itself is nothing, so this is what the machinery costs: claim with lease and token, one
transaction with its audit row for each claim, the batch's counts. Real role, row-level security,
fsync on. Figures move twofold between machines and hours: read the ratio.

`DATABASE_URL` names a server where databases may be made; without it an embedded one is started.
"""

from __future__ import annotations

import argparse
import base64
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from uuid import UUID

from sqlalchemy import create_engine, make_url, text

from backoffice.foundation import embedded
from backoffice.foundation.audit import AuditHead
from backoffice.foundation.batches import Item, open_batch, progress
from backoffice.foundation.batches.claiming import CLAIM_MAX, claim
from backoffice.foundation.ids import new_id
from backoffice.foundation.migrating import migrate
from backoffice.foundation.registry import BatchKind, Registry
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import SYSTEM, ScopedSession
from config.settings import Settings
from worker.run_batch import Runner

ROOT = Path(__file__).resolve().parents[1]
ITEMS = 5000
KIND = "nothing"


class Paced(Runner):
    """A runner that claims no more than it is told at a time."""

    limit = CLAIM_MAX

    def claim(self) -> list[Item]:
        lease = self.runtime.settings.lease_seconds
        with self.runtime.doors.firm_wide(because="a measurement") as session:
            return claim(session, kinds=[KIND], lease_seconds=lease, limit=self.limit)


def main() -> None:
    """Items a second both ways, and how many times quicker claims of 50 are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=ITEMS)
    items = parser.parse_args().items
    with bench_runtime() as runtime:
        client = opened_client(runtime)
        together = rate(runtime, client, items, CLAIM_MAX)
        alone = rate(runtime, client, items // 10, 1)
    print(
        f"batches    {together:10,.0f} items/s in claims of {CLAIM_MAX}"
        f"   one by one {alone:10,.0f}   ratio {together / alone:.1f}"
    )


def rate(runtime: Runtime, client: UUID, items: int, limit: int) -> float:
    """Items a second, from the first claim to the batch's end."""
    with runtime.doors.acting_for(client, by=SYSTEM) as session:
        subjects = [new_id() for _item in range(items)]
        batch = open_batch(session, KIND, client_id=client, subject_id=None, items=subjects).id
    runner = Paced(runtime, nothing_to_do())
    runner.limit = limit
    start = time.perf_counter()
    runner.drain()
    taken = time.perf_counter() - start
    with runtime.doors.firm_wide(because="a measurement") as session:
        assert progress(session, batch).done == items
    return items / taken


def nothing_to_do() -> Registry:
    def run(_session: ScopedSession, _item: Item, _runtime: Runtime) -> None:
        pass

    registry = Registry()
    registry.add(BatchKind(KIND, lambda: "Nothing", run))
    return registry


def opened_client(runtime: Runtime) -> UUID:
    client = new_id()
    admin = create_engine(runtime.settings.database_url)
    with admin.begin() as connection:
        connection.execute(
            text("INSERT INTO firm.tenant VALUES (:id, 'client', :hash, now())"),
            {"id": client, "hash": client.bytes},
        )
    admin.dispose()
    with runtime.doors.acting_for(client, by=SYSTEM) as session:
        session.add(AuditHead())
    return client


@contextmanager
def bench_runtime() -> Iterator[Runtime]:
    """A worker's runtime on a database of its own, which is dropped at the end."""
    given = os.environ.get("DATABASE_URL", "").strip()
    servers = nullcontext() if given else embedded.servers(ROOT / "var" / "bench")
    with servers as pair:
        url = make_url(given or pair.database_url)  # type: ignore[union-attr]
        name = f"bench_{new_id().hex[-8:]}"
        settings = Settings.from_environment(
            {
                "DATABASE_URL": url.set(database=name).render_as_string(hide_password=False),
                "BACKOFFICE_KEY": base64.b64encode(bytes(range(32))).decode(),
                "BACKOFFICE_FIRM_NAME": "Harbour Lane Back Office",
                "BACKOFFICE_DEMO": "1",
            }
        )
        try:
            migrate(settings.database_url, settings.role_passwords())
            runtime = Runtime.start(settings, role="worker", pool_size=5)
            yield runtime
            runtime.doors.engine.dispose()
        finally:
            admin = create_engine(url, isolation_level="AUTOCOMMIT")
            with admin.connect() as connection:
                connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
            admin.dispose()


if __name__ == "__main__":
    main()
