"""Every migration goes up over old data and down again, and leaves nothing behind."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Engine, NullPool, create_engine, make_url, text

from backoffice.foundation import migrating
from tests.every.belongings import belongings
from tests.every.sample_rows import fill, shapes
from tests.support.databases import Template

SCRIPTS = ScriptDirectory.from_config(migrating.alembic_config())
REVISIONS: list[Script] = list(reversed(list(SCRIPTS.walk_revisions())))
COUNT = itertools.count(1)
Row = dict[str, Any]


@pytest.fixture
def empty(template: Template) -> Iterator[Engine]:
    """A database that knows the roles and has no migration yet."""
    name = f"{template.name}_bare_{next(COUNT)}"
    url = make_url(template.servers.database_url).set(database=name)
    engine = create_engine(url, poolclass=NullPool)
    with template.admin.connect() as admin:
        admin.execute(text(f'CREATE DATABASE "{name}" TEMPLATE template0'))
        with engine.begin() as connection:
            migrating._give_to_owner(connection)
        run(engine, command.stamp, "base")
        yield engine
        admin.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


def test_there_is_one_line_of_migrations_with_one_head() -> None:
    assert [script.revision for script in REVISIONS] == [
        f"{number:04}" for number in range(1, len(REVISIONS) + 1)
    ]
    assert [script.down_revision for script in REVISIONS] == [
        None,
        *(script.revision for script in REVISIONS[:-1]),
    ]


@pytest.mark.parametrize("script", REVISIONS, ids=lambda script: Path(script.path).stem)
def test_goes_up_over_old_data_and_down_again(empty: Engine, script: Script) -> None:
    before = script.down_revision or "base"
    if before != "base":
        run(empty, command.upgrade, str(before))
    with empty.begin() as connection:
        fill(connection)
    had, rows = owned_by(empty), rows_of(empty)
    assert all(rows.values()), "a table without old data proves nothing"

    run(empty, command.upgrade, script.revision)
    assert still_there(rows, rows_of(empty))
    assert owned_by(empty) != had

    run(empty, command.downgrade, str(before))
    assert owned_by(empty) == had
    assert still_there(rows, rows_of(empty))


def test_all_go_down_from_a_full_house_and_leave_nothing_behind(empty: Engine) -> None:
    had = owned_by(empty)
    run(empty, command.upgrade, "head")
    with empty.begin() as connection:
        fill(connection)
    assert all(rows_of(empty).values())
    run(empty, command.downgrade, "base")
    assert owned_by(empty) == had


def test_the_models_say_what_the_migrations_made(template: Template) -> None:
    with template.copy(template.storage) as database:
        url = database.settings.database_url
        assert migrating.differences(url) == []
        assert migrating.is_current(url)


def test_migrating_again_changes_nothing(template: Template) -> None:
    with template.copy(template.storage) as database:
        had = owned_by(database.as_superuser())
        migrating.migrate(database.settings.database_url, database.settings.role_passwords())
        assert owned_by(database.as_superuser()) == had


def run(engine: Engine, what: Any, revision: str) -> None:
    with engine.connect() as connection:
        config: Config = migrating.alembic_config()
        config.attributes["connection"] = connection
        what(config, revision)


def owned_by(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return belongings(connection)


def rows_of(engine: Engine) -> dict[str, list[Row]]:
    """Every row of every table, as JSON, in the order of its keys."""
    with engine.connect() as connection:
        return {
            table: list(connection.scalars(text(f"SELECT to_jsonb(t) FROM {table} t ORDER BY 1")))
            for table in shapes(connection)
        }


def still_there(old: dict[str, list[Row]], new: dict[str, list[Row]]) -> bool:
    """Whether every old row still says what it said, in the columns that it still has."""
    return all(
        len(rows) == len(new[table])
        and all(any(says_the_same(row, now) for now in new[table]) for row in rows)
        for table, rows in old.items()
    )


def says_the_same(row: Row, now: Row) -> bool:
    return all(now[name] == value for name, value in row.items() if name in now)
