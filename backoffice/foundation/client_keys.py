"""Each client's own key, wrapped by the installation's: encrypts its numbers and its files."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped

from backoffice.foundation.clock import real_now
from backoffice.foundation.database import Base, ClientOwned
from backoffice.foundation.encryption import Keyring
from backoffice.foundation.tenancy import ScopedSession


class ClientKey(ClientOwned, Base):
    """A wrapped key. A new version is a new row; what is sealed names the version it needs."""

    __tablename__ = "client_key"
    __table_args__ = (UniqueConstraint("client_id", "version"),)

    version: Mapped[int]
    wrapped: Mapped[bytes]
    created_at: Mapped[datetime]


def make_key(session: ScopedSession, keyring: Keyring) -> None:
    """Give the client in scope its first key."""
    wrapped = keyring.new_client_key()
    session.add(ClientKey(version=1, wrapped=wrapped, created_at=real_now()))


def key_of(session: ScopedSession, keyring: Keyring) -> bytes:
    """The key of the client that the session acts for; read once per session."""
    if "client_key" not in session.info:
        newest = select(ClientKey.wrapped).order_by(ClientKey.version.desc()).limit(1)
        wrapped = session.scalars(newest.where(ClientKey.client_id == session.client_id)).one()
        session.info["client_key"] = keyring.unwrap(wrapped)
    key: bytes = session.info["client_key"]
    return key
