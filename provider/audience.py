"""The workbench's people: staff, always with a second factor, and the clients they may read."""

from __future__ import annotations

from uuid import UUID

from flask import g, request, url_for
from sqlalchemy.orm import Session

from backoffice.firm.staff import queries
from backoffice.firm.staff.models import StaffSession
from backoffice.foundation import formatting
from backoffice.foundation.clock import business_now, real_now
from backoffice.foundation.identity import sessions
from backoffice.foundation.identity.sessions import Limits
from backoffice.foundation.language import _
from backoffice.foundation.permissions import STAFF
from backoffice.foundation.tenancy import Doors
from config.settings import Settings
from design.frame import Audience, Reader
from design.shell import Person, Place, Shell, initials
from provider import words
from provider.places import ROOMS, places
from provider.rail_counts import open_lines


class Workbench(Audience):
    name = "workbench"
    skeleton = "workbench"
    session_model = StaffSession
    permissions = frozenset().union(*STAFF.values())
    sign_in_endpoint = "sign_in.show"
    second_factor_endpoint = "sign_in.show"
    home_endpoint = "today.show"

    def words(self) -> str:
        return _("Workbench, for staff")

    def host(self, settings: Settings) -> str:
        return settings.work_host

    def reader(self, firm: Session, _doors: Doors, token: str, limits: Limits) -> Reader | None:
        found = queries.staff_signed_in(firm, token, limits)
        if found is None:
            return None
        return Reader(
            kind="staff",
            id=found.id,
            session_id=found.session_id,
            name=found.name,
            email=found.email,
            role=found.role,
            locale=found.locale,
            zone=found.zone,
            permissions=STAFF[found.role],
            complete=found.second_factor,
            due_for_touch=sessions.is_due_for_touch(found.seen_at, now=real_now(), limits=limits),
        )

    def may_enter(self, firm: Session, reader: Reader, client_id: UUID) -> bool:
        return queries.may_enter(firm, reader.id, client_id)

    def shell(self, reader: Reader) -> Shell:
        now = business_now(g.session) if g.get("session") is not None else real_now()
        return Shell(
            places=[_place(reader, *place) for place in places() if reader.may(place[4])],
            person=Person(reader.name, words.staff_role(reader.role or ""), initials(reader.name)),
            sign_out=url_for("sign_in.sign_out"),
            home=url_for("today.show"),
            now=formatting.moment(now, reader.zone),
            clock_moved=abs((now - real_now()).total_seconds()) > 60,
            search=url_for("search.find"),
            settings=url_for("own_account.show"),
        )


def _place(reader: Reader, endpoint: str, label: str, icon: str, key: str, _word: str) -> Place:
    room = (request.endpoint or "").partition(".")[0]
    place = endpoint.partition(".")[0]
    count = open_lines(g.runtime.doors, reader.id) if place == "books" else None
    here = ROOMS.get(room, room) == place
    return Place(label, url_for(endpoint), icon, count=count or None, here=here, key=key or None)
