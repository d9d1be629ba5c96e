"""Fixtures of every test: a fresh database, the firm, and the cast that acts in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backoffice.foundation import embedded
from backoffice.foundation.embedded import Servers
from backoffice.foundation.registry import load_catalogues
from tests.support.databases import ROOT, Database, Template


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """One pair of servers for all processes of a run; the last one to leave ends it."""
    with embedded.servers(ROOT / "var" / "test", throw_away=True) as pair:
        yield pair


@pytest.fixture(scope="session")
def template(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """This process's migrated database, empty of clients."""
    load_catalogues()
    made = Template.of_this_process(servers, tmp_path_factory.mktemp("storage"))
    made.migrate()
    return made


@pytest.fixture
def database(template: Template, tmp_path: Path) -> Iterator[Database]:
    """A fresh database: `database["workbench"]` is a Runtime that logs in as that role."""
    with template.copy(tmp_path) as fresh:
        yield fresh
