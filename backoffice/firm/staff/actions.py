"""Staff come, get a role, work in teams and for clients, and leave.

What concerns the firm is done in a session that acts for the house; an assignment in one that
acts for the client, so that it stands in the client's own audit.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from backoffice.firm.clients.people import read_email, read_name
from backoffice.firm.clients.rules import email_key
from backoffice.firm.staff.models import DUTIES, Assignment, Staff, StaffSession, StaffToken
from backoffice.firm.staff.queries import HOUSE_ZONE
from backoffice.foundation import audit
from backoffice.foundation.clock import business_now, business_today, real_now
from backoffice.foundation.errors import BadInput, Conflict, NotFound
from backoffice.foundation.identity import sessions, tokens
from backoffice.foundation.identity.tokens import Link
from backoffice.foundation.language import _
from backoffice.foundation.mail import post_mail
from backoffice.foundation.permissions import STAFF_ROLES
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import ScopedSession

OPERATOR_EMAIL = "operator@localhost"
INVITABLE_ROLES = tuple(role for role in STAFF_ROLES if role != "operator")


def ensure_operator(session: Session) -> UUID:
    """The staff row as which the command line acts; it has no password and cannot sign in."""
    found = session.scalar(select(Staff.id).where(Staff.role == "operator"))
    if found is not None:
        return found
    operator = Staff(
        name="Operator",
        email=OPERATOR_EMAIL,
        email_key=OPERATOR_EMAIL,
        role="operator",
        created_at=business_now(session),
    )
    session.add(operator)
    session.flush()
    return operator.id


def invite_staff(
    session: ScopedSession,
    runtime: Runtime,
    *,
    name: str,
    email: str,
    role: str,
    zone: str = HOUSE_ZONE,
) -> tuple[Staff, Link]:
    """Add a colleague and mail them a link and a code; they come in by setting both factors."""
    _refuse_role(role)
    address = read_email(email)
    if session.scalar(select(Staff.id).where(Staff.email_key == email_key(address))):
        raise Conflict(_("A colleague with this address is here already."), field="email")
    staff = Staff(
        name=read_name(name),
        email=address,
        email_key=email_key(address),
        role=role,
        zone=zone,
        created_at=business_now(session),
    )
    session.add(staff)
    session.flush()
    audit.record(session, "staff.invited", subject=staff, role=role)
    return staff, _send_link(session, runtime, staff)


def renew_access(session: ScopedSession, runtime: Runtime, *, staff_id: UUID) -> Link:
    """For a lost phone or an old invitation: both factors are taken away and set up anew.

    Nobody sets a colleague's password: the link goes to the colleague's own address.
    """
    staff = _present(session, staff_id)
    staff.password_hash = staff.totp_sealed = None
    staff.epoch += 1
    tokens.void(session, StaffToken, StaffToken.staff_id == staff_id, now=real_now())
    audit.record(session, "staff.access_renewed", subject=staff)
    return _send_link(session, runtime, staff)


def change_role(session: ScopedSession, *, staff_id: UUID, role: str) -> None:
    """Give a colleague another role; it counts from their next request."""
    _refuse_role(role)
    _refuse_own(session, staff_id)
    staff = _present(session, staff_id)
    before, staff.role = staff.role, role
    audit.record(session, "staff.role_changed", subject=staff, before=before, after=role)


def deactivate(session: ScopedSession, *, staff_id: UUID) -> None:
    """A colleague leaves: signed out everywhere, assigned nowhere, able to come back by nothing."""
    _refuse_own(session, staff_id)
    staff = _present(session, staff_id)
    staff.deactivated_at = business_now(session)
    staff.epoch += 1
    now = real_now()
    sessions.end(session, StaffSession, StaffSession.staff_id == staff_id, now=now)
    tokens.void(session, StaffToken, StaffToken.staff_id == staff_id, now=now)
    _end_assignments(session, Assignment.staff_id == staff_id)
    audit.record(session, "staff.deactivated", subject=staff)


def end_session(session: ScopedSession, *, staff_id: UUID, session_id: UUID) -> None:
    """End another browser of one's own."""
    ended = sessions.end(
        session,
        StaffSession,
        StaffSession.id == session_id,
        StaffSession.staff_id == staff_id,
        now=real_now(),
    )
    if not ended:
        raise NotFound(_("That browser was signed out already."))
    audit.record(
        session, "staff.session_ended", subject_kind="staff_session", subject_id=session_id
    )


