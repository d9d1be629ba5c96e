"""A cluster of its own: what is crashed here is nobody else's."""

from __future__ import annotations

import os
import random
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from backoffice.foundation import embedded
from backoffice.foundation.embedded import Servers
from backoffice.foundation.registry import load_catalogues
from tests.faults.harness import SHORT
from tests.support.databases import Database, Template, test_settings


@pytest.fixture
def own_servers(tmp_path: Path) -> Iterator[Servers]:
    with embedded.servers(tmp_path / "servers", throw_away=True) as servers:
        yield servers


@pytest.fixture
def faulty(own_servers: Servers, tmp_path: Path) -> Iterator[Database]:
    """A migrated database on servers that may be crashed; short leases."""
    load_catalogues()
    storage = tmp_path / "storage"
    Template(own_servers, storage, "faulty").migrate()
    settings = test_settings(own_servers, "faulty", storage, **SHORT)
    database = Database(settings, "faulty", settings.database_url)
    yield database
    database.close()


@pytest.fixture
def chance() -> random.Random:
    """Printed with a failure; play it again with BACKOFFICE_TEST_SEED."""
    seed = int(os.environ.get("BACKOFFICE_TEST_SEED") or secrets.randbelow(2**31))
    print(f"BACKOFFICE_TEST_SEED={seed}")
    return random.Random(seed)  # noqa: S311 - it is to be played again
