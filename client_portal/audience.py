"""The portal's people: each speaks for one company at a time, taken from the session alone."""

from __future__ import annotations

from uuid import UUID

from flask import g, request, url_for
from sqlalchemy.orm import Session

from backoffice.firm.clients import queries
from backoffice.firm.clients.models import PersonSession
from backoffice.firm.clients.queries import Card, PersonSignedIn
from backoffice.foundation.clock import real_now
from backoffice.foundation.identity import sessions
from backoffice.foundation.identity.sessions import Limits
from backoffice.foundation.language import _
from backoffice.foundation.permissions import PEOPLE
from backoffice.foundation.tenancy import Actor, Doors
from client_portal import words
from client_portal.places import places
from config.settings import Settings
from design.frame import Audience, Reader
from design.shell import Person, Place, Shell, initials


class Portal(Audience):
    name = "portal"
    skeleton = "portal"
    session_model = PersonSession
    permissions = frozenset().union(*PEOPLE.values())
    sign_in_endpoint = "sign_in.show"
    second_factor_endpoint = "sign_in.second_factor"
    home_endpoint = "home.show"

    def words(self) -> str:
        return _("Portal, for clients")

    def host(self, settings: Settings) -> str:
        return settings.portal_host

    def reader(self, firm: Session, doors: Doors, token: str, limits: Limits) -> Reader | None:
        found = queries.person_signed_in(firm, token, limits)
        if found is None:
            return None
        name, role, company = _place_of(doors, found)
        return Reader(
            kind="person",
            id=found.id,
            session_id=found.session_id,
            name=name,
            email=found.email,
            role=role,
            locale=found.locale,
            zone=company.zone if company else "UTC",
            permissions=PEOPLE[role] if role else frozenset(),
            complete=not found.second_factor_missing,
            company=company,
            due_for_touch=sessions.is_due_for_touch(found.seen_at, now=real_now(), limits=limits),
        )

    def may_enter(self, _firm: Session, reader: Reader, client_id: UUID) -> bool:
        """No address of the portal names a client; if one did, only the session's own counts."""
        return client_id == reader.client_id

    def shell(self, reader: Reader) -> Shell:
        return Shell(
            places=[_place(*place) for place in places() if reader.may(place[3])],
            person=Person(reader.name, words.person_role(reader.role), initials(reader.name)),
            sign_out=url_for("sign_in.sign_out"),
            home=url_for("home.show"),
            settings=url_for("own_account.show"),
            company=reader.company.name if reader.company else "",
            companies=[_company(card, reader) for card in _companies(reader)],
            switch_company=url_for("sign_in.switch_company"),
        )


def _place_of(doors: Doors, found: PersonSignedIn) -> tuple[str, str | None, Card | None]:
    """Name and role at the company in hand: the client's own row, read for each request."""
    if found.client_id is None:
        return found.email, None, None
    with doors.acting_for(found.client_id, by=Actor("person", found.id)) as session:
        member = queries.member(session, found.id)
        if member is None:
            return found.email, None, None
        return member.name, member.role, queries.card_of(session)


def _companies(reader: Reader) -> list[Card]:
    return queries.companies_of(g.runtime.doors, reader.id, but=reader.client_id)


def _company(card: Card, reader: Reader) -> Place:
    return Place(card.name, "", "", here=card.id == reader.client_id, key=str(card.id))


def _place(endpoint: str, label: str, icon: str, _permission: str) -> Place:
    here = (request.endpoint or "").partition(".")[0] == endpoint.partition(".")[0]
    return Place(label, url_for(endpoint), icon, here=here)
