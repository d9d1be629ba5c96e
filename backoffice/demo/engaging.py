"""Clients are signed up: added with open books, colleagues assigned, their people invited."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from backoffice.demo.cast import CLIENTS, DemoClient, Insider
from backoffice.demo.organisation import Ids
from backoffice.demo.stage import BROWSER, Stage
from backoffice.firm.clients.actions import add_client, change_brand
from backoffice.firm.clients.people import invite_person, withdraw_invitation
from backoffice.firm.clients.queries import Card, card_of, every_client, members, open_invitations
from backoffice.firm.clients.sign_in import accept_invitation, sign_out
from backoffice.firm.staff.actions import assign
from backoffice.foundation.calendar import business_day
from backoffice.foundation.clock import business_today
from backoffice.foundation.identity.tokens import Link
from backoffice.foundation.ids import new_id
from backoffice.foundation.tenancy import SYSTEM


@dataclass(frozen=True)
class Engaged:
    """A client of the cast that is signed up, and who acts: its people and those who serve it."""

    cast: DemoClient
    card: Card
    people: Ids
    preparer: UUID
    reviewer: UUID
    came_on: date
    today: date

    @property
    def id(self) -> UUID:
        return self.card.id

    @property
    def sender(self) -> UUID:
        """Who sends the files: whoever keeps the accounts there, else the owner."""
        finance = [one for one in self.cast.people if one.role == "finance"]
        return self.people[(finance or list(self.cast.people))[0].name]


def engage(stage: Stage, staff: Ids) -> list[Engaged]:
    """Every client of the cast; those that are signed up already as they are."""
    with stage.workbench.doors.across(stage.operator) as session:
        known = {card.slug: card for card in every_client(session)}
    return [engaged(stage, cast, staff, known.get(cast.slug)) for cast in CLIENTS]


def engaged(stage: Stage, cast: DemoClient, staff: Ids, known: Card | None) -> Engaged:
    manager = staff[cast.account_manager]
    card = known or sign_up(stage, cast, staff, by=manager)
    people = bring_people_in(stage, card, cast, by=manager)
    with stage.as_staff(manager, card.id) as session:
        today = business_today(session, card.zone)
    return Engaged(
        cast=cast,
        card=card,
        people=people,
        preparer=staff[cast.preparer],
        reviewer=staff[cast.reviewer],
        came_on=business_day(card.created_at, card.zone),
        today=today,
    )


def sign_up(stage: Stage, cast: DemoClient, staff: Ids, *, by: UUID) -> Card:
    """Add the client and say who works for it."""
    duties = {
        "account_manager": cast.account_manager,
        "preparer": cast.preparer,
        "reviewer": cast.reviewer,
    }
    with stage.as_staff(by, new_id()) as session:
        add_client(
            session,
            stage.workbench.keyring,
            name=cast.name,
            country=cast.country,
            zone=cast.zone,
            fiscal_year_start=cast.fiscal_year_start,
            slug=cast.slug,
        )
        change_brand(session, colour=cast.colour)
        for duty, name in duties.items():
            assign(session, staff_id=staff[name], duty=duty)
        return card_of(session)


def bring_people_in(stage: Stage, card: Card, cast: DemoClient, *, by: UUID) -> Ids:
    """The account manager invites the owner, the owner everybody else."""
    owner, *others = cast.people
    owner_id = bring_in(stage, card, owner, by=by, by_staff=True)
    ids = {one.name: bring_in(stage, card, one, by=owner_id) for one in others}
    return {owner.name: owner_id, **ids}


def bring_in(
    stage: Stage, card: Card, insider: Insider, *, by: UUID, by_staff: bool = False
) -> UUID:
    runtime = stage.workbench if by_staff else stage.portal
    acting = stage.as_staff if by_staff else stage.as_person
    with acting(by, card.id) as session:
        known = {one.email: one.person_id for one in members(session)}
        if insider.email in known:
            return known[insider.email]
        for waiting in open_invitations(session):  # of a play that was cut off: its link is lost
            if waiting.email == insider.email:
                withdraw_invitation(session, invitation_id=waiting.id)
        _invitation, link = invite_person(
            session, runtime, name=insider.name, email=insider.email, role=insider.role
        )
    return come_in(stage, card, insider, link)


def come_in(stage: Stage, card: Card, insider: Insider, link: Link) -> UUID:
    """What the page of a mailed invitation does, and out again: visitors come by demo links."""
    signed_in = accept_invitation(
        stage.portal,
        token=link.token,
        code=link.code,
        password=secrets.token_urlsafe(),
        browser=BROWSER,
    )
    with stage.portal.doors.acting_for(card.id, by=SYSTEM) as session:
        person = next(one.person_id for one in members(session) if one.email == insider.email)
    with stage.as_person(person, card.id) as session:
        sign_out(session, session_id=signed_in.id)
    return person
