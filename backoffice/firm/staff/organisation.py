"""Departments with a head, teams with a lead, and who is in them. All in the house's session."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from backoffice.firm.staff.models import Department, Membership, Staff, Team
from backoffice.firm.staff.queries import HOUSE_ZONE
from backoffice.foundation import audit
from backoffice.foundation.clock import business_today
from backoffice.foundation.errors import BadInput, Conflict, NotFound
from backoffice.foundation.ids import new_id
from backoffice.foundation.language import _
from backoffice.foundation.tenancy import ScopedSession

NAME_LENGTH_MAX = 60


def make_department(session: ScopedSession, *, name: str, head_id: UUID | None = None) -> UUID:
    """A department, with its head if there is one yet."""
    made: UUID | None = session.scalar(
        insert(Department)
        .values(id=new_id(), name=_name(name), head_id=_colleague(session, head_id))
        .on_conflict_do_nothing()
        .returning(Department.id)
    )
    if made is None:
        raise Conflict(_("There is a department of this name already."), field="name")
    audit.record(session, "department.made", subject_kind="department", subject_id=made)
    return made


def make_team(
    session: ScopedSession, *, department_id: UUID, name: str, lead_id: UUID | None = None
) -> UUID:
    """A team of a department, with its lead if there is one yet."""
    if session.get(Department, department_id) is None:
        raise NotFound(_("There is no such department."))
    made: UUID | None = session.scalar(
        insert(Team)
        .values(
            id=new_id(),
            department_id=department_id,
            name=_name(name),
            lead_id=_colleague(session, lead_id),
        )
        .on_conflict_do_nothing()
        .returning(Team.id)
    )
    if made is None:
        raise Conflict(_("The department has a team of this name already."), field="name")
    audit.record(session, "team.made", subject_kind="team", subject_id=made)
    return made


def appoint_head(session: ScopedSession, *, department_id: UUID, staff_id: UUID | None) -> None:
    department = session.get(Department, department_id)
    if department is None:
        raise NotFound(_("There is no such department."))
    department.head_id = _colleague(session, staff_id)
    audit.record(session, "department.head_appointed", subject=department, staff=staff_id)


def appoint_lead(session: ScopedSession, *, team_id: UUID, staff_id: UUID | None) -> None:
    team = _team(session, team_id)
    team.lead_id = _colleague(session, staff_id)
    audit.record(session, "team.lead_appointed", subject=team, staff=staff_id)


def join_team(session: ScopedSession, *, team_id: UUID, staff_id: UUID) -> UUID:
    """From today the colleague is in the team."""
    _team(session, team_id)
    _colleague(session, staff_id)
    already = session.scalar(
        select(Membership.id).where(
            Membership.team_id == team_id,
            Membership.staff_id == staff_id,
            Membership.until.is_(None),
        )
    )
    if already is not None:
        raise Conflict(_("This colleague is in the team already."), field="staff_id")
    membership = Membership(
        team_id=team_id, staff_id=staff_id, since=business_today(session, HOUSE_ZONE)
    )
    session.add(membership)
    session.flush()
    audit.record(session, "team.joined", subject=membership, staff=staff_id)
    return membership.id


def leave_team(session: ScopedSession, *, membership_id: UUID) -> None:
    """Yesterday was the colleague's last day in the team."""
    membership = session.get(Membership, membership_id)
    if membership is None or membership.until is not None:
        raise NotFound(_("This colleague is not in the team."))
    yesterday = business_today(session, HOUSE_ZONE) - timedelta(days=1)
    membership.until = max(membership.since, yesterday)
    audit.record(session, "team.left", subject=membership, staff=membership.staff_id)


def _team(session: ScopedSession, team_id: UUID) -> Team:
    team = session.get(Team, team_id)
    if team is None:
        raise NotFound(_("There is no such team."))
    return team


def _colleague(session: ScopedSession, staff_id: UUID | None) -> UUID | None:
    if staff_id is None:
        return None
    staff = session.get(Staff, staff_id)
    if staff is None or staff.deactivated_at is not None or staff.role == "operator":
        raise NotFound(_("There is no such colleague."))
    return staff_id


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_LENGTH_MAX:
        raise BadInput(_("Write a name."), field="name")
    return name
