"""The three doors to the database. Nothing else sets a client scope.

Each door gives a fresh session that commits at the end and rolls back on a raise. The scope is
two transaction-local settings that the row-level security policies read; where one was not set,
a query on a client-owned table raises, it never answers with an empty page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, sessionmaker

from backoffice.foundation.database import ClientOwned


@dataclass(frozen=True)
class Actor:
    """Who does it: a member of staff, a person of a client, or the system itself."""

    kind: str  # staff | person | system
    id: UUID | None = None


SYSTEM = Actor("system")


@dataclass(frozen=True)
class Scope:
    """What a session may read, which client it may write, and who stands behind it."""

    read: tuple[UUID, ...] | None = None  # None: schema `firm` alone; (): no client
    write: UUID | None = None
    by: Actor = SYSTEM
    because: str | None = None


class ScopeChanged(RuntimeError):
    """A session's scope was replaced after its first transaction: its objects could leak."""


SCOPELESS = Scope()


class MissingScope(LookupError):
    """A client's table was asked without saying which clients."""


class ScopedSession(Session):
    """A session that is pinned to the scope with which it was opened."""

    @property
    def scope(self) -> Scope:
        scope: Scope = self.info.get("scope", SCOPELESS)
        return scope

    @property
    def client_id(self) -> UUID:
        """The client that this session acts for."""
        if self.scope.write is None:
            raise MissingScope("This session acts for no client.")
        return self.scope.write

    @property
    def actor(self) -> Actor:
        return self.scope.by


SET_SCOPE = text(
    "SELECT set_config('backoffice.read', :read, true),"
    " set_config('backoffice.write', :write, true)"
)
SET_READ = text("SELECT set_config('backoffice.read', :read, true)")


@event.listens_for(ScopedSession, "after_begin")
def _set_scope(session: ScopedSession, _: SessionTransaction, connection: Connection) -> None:
    scope = session.scope
    if session.info.setdefault("pinned", scope) is not scope:
        raise ScopeChanged("Open a new session to act for another client.")
    if scope.read is None:
        return
    read = "{" + ",".join(str(client) for client in scope.read) + "}"
    if scope.write is None:
        connection.execute(SET_READ, {"read": read})
    else:
        connection.execute(SET_SCOPE, {"read": read, "write": str(scope.write)})


@event.listens_for(ScopedSession, "do_orm_execute")
def _refuse_without_scope(state: ORMExecuteState) -> None:
    """PostgreSQL raises where it meets a row; this also raises where the table is empty."""
    mapper = state.bind_mapper
    scopeless = state.session.info.get("scope", SCOPELESS).read is None
    if scopeless and mapper is not None and issubclass(mapper.class_, ClientOwned):
        raise MissingScope(f"{mapper.class_.__name__} belongs to clients; open one of the doors.")


@event.listens_for(ScopedSession, "before_flush")
def _fill_client(session: ScopedSession, *_: Any) -> None:
    for row in session.new:
        if isinstance(row, ClientOwned) and "client_id" not in row.__dict__:
            row.client_id = session.client_id


LISTENED = ("after_begin", "after_commit", "after_soft_rollback", "before_commit", "before_flush")


def _bring_listeners_over(session: ScopedSession) -> None:
    """A session maker makes a class of its own, to which SQLAlchemy copies each listener when it
    is first asked for, without a lock: ask once, before two threads do it at the same time."""
    for name in (*LISTENED, "do_orm_execute"):
        getattr(session.dispatch, name)


class Doors:
    """Opens sessions on one engine, whose login is one of the roles portal, workbench, worker.

    `sessions` makes them; the web apps give the session factory of their Flask extension.
    """

    def __init__(
        self, engine: Engine, sessions: Callable[..., ScopedSession] | None = None
    ) -> None:
        self.engine = engine
        self.sessions = sessions or sessionmaker(engine, class_=ScopedSession)
        _bring_listeners_over(self.sessions())

    def acting_for(self, client_id: UUID, *, by: Actor) -> AbstractContextManager[ScopedSession]:
        """Read and write one client's rows."""
        return self._open(Scope(read=(client_id,), write=client_id, by=by))

    def across(self, staff_id: UUID) -> AbstractContextManager[ScopedSession]:
        """Read all clients that this member of staff is assigned to; write none."""
        with self.firm_wide(because="which clients a member of staff may read") as session:
            clients = clients_readable_by(session, staff_id)
        return self._open(Scope(read=tuple(clients), by=Actor("staff", staff_id)))

    def firm_wide(self, *, because: str) -> AbstractContextManager[ScopedSession]:
        """Schema `firm` alone."""
        return self._open(Scope(because=because))

    @contextmanager
    def _open(self, scope: Scope) -> Iterator[ScopedSession]:
        with self.sessions(info={"scope": scope}) as session, session.begin():
            yield session


def clients_readable_by(session: Session, staff_id: UUID) -> Sequence[UUID]:
    """The one place that says which clients a member of staff may read (see the function)."""
    answer = session.scalar(text("SELECT firm.clients_readable_by(:staff)"), {"staff": staff_id})
    return answer or []
