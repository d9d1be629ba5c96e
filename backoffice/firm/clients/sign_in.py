"""How a person comes in to the portal: by invitation, by password, by a second factor.

These actions open their doors themselves: a try is counted and committed before it is judged,
and which client it is about is known only after the link or the address of mail was looked up.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backoffice.firm.clients.accounts import companies_still_open, house_of, look_up, takes
from backoffice.firm.clients.models import (
    ClientMember,
    Invitation,
    Person,
    PersonCompany,
    PersonSession,
    PersonToken,
)
from backoffice.firm.clients.rules import email_key
from backoffice.foundation import audit
from backoffice.foundation.clock import business_now, real_now
from backoffice.foundation.errors import Refused
from backoffice.foundation.identity import sessions, throttle, tokens
from backoffice.foundation.identity.passwords import hash_password, is_password
from backoffice.foundation.identity.sessions import Browser, SignedIn
from backoffice.foundation.identity.throttle import Tries
from backoffice.foundation.ids import new_id
from backoffice.foundation.language import _, ngettext
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import SYSTEM, Actor, ScopedSession

AUDIENCE = "portal"


class WrongSignIn(Refused):
    """Never says which part was wrong, nor whether the address exists."""

    code = "wrong_sign_in"
    http_status = 401


def accept_invitation(
    runtime: Runtime, *, token: str, code: str, password: str, browser: Browser
) -> SignedIn:
    """Come in for the first time: use the link up, and sign in to the company that invited.

    Who has an account already gives its password; it is not changed.
    """
    throttle.count_try(
        runtime.doors, runtime.keyring, audience=AUDIENCE, account=token, network=browser.address
    )
    with runtime.doors.firm_wide(because="a try at the code of a link") as session:
        row = tokens.count_try(session, PersonToken, token, now=real_now())
        if row.purpose != "invite" or row.client_id is None:
            raise tokens.wrong_code()
        token_id, client_id, invitation_id = row.id, row.client_id, row.invitation_id
    person_id = _person_of_invitation(runtime, client_id, invitation_id, password)
    with runtime.doors.acting_for(client_id, by=Actor("person", person_id)) as session:
        row = session.get_one(PersonToken, token_id)
        tokens.use(session, row, token=token, code=code, now=real_now())
        invitation = session.get_one(Invitation, (client_id, invitation_id))
        person = _account(session, person_id, invitation, password)
        member = _join(session, person, invitation)
        audit.record(session, "person.came_in", subject=member, role=member.role)
        return _begin(session, person, client_id=client_id, browser=browser)


def sign_in(runtime: Runtime, *, email: str, password: str, browser: Browser) -> SignedIn:
    """Sign in by password; with a second factor set up, `give_second_factor` must follow."""
    tries = throttle.count_try(
        runtime.doors, runtime.keyring, audience=AUDIENCE, account=email, network=browser.address
    )
    known = look_up(runtime, email)
    if not is_password(known.password_hash, password) or known.id is None:
        raise _refused_sign_in(runtime, known.id, tries)
    companies = companies_still_open(runtime, known.id)
    home = companies[0] if companies else house_of(runtime)
    with runtime.doors.acting_for(home, by=Actor("person", known.id)) as session:
        person = session.get_one(Person, known.id)
        tries.forgive(session)
        audit.record(session, "person.signed_in", subject=person)
        client_id = companies[0] if companies else None
        return _begin(session, person, client_id=client_id, browser=browser)


def give_second_factor(
    runtime: Runtime, *, person_id: UUID, session_id: UUID, code: str, browser: Browser
) -> SignedIn:
    """Exchange the half session for a whole one, with a new token."""
    tries = throttle.count_try(
        runtime.doors,
        runtime.keyring,
        audience=f"{AUDIENCE} second factor",
        account=str(person_id),
        network=browser.address,
    )
    house = house_of(runtime)
    with runtime.doors.acting_for(house, by=Actor("person", person_id)) as session:
        half = session.get_one(PersonSession, session_id)
        person = session.get_one(Person, person_id)
        if half.person_id == person_id and takes(runtime, session, person, code):
            tries.forgive(session)
            sessions.end(session, PersonSession, PersonSession.id == session_id, now=real_now())
            audit.record(session, "person.second_factor_given", subject=person)
            return _begin(
                session, person, client_id=half.client_id, browser=browser, second_factor=True
            )
    raise _refused_sign_in(runtime, person_id, tries)


def sign_out(session: ScopedSession, *, session_id: UUID) -> None:
    """End one's own session."""
    sessions.end(session, PersonSession, PersonSession.id == session_id, now=real_now())
    audit.record(session, "person.signed_out")


