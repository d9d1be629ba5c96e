"""Questions about clients and their people, as pages ask them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.firm.clients.models import (
    Client,
    ClientMember,
    Invitation,
    Person,
    PersonCompany,
    PersonSession,
    PersonToken,
    Tenant,
)
from backoffice.firm.clients.rules import email_key, name_key
from backoffice.foundation.clock import real_now
from backoffice.foundation.errors import NotFound
from backoffice.foundation.identity import sessions, tokens
from backoffice.foundation.identity.sessions import Limits
from backoffice.foundation.language import _
from backoffice.foundation.tenancy import Actor, Doors, ScopedSession

PAGE_ROWS = 50


@dataclass(frozen=True)
class Card:
    """A client as every page of it shows it."""

    id: UUID
    name: str
    slug: str
    country: str
    currency: str
    zone: str
    fiscal_year_start: str
    chart: str
    brand_colour: str | None
    created_at: datetime


@dataclass(frozen=True)
class PersonSignedIn:
    """What a session of the portal tells before a client is known."""

    id: UUID
    session_id: UUID
    email: str
    locale: str
    client_id: UUID | None
    seen_at: datetime
    second_factor_missing: bool


def house_of(session: Session) -> UUID:
    """The provider's own client."""
    return session.scalars(select(Tenant.id).where(Tenant.kind == "house")).one()


def card_of(session: ScopedSession) -> Card:
    """The client that the session acts for."""
    return _card(session.scalars(select(Client).where(Client.id == session.client_id)).one())


def card_if_there(session: ScopedSession) -> Card | None:
    """The same where the client may not exist yet: while its form is being filled in."""
    found = session.scalar(select(Client).where(Client.id == session.client_id))
    return None if found is None else _card(found)


def clients(session: ScopedSession, *, named: str = "", after: str = "") -> list[Card]:
    """The clients that the session may read, the house left out, in order of their names.

    `after` is the name_key of the last row of the page before.
    """
    found = select(Client).join(Tenant, Tenant.id == Client.client_id)
    found = found.where(Tenant.kind == "client").order_by(Client.name_key, Client.id)
    if named:
        found = found.where(Client.name_key.contains(name_key(named), autoescape=True))
    if after:
        found = found.where(Client.name_key > after)
    return [_card(row) for row in session.scalars(found.limit(PAGE_ROWS + 1))]


def every_client(session: ScopedSession, *, with_house: bool = False) -> list[Card]:
    """All clients that the session may read, for commands; pages ask `clients`."""
    found = select(Client).join(Tenant, Tenant.id == Client.client_id)
    kinds = ("client", "house") if with_house else ("client",)
    found = found.where(Tenant.kind.in_(kinds)).order_by(Client.name_key, Client.id)
    return [_card(row) for row in session.scalars(found)]


def client_named(session: ScopedSession, slug_or_id: str) -> Card:
    """The client of that slug or id, among those that the session may read."""
    found = session.scalar(select(Client).where(Client.slug == slug_or_id.lower()))
    if found is None and (wanted := _as_id(slug_or_id)):
        found = session.scalar(select(Client).where(Client.id == wanted))
    if found is None:
        raise NotFound(_("There is no client “%(name)s”.", name=slug_or_id))
    return _card(found)


def members(session: ScopedSession) -> Sequence[ClientMember]:
    """The people of the client in scope, by name."""
    present = select(ClientMember).where(
        ClientMember.client_id == session.client_id, ClientMember.removed_at.is_(None)
    )
    return session.scalars(present.order_by(ClientMember.name)).all()


def member(session: ScopedSession, person_id: UUID) -> ClientMember | None:
    """The person's name and role at the client in scope."""
    return session.scalar(
        select(ClientMember).where(
            ClientMember.client_id == session.client_id,
            ClientMember.person_id == person_id,
            ClientMember.removed_at.is_(None),
        )
    )


