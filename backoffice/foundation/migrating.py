"""Bringing a database up to this release: database, roles, tables, each where it is absent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, make_url, text

from backoffice.foundation import roles
from backoffice.foundation.database import Base
from backoffice.foundation.tables import import_all

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
ONE_AT_A_TIME = 0x6261636B  # advisory lock


def migrate(url: str, passwords: dict[str, str], *, to: str = "head") -> None:
    """Create what is absent and migrate `to` a revision; running it again changes nothing.

    `url` is the migrator's login, which may create roles and databases; `passwords` are those of
    the logins portal, workbench and worker.
    """
    with _alone_on_the_server(url) as server:
        _create_database(server, make_url(url).database or "")
        engine = create_engine(url)
        try:
            with engine.begin() as connection:
                roles.create_roles(connection, passwords)
                _give_to_owner(connection)
            _run(engine, to)
        finally:
            engine.dispose()


@contextmanager
def _alone_on_the_server(url: str) -> Iterator[Connection]:
    """Roles belong to the whole server, so migrators of any of its databases take turns.

    An advisory lock counts within one database: all take it in `postgres`.
    """
    common = make_url(url).set(database="postgres")
    engine = create_engine(common, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ONE_AT_A_TIME})
            yield connection
    finally:
        engine.dispose()  # closes the session, which gives the lock back


def _create_database(server: Connection, database: str) -> None:
    found = server.scalar(
        text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": database}
    )
    if not found:
        name = server.dialect.identifier_preparer.quote(database)
        server.exec_driver_sql(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")


def _give_to_owner(connection: Connection) -> None:
    name = connection.scalar(text("SELECT quote_ident(current_database())"))
    connection.exec_driver_sql(f"GRANT CREATE, TEMPORARY ON DATABASE {name} TO {roles.OWNER}")
    connection.exec_driver_sql(f"GRANT CREATE ON SCHEMA public TO {roles.OWNER}")


def _run(engine: Engine, to: str) -> None:
    with engine.connect() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def alembic_config() -> Config:
    """Alembic's configuration, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("file_template", "%%(year)d%%(month).2d%%(day).2d_%%(slug)s")
    config.set_main_option("truncate_slug_length", "60")
    return config


def differences(url: str) -> list[str]:
    """What the models say that the migrated database does not, one phrase each."""
    import_all()
    engine = create_engine(url)
    with engine.connect() as connection:
        options = {"include_schemas": True, "version_table_schema": "firm", "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        found = compare_metadata(context, Base.metadata)
    engine.dispose()
    return [str(difference) for difference in found]


def is_current(url: str) -> bool:
    """Whether the database stands at this release's last migration."""
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table_schema": "firm"})
        found = set(context.get_current_heads())
    engine.dispose()
    return found == set(ScriptDirectory.from_config(alembic_config()).get_heads())
