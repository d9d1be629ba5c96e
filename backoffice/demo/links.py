"""One-time links that sign the demo's people in, for whoever tries the demonstration out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from backoffice.demo.cast import STAFF
from backoffice.demo.engaging import Engaged
from backoffice.demo.organisation import Ids
from backoffice.demo.stage import Stage
from backoffice.firm.clients import sign_in as people
from backoffice.firm.staff import sign_in as colleagues


@dataclass(frozen=True)
class DemoLink:
    """A person of the cast, what they are, and the address that signs them in once."""

    name: str
    role: str
    place: str  # the team, or the client
    address: str


def links(stage: Stage, staff: Ids, clients: Sequence[Engaged]) -> list[DemoLink]:
    """A new link for everybody, staff first."""
    of_staff = [
        DemoLink(one.name, one.role, one.team or "", staff_link(stage, staff[one.name]))
        for one in STAFF
    ]
    of_people = [
        DemoLink(one.name, one.role, client.card.name, link(stage, client.people[one.name]))
        for client in clients
        for one in client.cast.people
    ]
    return of_staff + of_people


def staff_link(stage: Stage, staff_id: UUID) -> str:
    settings = stage.workbench.settings
    with stage.workbench.doors.firm_wide(because="a demo link") as session:
        made = colleagues.demo_link(session, demo=settings.demo, staff_id=staff_id)
        return f"{settings.work_address}/demo/{made.token}"


def link(stage: Stage, person_id: UUID) -> str:
    settings = stage.portal.settings
    with stage.portal.doors.firm_wide(because="a demo link") as session:
        made = people.demo_link(session, demo=settings.demo, person_id=person_id)
        return f"{settings.portal_address}/demo/{made.token}"
