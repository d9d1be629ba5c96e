"""Migrators that come at the same time wait for one another, whichever database they are for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from backoffice.foundation.embedded import Servers
from backoffice.foundation.migrating import is_current, migrate
from tests.support.databases import test_settings


@pytest.mark.parametrize("databases", [("one", "two", "three"), ("same", "same", "same")])
def test_migrators_that_come_together_all_succeed(
    servers: Servers, worker_id: str, tmp_path: Path, databases: tuple[str, ...]
) -> None:
    urls = [servers.database_url_of(f"migrating_{name}_{worker_id}") for name in databases]
    passwords = test_settings(
        servers, "any", tmp_path
    ).role_passwords()  # all tests share the roles
    with ThreadPoolExecutor(len(urls)) as pool:
        list(pool.map(lambda url: migrate(url, passwords), urls))
    assert all(is_current(url) for url in urls)
