"""One migrated database for all sweeps of a process: they look, and take back what they try."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from tests.support.databases import Database, Template


@pytest.fixture(scope="session")
def swept(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with template.copy(tmp_path_factory.mktemp("swept")) as fresh:
        yield fresh


@pytest.fixture
def connection(swept: Database) -> Iterator[Connection]:
    """Above all policies; whatever is done in it is rolled back."""
    with swept.as_superuser().connect() as opened:
        yield opened