def demo_link(session: Session, *, demo: bool, person_id: UUID) -> tokens.Link:
    """A one-time link that signs a demo person in; refused anywhere but in the demo."""
    tokens.refuse_outside_demo(demo)
    return tokens.issue(
        session,
        PersonToken,
        now=real_now(),
        lives=tokens.DEMO_LIVES,
        purpose="demo",
        person_id=person_id,
    )


def sign_in_by_demo_link(runtime: Runtime, *, token: str, browser: Browser) -> SignedIn:
    """Use a demo link up; the second factor counts as given."""
    tokens.refuse_outside_demo(runtime.settings.demo)
    with runtime.doors.firm_wide(because="whose demo link this is") as session:
        row = tokens.usable(session, PersonToken, token, now=real_now())
        if row is None or row.purpose != "demo" or row.person_id is None:
            raise tokens.LinkUsed(
                _("This link was used already. Start the demo again for new ones.")
            )
        token_id, person_id = row.id, row.person_id
    companies = companies_still_open(runtime, person_id)
    home = companies[0] if companies else house_of(runtime)
    with runtime.doors.acting_for(home, by=Actor("person", person_id)) as session:
        row = session.get_one(PersonToken, token_id)
        tokens.use(session, row, token=token, code=None, now=real_now())
        person = session.get_one(Person, person_id)
        audit.record(session, "person.signed_in", subject=person, demo=True)
        return _begin(session, person, client_id=home, browser=browser, second_factor=True)


def _person_of_invitation(
    runtime: Runtime, client_id: UUID, invitation_id: UUID | None, password: str
) -> UUID:
    """The account that will come in: the known one, if it is its password, or a new id."""
    with runtime.doors.acting_for(client_id, by=Actor("person")) as session:
        email = session.get_one(Invitation, (client_id, invitation_id)).email
    known = look_up(runtime, email)
    if known.id is None or known.password_hash is None:
        return known.id or new_id()
    if not is_password(known.password_hash, password):
        raise WrongSignIn(
            _("You have an account already: this is not its password."), field="password"
        )
    return known.id


def _account(
    session: ScopedSession, person_id: UUID, invitation: Invitation, password: str
) -> Person:
    person = session.get(Person, person_id)
    if person is None:
        person = Person(
            id=person_id,
            email=invitation.email,
            email_key=email_key(invitation.email),
            epoch=1,
            totp_last_step=0,
            locale="en",
            created_at=business_now(session),
        )
        session.add(person)
    if person.password_hash is None:
        person.password_hash = hash_password(password, about=[invitation.email, invitation.name])
    session.flush()
    return person


def _join(session: ScopedSession, person: Person, invitation: Invitation) -> ClientMember:
    """Make the person a member; one who was removed before comes back under the same row."""
    if invitation.withdrawn_at is not None:
        raise tokens.wrong_code()
    invitation.accepted_at = business_now(session)
    session.execute(
        insert(PersonCompany)
        .values(id=new_id(), person_id=person.id, client_id=session.client_id)
        .on_conflict_do_nothing()
    )
    member = session.scalar(
        select(ClientMember).where(
            ClientMember.client_id == session.client_id, ClientMember.person_id == person.id
        )
    )
    if member is None:
        member = ClientMember(person_id=person.id)
        session.add(member)
    member.name, member.email, member.role = invitation.name, invitation.email, invitation.role
    member.since, member.removed_at = business_now(session), None
    session.flush()
    return member


def _begin(
    session: Session,
    person: Person,
    *,
    client_id: UUID | None,
    browser: Browser,
    second_factor: bool = False,
) -> SignedIn:
    return sessions.begin(
        session,
        PersonSession,
        owner={"person_id": person.id},
        epoch=person.epoch,
        now=real_now(),
        second_factor=second_factor,
        browser=browser,
        client_id=client_id,
    )


def _refused_sign_in(runtime: Runtime, person_id: UUID | None, tries: Tries) -> WrongSignIn:
    """Audited in the house's chain, whether or not the address belongs to somebody."""
    with runtime.doors.acting_for(house_of(runtime), by=SYSTEM) as session:
        audit.record(session, "person.sign_in_refused", subject_kind="person", subject_id=person_id)
    return wrong_sign_in(tries)


def wrong_sign_in(tries: Tries) -> WrongSignIn:
    if tries.left <= 0:
        return WrongSignIn(_("That is not right. There is a pause of 15 minutes now."))
    return WrongSignIn(
        ngettext(
            "That name, password or code is not right. "
            "You have %(number)s try left before a pause of 15 minutes.",
            "That name, password or code is not right. "
            "You have %(number)s tries left before a pause of 15 minutes.",
            tries.left,
        )
    )
