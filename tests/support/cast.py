"""The cast of the tests: the firm, its colleagues, three clients and the people who speak for them.

Built once a process, by the same actions that the pages call, in a template database that each
test copies.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

import pyotp

from backoffice.firm.clients import sign_in as people_sign_in
from backoffice.firm.clients.actions import add_client, ensure_house
from backoffice.firm.clients.models import PersonSession
from backoffice.firm.clients.people import invite_person
from backoffice.firm.staff import sign_in as staff_sign_in
from backoffice.firm.staff.actions import assign, ensure_operator, invite_staff
from backoffice.firm.staff.organisation import join_team, make_department, make_team
from backoffice.foundation.identity import offers
from backoffice.foundation.identity.sessions import Browser
from backoffice.foundation.ids import new_id
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import SYSTEM, Actor
from tests.support.databases import Database

PASSWORD = "four gulls on a harbour wall"  # noqa: S105
HOUSE = "Harbour Lane Back Office"

STAFF = {
    "nadia": ("Nadia Frost", "backoffice_manager"),
    "leah": ("Leah Moss", "department_head"),
    "tom": ("Tom Adeyemi", "team_lead"),
    "priya": ("Priya Nair", "associate"),
    "sofia": ("Sofia Marsh", "account_manager"),
    "omar": ("Omar Haddad", "associate"),  # works for Birch alone
}
CLIENTS = {
    "acorn": ("Acorn Joinery Ltd", "GB"),
    "birch": ("Birch Coffee Inc", "US"),
    "cendana": ("PT Cendana Kreatif", "ID"),
}
PEOPLE = {
    "martin": ("Martin Bell", "owner", "acorn"),
    "judith": ("Judith Cole", "finance", "acorn"),
    "fern": ("Fern Castle", "hr", "acorn"),
    "ivor": ("Ivor Lane", "read_only", "acorn"),
    "nora": ("Nora Whitfield", "owner", "birch"),
}


@dataclass
class Cast:
    """Ids by first name or slug; the seeds of the staff's authenticator apps."""

    database: Database
    house: UUID
    operator: UUID
    staff: dict[str, UUID] = field(default_factory=dict)
    clients: dict[str, UUID] = field(default_factory=dict)
    people: dict[str, UUID] = field(default_factory=dict)
    seeds: dict[str, str] = field(default_factory=dict)
    team: UUID | None = None

    def __getitem__(self, name: str) -> UUID:
        return {**self.staff, **self.clients, **self.people}[name]

    def actor(self, name: str) -> Actor:
        return Actor("staff" if name in self.staff else "person", self[name])

    def acting_for(self, client: str, *, by: str = "priya", role: str = "workbench"):
        """A session for a client of the cast, in the name of somebody of the cast."""
        return self.database[role].doors.acting_for(self.clients[client], by=self.actor(by))


def email_of(name: str) -> str:
    return f"{name}@harbourlane.example" if name in STAFF else f"{name}@client.example"


def build(database: Database) -> Cast:
    """Engage the clients and bring everybody in."""
    runtime = database["workbench"]
    house = ensure_house(runtime.doors, runtime.keyring, name=HOUSE, country="GB")
    with runtime.doors.firm_wide(because="the operator's row") as session:
        operator = ensure_operator(session)
    cast = Cast(database, house, operator)
    for name in STAFF:
        _bring_in_colleague(cast, runtime, name)
    _organise(cast, runtime)
    for slug, (company, country) in CLIENTS.items():
        cast.clients[slug] = new_id()
        with runtime.doors.acting_for(cast.clients[slug], by=cast.actor("nadia")) as session:
            add_client(session, runtime.keyring, name=company, country=country)
    _assign(cast, runtime)
    for name in PEOPLE:
        _bring_in_person(cast, name)
    return cast


def _bring_in_colleague(cast: Cast, runtime: Runtime, name: str) -> None:
    words, role = STAFF[name]
    with runtime.doors.acting_for(cast.house, by=Actor("staff", cast.operator)) as session:
        staff, link = invite_staff(session, runtime, name=words, email=email_of(name), role=role)
        cast.staff[name] = staff.id
    offer = offers.offer(
        runtime.keyring, owner_id=cast.staff[name], email=email_of(name), issuer=HOUSE
    )
    cast.seeds[name] = offer.letters.replace(" ", "")
    signed_in = staff_sign_in.accept(
        runtime,
        token=link.token,
        code=link.code,
        password=PASSWORD,
        sealed=offer.sealed,
        app_code=pyotp.TOTP(cast.seeds[name]).now(),
        browser=Browser("cast", f"10.0.0.{len(cast.staff)}"),
    )
    with runtime.doors.acting_for(cast.house, by=cast.actor(name)) as session:
        staff_sign_in.sign_out(session, session_id=signed_in.id)


def _organise(cast: Cast, runtime: Runtime) -> None:
    with runtime.doors.acting_for(cast.house, by=cast.actor("nadia")) as session:
        department = make_department(session, name="Bookkeeping", head_id=cast["leah"])
        cast.team = make_team(
            session, department_id=department, name="Joiners and makers", lead_id=cast["tom"]
        )
        for name in ("tom", "priya"):
            join_team(session, team_id=cast.team, staff_id=cast[name])


def _assign(cast: Cast, runtime: Runtime) -> None:
    duties = {
        "acorn": [("priya", "preparer"), ("tom", "reviewer"), ("sofia", "account_manager")],
        "birch": [("omar", "preparer")],
    }
    for slug, assigned in duties.items():
        with runtime.doors.acting_for(cast[slug], by=cast.actor("nadia")) as session:
            for name, duty in assigned:
                assign(session, staff_id=cast[name], duty=duty)


def _bring_in_person(cast: Cast, name: str) -> None:
    words, role, slug = PEOPLE[name]
    runtime = cast.database["portal"]
    with runtime.doors.acting_for(cast[slug], by=SYSTEM) as session:
        _invitation, link = invite_person(
            session, runtime, name=words, email=email_of(name), role=role
        )
    signed_in = people_sign_in.accept_invitation(
        runtime,
        token=link.token,
        code=link.code,
        password=PASSWORD,
        browser=Browser("cast", f"10.0.1.{len(cast.people) + 1}"),
    )
    cast.people[name] = person_of(runtime, signed_in.id)
    with runtime.doors.acting_for(cast[slug], by=cast.actor(name)) as session:
        people_sign_in.sign_out(session, session_id=signed_in.id)


def person_of(runtime: Runtime, session_id: UUID) -> UUID:
    with runtime.doors.firm_wide(because="whose session this is") as session:
        return session.get_one(PersonSession, session_id).person_id
