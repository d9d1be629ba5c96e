"""What commands stand on: an installation with a database, started for them where none is there.

    with database() as runtime:
        with runtime.doors.acting_for(client, actor) as session: ...

Without DATABASE_URL that is the demonstration's installation in var/ (or BACKOFFICE_DATA): its
servers are started if they do not run, its key is made at its first start, and what was started
is stopped at the end.
"""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from backoffice.foundation import embedded
from backoffice.foundation.errors import Refused
from backoffice.foundation.language import _
from config.settings import KEY_BYTES, PROJECT, Settings

if TYPE_CHECKING:
    from backoffice.foundation.runtime import Runtime

DATA = Path(os.environ.get("BACKOFFICE_DATA") or PROJECT / "var").absolute()
DEMO_FIRM = {"BACKOFFICE_FIRM_NAME": "Harbour Lane Back Office", "BACKOFFICE_FIRM_COUNTRY": "GB"}


class NotMigrated(Refused):
    code = "not_migrated"


@contextmanager
def database(*, role: str = "workbench") -> Iterator[Runtime]:
    """A runtime that logs in as `role`, on a database at this release's version."""
    from backoffice.foundation.runtime import Runtime

    with installation() as environ:
        settings = Settings.from_environment(environ)
        bring_up_to_date(settings)
        runtime = Runtime.start(settings, role=role)
        try:
            yield runtime
        finally:
            runtime.doors.engine.dispose()


@contextmanager
def installation(
    environ: Mapping[str, str] = os.environ, *, data: Path = DATA
) -> Iterator[dict[str, str]]:
    """The environment to read Settings from; what it names runs until the end of the block."""
    if environ.get("DATABASE_URL", "").strip():
        yield dict(environ)
        return
    with embedded.servers(data) as servers:
        yield {**demonstration(servers, data), **{k: v for k, v in environ.items() if v}}


def demonstration(servers: embedded.Servers, data: Path) -> dict[str, str]:
    """What the demonstration's installation says for itself; the real environment goes before."""
    return {
        "DATABASE_URL": servers.database_url_of("backoffice"),
        "REDIS_URL": servers.redis_url,
        "STORAGE_URL": (data / "documents").as_uri(),
        "BACKOFFICE_KEY": key_of(data),
        "BACKOFFICE_DEMO": "1",
        **DEMO_FIRM,
    }


def key_of(data: Path) -> str:
    """The installation's key in its own file, made at the first start, readable by us alone."""
    file = data / "key"
    data.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        made = data / f"key.{os.getpid()}"
        made.touch(mode=0o600)
        made.write_text(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode())
        with suppress(FileExistsError):  # of two that start together, one's key stands
            file.hardlink_to(made)
        made.unlink()
    return file.read_text()


def bring_up_to_date(settings: Settings) -> None:
    """Migrate the demonstration's database; a real one is migrated when its operator says so."""
    from backoffice.command_line import migrate

    if migrate.is_up_to_date(settings):
        return
    if not settings.demo:
        raise NotMigrated(
            _("The database is not at this release's version. Run 'backoffice migrate' first.")
        )
    migrate.run(settings)