def choose_locale(session: ScopedSession, *, staff_id: UUID, locale: str) -> None:
    """The language of one's own pages."""
    session.get_one(Staff, staff_id).locale = "id" if locale == "id" else "en"
    audit.record(session, "staff.language_chosen", subject_kind="staff", subject_id=staff_id)


def assign(session: ScopedSession, *, staff_id: UUID, duty: str) -> Assignment:
    """Let a colleague work for the client in scope; what they may see follows from it."""
    if duty not in DUTIES:
        raise BadInput(_("Choose what the colleague does for this client."), field="duty")
    staff = _present(session, staff_id)
    taken = session.scalar(
        select(Assignment.id).where(
            Assignment.client_id == session.client_id,
            Assignment.staff_id == staff_id,
            Assignment.duty == duty,
            Assignment.until.is_(None),
        )
    )
    if taken is not None:
        raise Conflict(
            _("%(name)s does this for the client already.", name=staff.name), field="staff_id"
        )
    assignment = Assignment(
        staff_id=staff_id,
        client_id=session.client_id,
        duty=duty,
        since=business_today(session, HOUSE_ZONE),
    )
    session.add(assignment)
    session.flush()
    audit.record(session, "staff.assigned", subject=assignment, staff=staff_id, duty=duty)
    return assignment


def unassign(session: ScopedSession, *, assignment_id: UUID) -> None:
    """From today the colleague works for the client in scope no longer."""
    found = session.get(Assignment, assignment_id)
    if found is None or found.client_id != session.client_id or found.until is not None:
        raise NotFound(_("This colleague does not work for the client."))
    _end_assignments(session, Assignment.id == assignment_id)
    audit.record(session, "staff.unassigned", subject=found, staff=found.staff_id, duty=found.duty)


def _end_assignments(session: ScopedSession, *which: ColumnElement[bool]) -> None:
    """Yesterday was the last day; an assignment of today alone lasts its one day."""
    today = business_today(session, HOUSE_ZONE)
    open_ones = session.scalars(select(Assignment).where(*which, Assignment.until.is_(None)))
    for assignment in open_ones:
        assignment.until = max(assignment.since, today - timedelta(days=1))


def _send_link(session: ScopedSession, runtime: Runtime, staff: Staff) -> Link:
    link = tokens.issue(
        session,
        StaffToken,
        now=real_now(),
        lives=tokens.INVITATION_LIVES,
        purpose="invite",
        staff_id=staff.id,
    )
    text = _(
        "Dear %(name)s,\n\nyour place at the workbench is ready.\n\n"
        "Open this page: %(address)s\nand type this code: %(code)s\n\n"
        "Have your phone with an authenticator app at hand. "
        "The link works once, within %(days)s days.\n",
        name=staff.name,
        address=f"{runtime.settings.work_address}/welcome/{link.token}",
        code=link.code,
        days=tokens.INVITATION_LIVES.days,
    )
    post_mail(
        session,
        runtime.keyring,
        to=staff.email,
        subject=_("Your place at the workbench"),
        text=text,
    )
    return link


def _present(session: ScopedSession, staff_id: UUID) -> Staff:
    staff = session.get(Staff, staff_id, with_for_update=True)
    if staff is None or staff.deactivated_at is not None or staff.role == "operator":
        raise NotFound(_("There is no such colleague."))
    return staff


def _refuse_role(role: str) -> None:
    if role not in INVITABLE_ROLES:
        raise BadInput(_("Choose one of the roles."), field="role")


def _refuse_own(session: ScopedSession, staff_id: UUID) -> None:
    if session.actor.id == staff_id:
        raise Conflict(
            _("You cannot change your own role or leave by your own hand. Ask a colleague."),
            code="own_account",
            field="role",
        )
