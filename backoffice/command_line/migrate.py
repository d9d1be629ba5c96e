"""`backoffice migrate`: bring the database up to this release; safe to run again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from backoffice.command_line.answers import answer
from backoffice.foundation.errors import Refused
from backoffice.foundation.language import _

if TYPE_CHECKING:
    from config.settings import Settings


class OutOfStep(Refused):
    code = "migrations_out_of_step"


@click.command(name="migrate")
@click.option("--check", is_flag=True, help="Only compare the migrations with the models.")
def command(check: bool) -> None:
    """Create what is absent (database, roles, tables), the house client and the operator."""
    if check:
        differences = out_of_step()
        if differences:
            raise OutOfStep(
                _("Models and migrations differ: %(what)s", what="; ".join(differences))
            )
        answer({"ok": True}, text=_("Models and migrations are in step."))
        return
    from backoffice.command_line.context import installation
    from config.settings import Settings

    with installation() as environ:
        run(Settings.from_environment(environ))
    answer({"ok": True}, text=_("The database is up to date."))


def run(settings: Settings) -> None:
    """Migrate, then make the two rows that everything needs: the house and the operator."""
    from backoffice.firm.clients.actions import ensure_house
    from backoffice.firm.staff.actions import ensure_operator
    from backoffice.foundation.migrating import migrate
    from backoffice.foundation.runtime import Runtime

    migrate(settings.database_url, settings.role_passwords())
    runtime = Runtime.start(settings, role="workbench", pool_size=2)
    try:
        with runtime.doors.firm_wide(because="the operator's row") as session:
            ensure_operator(session)
        ensure_house(
            runtime.doors,
            runtime.keyring,
            name=settings.firm_name,
            country=settings.firm_country,
        )
    finally:
        runtime.doors.engine.dispose()


def is_up_to_date(settings: Settings) -> bool:
    """False too where the database does not exist yet."""
    from sqlalchemy.exc import OperationalError

    from backoffice.foundation.migrating import is_current

    try:
        return is_current(settings.database_url)
    except OperationalError:
        return False


def out_of_step() -> list[str]:
    """What a new migration would have to say, asked of a throw-away database."""
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from backoffice.foundation import embedded
    from backoffice.foundation.migrating import differences, migrate
    from backoffice.foundation.roles import LOGINS

    with TemporaryDirectory() as folder, embedded.servers(Path(folder), throw_away=True) as servers:
        url = servers.database_url_of("compared")
        migrate(url, dict.fromkeys(LOGINS, "compared"))
        return differences(url)
