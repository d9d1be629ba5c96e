"""For whom an app is made: staff or the people of clients. All that differs between the two."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask_login import UserMixin
from sqlalchemy.orm import Session

from backoffice.firm.clients.queries import Card
from backoffice.foundation.identity.sessions import Limits
from backoffice.foundation.tenancy import Actor, Doors
from config.settings import Settings
from design.shell import Shell


@dataclass(frozen=True, kw_only=True)
class Reader(UserMixin):
    """Who is signed in, read anew for each request: a role taken away is gone with the next."""

    kind: str  # staff | person
    id: UUID
    session_id: UUID
    name: str
    email: str
    role: str | None  # None: a person who has no company any more
    locale: str
    zone: str
    permissions: frozenset[str]
    complete: bool  # the second factor was given, or none is asked for
    company: Card | None = None  # the portal: the company that the session shows
    due_for_touch: bool = False
    token: str = field(default="", repr=False)

    @property
    def client_id(self) -> UUID | None:
        """The company in hand, in the portal; staff have none."""
        return self.company.id if self.company else None

    def get_id(self) -> str:
        return self.token

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    @property
    def actor(self) -> Actor:
        return Actor(self.kind, self.id)


class Audience(ABC):
    """One app's people. `name` is its role in the database, its cookie and its keys."""

    name: str
    skeleton: str
    session_model: type[Any]  # the table of its signed-in browsers
    permissions: frozenset[str]  # the words that its routes may name
    sign_in_endpoint: str
    second_factor_endpoint: str
    home_endpoint: str

    @abstractmethod
    def words(self) -> str:
        """For whom it is, in a few words below the firm's name."""

    @abstractmethod
    def host(self, settings: Settings) -> str: ...

    @abstractmethod
    def reader(self, firm: Session, _doors: Doors, token: str, limits: Limits) -> Reader | None:
        """Who stands behind a session's token, or None when it has ended."""

    @abstractmethod
    def may_enter(self, firm: Session, reader: Reader, client_id: UUID) -> bool:
        """Whether a client named in a path is one of the reader's."""

    @abstractmethod
    def shell(self, reader: Reader) -> Shell:
        """What the skeleton shows around the page."""
