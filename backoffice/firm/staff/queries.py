"""Questions about staff: who is signed in, who is where in the firm, who works for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Row, or_, select
from sqlalchemy.orm import Session

from backoffice.firm.clients.queries import Card, clients
from backoffice.firm.staff.models import (
    Assignment,
    Department,
    Membership,
    Staff,
    StaffSession,
    StaffToken,
    Team,
)
from backoffice.foundation.clock import business_today, real_now
from backoffice.foundation.identity import sessions, tokens
from backoffice.foundation.identity.sessions import Limits
from backoffice.foundation.tenancy import ScopedSession, clients_readable_by

HOUSE_ZONE = "Europe/London"  # days of memberships and assignments begin and end here


@dataclass(frozen=True)
class StaffSignedIn:
    """What a session of the workbench tells."""

    id: UUID
    session_id: UUID
    name: str
    email: str
    role: str
    locale: str
    zone: str
    seen_at: datetime
    second_factor: bool


@dataclass(frozen=True)
class TeamOnPage:
    """A team as the staff page shows it."""

    id: UUID
    name: str
    lead: str | None
    people: list[tuple[UUID, str]]  # membership id and name


@dataclass(frozen=True)
class DepartmentOnPage:
    id: UUID
    name: str
    head: str | None
    teams: list[TeamOnPage]


@dataclass(frozen=True)
class AssignedStaff:
    """Somebody who works for the client in scope."""

    id: UUID  # of the assignment
    staff_id: UUID
    name: str
    duty: str
    since: date


def staff_signed_in(session: Session, token: str, limits: Limits) -> StaffSignedIn | None:
    """Who stands behind a session's token: read anew for each request."""
    live = sessions.live(StaffSession, token, now=real_now(), limits=limits)
    found = session.execute(
        select(StaffSession, Staff)
        .join(Staff, Staff.id == StaffSession.staff_id)
        .where(*live, StaffSession.epoch == Staff.epoch, Staff.deactivated_at.is_(None))
    ).one_or_none()
    if found is None:
        return None
    here, staff = found
    return StaffSignedIn(
        id=staff.id,
        session_id=here.id,
        name=staff.name,
        email=staff.email,
        role=staff.role,
        locale=staff.locale,
        zone=staff.zone,
        seen_at=here.seen_at,
        second_factor=here.second_factor_at is not None,
    )


def may_enter(session: Session, staff_id: UUID, client_id: UUID) -> bool:
    """Whether the client is among those that this member of staff may read."""
    return client_id in clients_readable_by(session, staff_id)


def my_clients(session: ScopedSession, *, named: str = "", after: str = "") -> list[Card]:
    """The clients of the member of staff behind an `across` session, in order of their names."""
    return clients(session, named=named, after=after)


def staff_on_page(session: Session) -> Sequence[Staff]:
    """Everybody who works here now, by name; the operator is no person."""
    present = select(Staff).where(Staff.deactivated_at.is_(None), Staff.role != "operator")
    return session.scalars(present.order_by(Staff.name)).all()


def operator_id(session: Session) -> UUID:
    """The row as which the command line acts."""
    return session.scalars(select(Staff.id).where(Staff.role == "operator")).one()


def names_of(session: Session, staff_ids: set[UUID]) -> dict[UUID, str]:
    found = select(Staff.id, Staff.name).where(Staff.id.in_(staff_ids))
    return {row.id: row.name for row in session.execute(found)}


def organisation(session: Session) -> list[DepartmentOnPage]:
    """Departments with their teams and who is in them today."""
    today = business_today(session, HOUSE_ZONE)
    names = {row.id: row.name for row in session.execute(select(Staff.id, Staff.name))}
    members = session.execute(
        select(Membership.id, Membership.team_id, Membership.staff_id)
        .where(Membership.since <= today, _not_over(Membership, today))
        .order_by(Membership.since)
    ).all()
    teams = session.scalars(select(Team).order_by(Team.name)).all()
    departments = session.scalars(select(Department).order_by(Department.name)).all()
    return [
        DepartmentOnPage(
            id=department.id,
            name=department.name,
            head=names.get(department.head_id) if department.head_id else None,
            teams=[
                _team(team, members, names) for team in teams if team.department_id == department.id
            ],
        )
        for department in departments
    ]


def assigned(session: ScopedSession) -> list[AssignedStaff]:
    """Who works for the client in scope today, and as what."""
    today = business_today(session, HOUSE_ZONE)
    found = session.execute(
        select(Assignment, Staff.name)
        .join(Staff, Staff.id == Assignment.staff_id)
        .where(
            Assignment.client_id == session.client_id,
            Assignment.since <= today,
            _not_over(Assignment, today),
            Staff.deactivated_at.is_(None),
        )
        .order_by(Assignment.duty, Staff.name)
    )
    return [AssignedStaff(row.id, row.staff_id, name, row.duty, row.since) for row, name in found]


def sessions_of(session: Session, staff_id: UUID, limits: Limits) -> Sequence[StaffSession]:
    """The browsers in which a member of staff is signed in, newest first."""
    still_open = sessions.open_conditions(StaffSession, now=real_now(), limits=limits)
    return session.scalars(
        select(StaffSession)
        .join(Staff, Staff.id == StaffSession.staff_id)
        .where(StaffSession.staff_id == staff_id, StaffSession.epoch == Staff.epoch, *still_open)
        .order_by(StaffSession.created_at.desc())
    ).all()


def welcome(session: Session, token: str) -> tuple[str, Staff] | None:
    """Purpose and owner of a mailed link that may still be used."""
    row = tokens.usable(session, StaffToken, token, now=real_now())
    if row is None:
        return None
    return row.purpose, session.get_one(Staff, row.staff_id)


def _team(
    team: Team, members: Sequence[Row[UUID, UUID, UUID]], names: dict[UUID, str]
) -> TeamOnPage:
    people = [(row.id, names[row.staff_id]) for row in members if row.team_id == team.id]
    return TeamOnPage(team.id, team.name, names.get(team.lead_id) if team.lead_id else None, people)


def _not_over(model: type[Membership] | type[Assignment], today: date) -> ColumnElement[bool]:
    return or_(model.until.is_(None), model.until >= today)
