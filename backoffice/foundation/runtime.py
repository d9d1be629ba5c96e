"""What a running process holds: its settings, its doors to the database, its keys, its storage."""

from __future__ import annotations

from dataclasses import dataclass

from backoffice.foundation import audit
from backoffice.foundation.database import make_engine
from backoffice.foundation.encryption import Keyring
from backoffice.foundation.roles import refuse_unsafe
from backoffice.foundation.storage import Storage, storage_from
from backoffice.foundation.tenancy import Doors
from config.settings import Settings


@dataclass(frozen=True)
class Runtime:
    """Everything that actions and queries are given; made once per process by `start`."""

    settings: Settings
    doors: Doors
    keyring: Keyring
    storage: Storage

    @classmethod
    def start(cls, settings: Settings, *, role: str, pool_size: int = 10) -> Runtime:
        """Connect as `portal`, `workbench` or `worker`; refuses a login that is above its role."""
        engine = make_engine(
            settings.role_url(role), pool_size=pool_size, application=f"backoffice-{role}"
        )
        return cls.over(settings, Doors(engine))

    @classmethod
    def over(cls, settings: Settings, doors: Doors) -> Runtime:
        """The same over doors that exist already: a web app's engine belongs to its framework."""
        with doors.engine.connect() as connection:
            refuse_unsafe(connection)
        keyring = Keyring(settings.key)
        audit.use_key(keyring.derive("audit"))
        return cls(settings, doors, keyring, storage_from(settings.storage_url))
