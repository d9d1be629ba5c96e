"""The people who speak for a client: asked in, given roles, taken out."""

from __future__ import annotations

import re
from uuid import UUID

from sqlalchemy import select

from backoffice.firm.clients import queries
from backoffice.firm.clients.models import (
    Client,
    ClientMember,
    Invitation,
    PersonSession,
    PersonToken,
)
from backoffice.firm.clients.rules import email_key
from backoffice.foundation import audit
from backoffice.foundation.clock import business_now, real_now
from backoffice.foundation.errors import BadInput, Conflict, NotFound
from backoffice.foundation.identity import sessions, tokens
from backoffice.foundation.identity.tokens import Link
from backoffice.foundation.language import _
from backoffice.foundation.mail import post_mail
from backoffice.foundation.permissions import PEOPLE_ROLES
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import ScopedSession

EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
EMAIL_LENGTH_MAX = 254
INVITATIONS_OPEN_MAX = 50


class LastOwner(Conflict):
    code = "last_owner"


def invite_person(
    session: ScopedSession, runtime: Runtime, *, name: str, email: str, role: str
) -> tuple[Invitation, Link]:
    """Ask somebody in to the client in scope; the mail holds a link and a code of six digits."""
    _refuse_role(role)
    invitation = Invitation(
        name=read_name(name),
        email=read_email(email),
        role=role,
        invited_by_kind=session.actor.kind,
        invited_by_id=session.actor.id,
        invited_at=business_now(session),
    )
    _refuse_known(session, invitation.email)
    session.add(invitation)
    session.flush()
    link = tokens.issue(
        session,
        PersonToken,
        now=real_now(),
        lives=tokens.INVITATION_LIVES,
        purpose="invite",
        client_id=session.client_id,
        invitation_id=invitation.id,
    )
    _mail_invitation(session, runtime, invitation, link)
    audit.record(session, "person.invited", subject=invitation, role=role)
    return invitation, link


def withdraw_invitation(session: ScopedSession, *, invitation_id: UUID) -> None:
    """Call an invitation off; its link is worth nothing from now on."""
    waiting = [row for row in queries.open_invitations(session) if row.id == invitation_id]
    if not waiting:
        raise NotFound(_("This invitation was accepted or withdrawn already."))
    waiting[0].withdrawn_at = business_now(session)
    tokens.void(session, PersonToken, PersonToken.invitation_id == invitation_id, now=real_now())
    audit.record(session, "person.invitation_withdrawn", subject=waiting[0])


def change_person_role(session: ScopedSession, *, person_id: UUID, role: str) -> None:
    """Give a person another role; it counts from their next request."""
    _refuse_role(role)
    present = _locked_members(session)
    member = _one_of(present, person_id)
    if role != "owner":
        _refuse_last_owner(present, member)
    before, member.role = member.role, role
    audit.record(session, "person.role_changed", subject=member, before=before, after=role)


def remove_person(session: ScopedSession, *, person_id: UUID) -> None:
    """Take a person out of the client; browsers that show this client are signed out."""
    if session.actor.kind == "person" and session.actor.id == person_id:
        raise Conflict(_("You cannot remove yourself. Ask another owner."), code="own_account")
    present = _locked_members(session)
    member = _one_of(present, person_id)
    _refuse_last_owner(present, member)
    member.removed_at = business_now(session)
    sessions.end(
        session,
        PersonSession,
        PersonSession.person_id == person_id,
        PersonSession.client_id == session.client_id,
        now=real_now(),
    )
    audit.record(session, "person.removed", subject=member, role=member.role)


def read_email(email: str) -> str:
    email = email.strip()
    if len(email) > EMAIL_LENGTH_MAX or not EMAIL.fullmatch(email):
        raise BadInput(_("Write an e-mail address, such as martin@acorn.example."), field="email")
    return email


def read_name(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= 100:
        raise BadInput(_("Write the person's name."), field="name")
    return name


def _refuse_role(role: str) -> None:
    if role not in PEOPLE_ROLES:
        raise BadInput(_("Choose one of the roles."), field="role")


def _refuse_known(session: ScopedSession, email: str) -> None:
    """Not twice the same person, and not without end: each invitation is a mail to somebody."""
    key = email_key(email)
    if any(email_key(member.email) == key for member in queries.members(session)):
        raise Conflict(_("This person is in already."), code="already_in", field="email")
    waiting = queries.open_invitations(session)
    if any(email_key(invitation.email) == key for invitation in waiting):
        raise Conflict(
            _("This person was invited already. Withdraw that invitation to send a new one."),
            code="already_invited",
            field="email",
        )
    if len(waiting) >= INVITATIONS_OPEN_MAX:
        raise Conflict(_("Too many invitations are open. Withdraw some first."))


def _mail_invitation(
    session: ScopedSession, runtime: Runtime, invitation: Invitation, link: Link
) -> None:
    company = session.get_one(Client, (session.client_id, session.client_id)).name
    address = f"{runtime.settings.portal_address}/come-in/{link.token}"
    post_mail(
        session,
        runtime.keyring,
        to=invitation.email,
        subject=_("Come in: %(company)s", company=company),
        text=_(
            "Dear %(name)s,\n\nyou are invited to the portal of %(company)s.\n\n"
            "Open this page: %(address)s\nand type this code: %(code)s\n\n"
            "The link works once, within %(days)s days. "
            "If you did not expect it, do nothing: nobody gets in without it.\n",
            name=invitation.name,
            company=company,
            address=address,
            code=link.code,
            days=tokens.INVITATION_LIVES.days,
        ),
    )


def _locked_members(session: ScopedSession) -> list[ClientMember]:
    """All members, locked, so that two owners cannot remove each other at the same moment."""
    present = select(ClientMember).where(
        ClientMember.client_id == session.client_id, ClientMember.removed_at.is_(None)
    )
    return list(session.scalars(present.order_by(ClientMember.id).with_for_update()))


def _one_of(present: list[ClientMember], person_id: UUID) -> ClientMember:
    for member in present:
        if member.person_id == person_id:
            return member
    raise NotFound(_("There is no such person here."))


def _refuse_last_owner(present: list[ClientMember], member: ClientMember) -> None:
    owners = [other for other in present if other.role == "owner"]
    if owners == [member]:
        raise LastOwner(
            _("This is the only owner. Make somebody else an owner first."), field="role"
        )
