"""`backoffice staff`: invite a colleague, above all the first one of a new installation."""

from __future__ import annotations

import click

from backoffice.command_line.answers import answer
from backoffice.foundation.language import _


@click.group(name="staff")
def command() -> None:
    """The firm's staff: invite a colleague."""


@command.command()
@click.option("--name", required=True)
@click.option("--email", required=True)
@click.option("--role", default="backoffice_manager", show_default=True)
def invite(name: str, email: str, role: str) -> None:
    """Mail a colleague the way in, and print it too: the first one may have no mail yet."""
    from backoffice.command_line.acting import operator
    from backoffice.command_line.context import database
    from backoffice.firm.clients.queries import house_of
    from backoffice.firm.staff.actions import invite_staff

    with database() as runtime:
        with runtime.doors.firm_wide(because="which client is the house") as session:
            house = house_of(session)
        with runtime.doors.acting_for(house, by=operator(runtime)) as session:
            staff, link = invite_staff(session, runtime, name=name, email=email, role=role)
            invited = {
                "id": str(staff.id),
                "address": f"{runtime.settings.work_address}/welcome/{link.token}",
                "code": link.code,
            }
    answer(
        invited,
        text=_("Open %(address)s and type the code %(code)s.", **invited),
    )
