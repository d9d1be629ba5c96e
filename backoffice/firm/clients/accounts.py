"""Looking an account of the portal up, and judging what it gave; used by sign-in and account."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.firm.clients import queries
from backoffice.firm.clients.models import Person, PersonCompany
from backoffice.firm.clients.rules import email_key
from backoffice.foundation.clock import real_now
from backoffice.foundation.identity import totp
from backoffice.foundation.runtime import Runtime


@dataclass(frozen=True)
class Known:
    """What is looked up of an account before its password is judged."""

    id: UUID | None
    password_hash: str | None


def look_up(runtime: Runtime, email: str) -> Known:
    """The account of that address of mail; the same work whether there is one or not."""
    with runtime.doors.firm_wide(because="who has this address of mail") as session:
        person = session.scalar(select(Person).where(Person.email_key == email_key(email)))
        return Known(None, None) if person is None else Known(person.id, person.password_hash)


def companies_still_open(runtime: Runtime, person_id: UUID) -> list[UUID]:
    """The companies that the person may enter, in the order in which they came in."""
    with runtime.doors.firm_wide(because="which companies a person may enter") as session:
        ids = select(PersonCompany.client_id).where(PersonCompany.person_id == person_id)
        ordered = list(session.scalars(ids.order_by(PersonCompany.id)))
    still_in = {company.id for company in queries.companies_of(runtime.doors, person_id)}
    return [company for company in ordered if company in still_in]


def takes(runtime: Runtime, session: Session, person: Person, code: str) -> bool:
    """Whether the code is right now and was not used before; uses it up."""
    if person.totp_sealed is None:
        return False
    seed = totp.open_seed(runtime.keyring, person.totp_sealed, table="person", owner_id=person.id)
    step = totp.step_of(seed, code, now=real_now())
    return step is not None and totp.use_step(session, Person, person.id, step)


def house_of(runtime: Runtime) -> UUID:
    with runtime.doors.firm_wide(because="which client is the house") as session:
        return queries.house_of(session)