def open_invitations(session: ScopedSession) -> Sequence[Invitation]:
    """Who was asked to come in and has neither come nor been called off."""
    waiting = select(Invitation).where(
        Invitation.client_id == session.client_id,
        Invitation.accepted_at.is_(None),
        Invitation.withdrawn_at.is_(None),
    )
    return session.scalars(waiting.order_by(Invitation.invited_at)).all()


def person_signed_in(session: Session, token: str, limits: Limits) -> PersonSignedIn | None:
    """Who stands behind a session's token, from schema `firm` alone."""
    live = sessions.live(PersonSession, token, now=real_now(), limits=limits)
    found = session.execute(
        select(PersonSession, Person)
        .join(Person, Person.id == PersonSession.person_id)
        .where(*live, PersonSession.epoch == Person.epoch)
    ).one_or_none()
    if found is None:
        return None
    here, person = found
    return PersonSignedIn(
        id=person.id,
        session_id=here.id,
        email=person.email,
        locale=person.locale,
        client_id=here.client_id,
        seen_at=here.seen_at,
        second_factor_missing=person.totp_sealed is not None and here.second_factor_at is None,
    )


def has_totp(session: Session, person_id: UUID) -> bool:
    """Whether the person's sign-in asks for a code from an app."""
    sealed = session.scalar(select(Person.totp_sealed).where(Person.id == person_id))
    return sealed is not None


def companies_of(doors: Doors, person_id: UUID, *, but: UUID | None = None) -> list[Card]:
    """The companies that a person may enter, each read through its own door.

    With `but`, the answer is empty where that is the only one: nothing to choose from.
    """
    with doors.firm_wide(because="which companies a person may enter") as session:
        ids = session.scalars(
            select(PersonCompany.client_id).where(PersonCompany.person_id == person_id)
        ).all()
    found: list[Card] = []
    if list(ids) == [but]:
        return found
    for client_id in ids:
        with doors.acting_for(client_id, by=Actor("person", person_id)) as session:
            if member(session, person_id) is not None:
                found.append(card_of(session))
    return sorted(found, key=lambda card: name_key(card.name))


def sessions_of(session: Session, person_id: UUID, limits: Limits) -> Sequence[PersonSession]:
    """The browsers in which a person is signed in, newest first."""
    still_open = sessions.open_conditions(PersonSession, now=real_now(), limits=limits)
    return session.scalars(
        select(PersonSession)
        .join(Person, Person.id == PersonSession.person_id)
        .where(
            PersonSession.person_id == person_id, PersonSession.epoch == Person.epoch, *still_open
        )
        .order_by(PersonSession.created_at.desc())
    ).all()


@dataclass(frozen=True)
class Welcome:
    """What the page of a mailed link says before anybody has signed in."""

    purpose: str
    company: str | None
    name: str | None
    email: str | None
    has_account: bool


def welcome(doors: Doors, token: str) -> Welcome | None:
    """What a link stands for; None when it was used, is too old, or never was."""
    with doors.firm_wide(because="what a mailed link stands for") as session:
        row = tokens.usable(session, PersonToken, token, now=real_now())
        if row is None:
            return None
        purpose, client_id, invitation_id = row.purpose, row.client_id, row.invitation_id
        person_id = row.person_id
    if person_id is not None:
        return Welcome(purpose, None, _name_of(doors, person_id), None, True)
    if client_id is None:
        return None
    with doors.acting_for(client_id, by=Actor("person")) as session:
        invitation = session.get_one(Invitation, (client_id, invitation_id))
        known = session.scalar(
            select(Person.password_hash).where(Person.email_key == email_key(invitation.email))
        )
        company = card_of(session).name
        return Welcome(purpose, company, invitation.name, invitation.email, known is not None)


def _name_of(doors: Doors, person_id: UUID) -> str | None:
    """A person's name, as the first of their companies knows it."""
    for company in companies_of(doors, person_id):
        with doors.acting_for(company.id, by=Actor("person", person_id)) as session:
            found = member(session, person_id)
            return found.name if found else None
    return None


def _card(row: Client) -> Card:
    return Card(**{name: getattr(row, name) for name in Card.__dataclass_fields__})


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
