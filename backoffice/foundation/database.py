"""The declarative base, its column types, and the two ways a table can belong to somebody.

A table is either client-owned (`ClientOwned`: keys begin with `client_id`, row-level security) or
provider-owned (`ProviderOwned`: schema `firm`, no row-level security, on a reviewed list).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    DateTime,
    Engine,
    ForeignKey,
    ForeignKeyConstraint,
    MetaData,
    Text,
    Uuid,
    create_engine,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    declared_attr,
    mapped_column,
    relationship,
)
from sqlalchemy.types import TypeDecorator

from backoffice.foundation.ids import new_id

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """An instant in UTC. A datetime without a zone is refused: it is not an instant."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self,
        value: datetime | None,
        dialect: Any,  # noqa: ARG002 - SQLAlchemy's signature
    ) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone, so it is not an instant.")
        return value

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Any,  # noqa: ARG002 - SQLAlchemy's signature
    ) -> datetime | None:
        return None if value is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {
        UUID: Uuid(),
        datetime: Instant(),
        str: Text(),
        int: BigInteger(),
        dict[str, Any]: JSONB(),
    }


class ProviderOwned:
    """Belongs to the provider: schema `firm`, never a client's names, amounts or texts."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-1)


class ClientOwned:
    """Belongs to one client. `client_id` is filled from the session's scope, never by hand."""

    @declared_attr
    def client_id(self) -> Mapped[UUID]:
        return mapped_column(ForeignKey("firm.tenant.id"), primary_key=True, sort_order=-2)

    @declared_attr
    def id(self) -> Mapped[UUID]:
        return mapped_column(primary_key=True, default=new_id, sort_order=-1)


def firm_table(*extra: Any) -> tuple[Any, ...]:
    """Table arguments of a provider-owned table."""
    return (*extra, {"schema": "firm"})


def owned_key(column: str, target: str, **options: Any) -> ForeignKeyConstraint:
    """A foreign key between two tables of the same client: (client_id, column) → target.

    Row-level security does not apply to foreign key checks; the composite key is what keeps a
    row from pointing at another client's.
    """
    return ForeignKeyConstraint(
        ["client_id", column], [f"{target}.client_id", f"{target}.id"], **options
    )


def belongs_to(target: str, *, of: str, by: str) -> Any:
    """The relationship that goes with `owned_key`: only the id column is written by it."""
    join = f"and_({of}.client_id == {target}.client_id, foreign({of}.{by}) == {target}.id)"
    return relationship(target, primaryjoin=join)


def one_of(column: str, *values: str) -> str:
    """The text of a CHECK that a state is one of its words (text + CHECK, never an enum)."""
    words = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({words})"


def make_engine(url: str, *, pool_size: int = 10, application: str = "backoffice") -> Engine:
    """An engine that also works behind PgBouncer in transaction mode (no prepared statements)."""
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_pre_ping=True,
        connect_args={"prepare_threshold": None, "application_name": application},
    )
