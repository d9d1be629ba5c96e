"""The firm comes to life: colleagues are invited and come in, departments and teams are made."""

from __future__ import annotations

import secrets
from uuid import UUID

import pyotp

from backoffice.demo.cast import DEPARTMENTS, MANAGER, STAFF, Colleague
from backoffice.demo.stage import BROWSER, Stage
from backoffice.firm.staff.actions import invite_staff, renew_access
from backoffice.firm.staff.organisation import join_team, make_department, make_team
from backoffice.firm.staff.queries import DepartmentOnPage, organisation, staff_on_page
from backoffice.firm.staff.sign_in import accept, sign_out
from backoffice.foundation.identity import offers
from backoffice.foundation.identity.tokens import Link

Ids = dict[str, UUID]  # of staff, by name


def make_firm(stage: Stage) -> Ids:
    """Everybody of the cast at their place; what is there already stays as it is."""
    manager = bring_in(stage, MANAGER, by=stage.operator)
    people = {one.name: bring_in(stage, one, by=manager) for one in STAFF if one != MANAGER}
    people[MANAGER.name] = manager
    make_departments(stage, people, by=manager)
    return people


def bring_in(stage: Stage, colleague: Colleague, *, by: UUID) -> UUID:
    """Invite the colleague, who comes in with a password and an app for the second factor."""
    with stage.at_house(by) as session:
        known = {one.email: one for one in staff_on_page(session)}.get(colleague.email)
        if known is not None and known.password_hash is not None:
            return known.id
        if known is None:
            staff, link = invite_staff(
                session,
                stage.workbench,
                name=colleague.name,
                email=colleague.email,
                role=colleague.role,
            )
            staff_id = staff.id
        else:
            staff_id = known.id
            link = renew_access(session, stage.workbench, staff_id=staff_id)
    come_in(stage, staff_id, colleague.email, link)
    return staff_id


def come_in(stage: Stage, staff_id: UUID, email: str, link: Link) -> None:
    """What the page of a mailed invitation does, and out again: visitors come by demo links."""
    runtime = stage.workbench
    offer = offers.offer(
        runtime.keyring, owner_id=staff_id, email=email, issuer=runtime.settings.firm_name
    )
    signed_in = accept(
        runtime,
        token=link.token,
        code=link.code,
        password=secrets.token_urlsafe(),
        sealed=offer.sealed,
        app_code=pyotp.TOTP(offer.letters.replace(" ", "")).now(),
        browser=BROWSER,
    )
    with stage.at_house(staff_id) as session:
        sign_out(session, session_id=signed_in.id)


def make_departments(stage: Stage, people: Ids, *, by: UUID) -> None:
    with stage.at_house(by) as session:
        found = {one.name: one for one in organisation(session)}
    for name, (head, teams) in DEPARTMENTS.items():
        department = found.get(name)
        if department is None:
            with stage.at_house(by) as session:
                department_id = make_department(session, name=name, head_id=people[head])
        else:
            department_id = department.id
        for team, lead in teams.items():
            man_team(stage, department, department_id, team, people, lead=lead, by=by)


def man_team(
    stage: Stage,
    department: DepartmentOnPage | None,
    department_id: UUID,
    name: str,
    people: Ids,
    *,
    lead: str,
    by: UUID,
) -> None:
    """The team with its lead, and everybody who belongs to it."""
    found = {team.name: team for team in department.teams} if department else {}
    team = found.get(name)
    present = {person for _membership, person in team.people} if team else set()
    with stage.at_house(by) as session:
        team_id = (
            team.id
            if team
            else make_team(session, department_id=department_id, name=name, lead_id=people[lead])
        )
        for colleague in STAFF:
            if colleague.team == name and colleague.name not in present:
                join_team(session, team_id=team_id, staff_id=people[colleague.name])
