"""Alembic's entry: migrations run as the owner of the tables, inside one transaction each."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, create_engine, text

from backoffice.foundation.database import Base
from backoffice.foundation.tables import import_all
from migrations.helpers import LOCK_TIMEOUT, OWNER, ROLES

import_all()


def run(connection: Connection) -> None:
    connection.execute(text(f"SET ROLE {OWNER}"))
    connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
    connection.execute(text("CREATE SCHEMA IF NOT EXISTS firm"))
    for schema in ("firm", "public"):
        roles = ", ".join((*ROLES, "backup"))
        connection.execute(text(f"GRANT USAGE ON SCHEMA {schema} TO {roles}"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_schemas=True,
        version_table_schema="firm",
        compare_type=True,
        compare_server_default=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with create_engine(context.config.get_main_option("sqlalchemy.url") or "").connect() as own:
        run(own)
