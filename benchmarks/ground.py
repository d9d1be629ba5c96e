"""A firm with its clients on a database of its own, for measurements: real roles, fsync on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import text

from backoffice.foundation import embedded
from backoffice.foundation.ids import new_id
from backoffice.foundation.registry import load_catalogues
from tests.support.cast import Cast, build
from tests.support.databases import ROOT, Template


@contextmanager
def firm() -> Iterator[Cast]:
    """The cast of the tests, on servers that wait for the disk as a real installation does."""
    load_catalogues()
    with embedded.servers(ROOT / "var" / "bench") as pair, TemporaryDirectory() as folder:
        template = Template(pair, Path(folder), f"bench_{new_id().hex[-8:]}")
        template.migrate()
        try:
            with template.copy(Path(folder)) as database:
                yield build(database)
        finally:
            with template.admin.connect() as connection:
                connection.execute(text(f'DROP DATABASE "{template.name}" WITH (FORCE)'))
