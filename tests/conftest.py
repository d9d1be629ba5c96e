"""Fixtures of every test: a fresh database, the firm, and the cast that acts in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from backoffice.foundation import embedded
from backoffice.foundation.embedded import Servers
from backoffice.foundation.registry import load_catalogues
from tests.support.browsers import Web
from tests.support.cast import Cast, build
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


@pytest.fixture(scope="session")
def cast_template(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    """The cast, built once a process by the actions that the pages call."""
    with template.copy(tmp_path_factory.mktemp("cast")) as built:
        cast = build(built)
        built.close()  # a database is copied only while nobody is connected to it
        yield cast


@pytest.fixture
def cast(template: Template, cast_template: Cast, tmp_path: Path) -> Iterator[Cast]:
    """The firm, its clients and their people, in a fresh database."""
    of_cast = Template(template.servers, tmp_path, cast_template.database.name)
    with of_cast.copy(tmp_path) as fresh:
        yield replace(cast_template, database=fresh)


@pytest.fixture
def web(cast: Cast) -> Iterator[Web]:
    """Both apps over the cast's database: `web.signed_in("priya")`."""
    apps = Web(cast)
    yield apps
    apps.close()
