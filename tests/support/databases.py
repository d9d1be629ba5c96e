"""One throw-away pair of servers for the whole run, and a fresh database for each test.

Each process migrates one template and copies it: a copy takes some 50 ms, and no test sees
another's rows.
"""

from __future__ import annotations

import base64
import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, NullPool, create_engine, make_url, text

from backoffice.foundation.embedded import Servers
from backoffice.foundation.migrating import migrate
from backoffice.foundation.runtime import Runtime
from config.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
COUNT = itertools.count(1)
KEY = base64.b64encode(bytes(range(32))).decode()  # of throw-away databases only


def test_settings(servers: Servers, database: str, storage: Path, **more: str) -> Settings:
    """The settings of a process on one of the test's databases."""
    url = make_url(servers.database_url).set(database=database)
    return Settings.from_environment(
        {
            "DATABASE_URL": url.render_as_string(hide_password=False),
            "REDIS_URL": servers.redis_url,
            "STORAGE_URL": storage.as_uri(),
            "SMTP_URL": "smtp://127.0.0.1:9",  # the discard port: nothing listens
            "BACKOFFICE_KEY": KEY,
            "BACKOFFICE_FIRM_NAME": "Harbour Lane Back Office",
            "BACKOFFICE_DEMO": "1",
            **more,
        }
    )


test_settings.__test__ = False  # type: ignore[attr-defined]


@dataclass
class Database:
    """A fresh database, and a runtime per role on it, opened when first asked for."""

    settings: Settings
    name: str
    admin_url: str
    opened: dict[str, Runtime] = field(default_factory=dict)
    superuser: Engine | None = None

    def __getitem__(self, role: str) -> Runtime:
        if role not in self.opened:
            self.opened[role] = Runtime.start(self.settings, role=role, pool_size=20)
        return self.opened[role]

    def as_superuser(self) -> Engine:
        """Above row-level security: for looking at what is really stored."""
        if self.superuser is None:
            self.superuser = create_engine(self.admin_url)
        return self.superuser

    def close(self) -> None:
        if self.superuser is not None:
            self.superuser.dispose()
        for runtime in self.opened.values():
            runtime.doors.engine.dispose()


class Template:
    """A database that others are copied from."""

    def __init__(self, servers: Servers, storage: Path, name: str) -> None:
        self.servers, self.storage, self.name = servers, storage, name
        url = make_url(servers.database_url)
        self.admin = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)

    def migrate(self) -> None:
        settings = test_settings(self.servers, self.name, self.storage)
        migrate(settings.database_url, settings.role_passwords())

    @contextmanager
    def copy(self, storage: Path, **more: str) -> Iterator[Database]:
        name = f"{self.name}_{next(COUNT)}"
        with self.admin.connect() as connection:
            connection.execute(
                text(f'CREATE DATABASE "{name}" TEMPLATE "{self.name}" STRATEGY file_copy')
            )
        settings = test_settings(self.servers, name, storage, **more)
        database = Database(settings, name, settings.database_url)
        try:
            yield database
        finally:
            database.close()
            with suppress(Exception), self.admin.connect() as connection:
                connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))

    @classmethod
    def of_this_process(cls, servers: Servers, storage: Path, kind: str = "bare") -> Template:
        # Two runs in one checkout share the servers, so the process is part of the name.
        return cls(servers, storage, f"{kind}_{os.getpid()}")
