"""Staff: departments with their teams, colleagues with their roles, who comes and who leaves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, g
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired

from backoffice.firm.staff import actions, organisation, queries
from backoffice.firm.staff.actions import INVITABLE_ROLES
from backoffice.foundation.language import _
from design.frame import HOUSE, Form, page, permitted, redirect_to, toast
from provider import words

pages = Blueprint("staff", __name__)


def _id_or_none(value: Any) -> UUID | None:
    return UUID(str(value)) if value else None


class InviteStaff(Form):
    name = StringField(validators=[InputRequired()])
    email = StringField(validators=[InputRequired()])
    role = SelectField(choices=INVITABLE_ROLES)
    zone = StringField(default=queries.HOUSE_ZONE)


class Role(Form):
    role = SelectField(choices=INVITABLE_ROLES)


class MakeDepartment(Form):
    name = StringField(validators=[InputRequired()])
    head_id = SelectField(coerce=_id_or_none, validate_choice=False)


class MakeTeam(Form):
    department_id = SelectField(coerce=UUID, validate_choice=False)
    name = StringField(validators=[InputRequired()])
    lead_id = SelectField(coerce=_id_or_none, validate_choice=False)


class JoinTeam(Form):
    staff_id = SelectField(coerce=UUID, validate_choice=False)


@pages.get("/staff")
@permitted("staff.see", door=HOUSE)
def show() -> Any:
    return page(
        "staff/show.html",
        departments=queries.organisation(g.session),
        colleagues=queries.staff_on_page(g.session),
        roles=INVITABLE_ROLES,
        words=words,
    )


@pages.route("/staff/invite", methods=["GET", "POST"])
@permitted("staff.write", door=HOUSE)
def invite() -> Any:
    form = InviteStaff()
    if form.submitted():
        staff, _link = actions.invite_staff(g.session, g.runtime, **form.values())
        toast(_("The invitation to %(name)s is on its way.", name=staff.name))
        return redirect_to("staff.show")
    return page("staff/invite.html", form=form, roles=INVITABLE_ROLES, words=words)


@pages.post("/staff/<uuid:colleague>/role")
@permitted("staff.write", door=HOUSE)
def change_role(colleague: UUID) -> Any:
    form = Role().parsed()
    actions.change_role(g.session, staff_id=colleague, role=form.role.data)
    toast(_("The new role counts from the next click."))
    return redirect_to("staff.show")


@pages.post("/staff/<uuid:colleague>/renew")
@permitted("staff.write", door=HOUSE)
def renew(colleague: UUID) -> Any:
    actions.renew_access(g.session, g.runtime, staff_id=colleague)
    toast(_("A new link is on its way to their own address."))
    return redirect_to("staff.show")


@pages.post("/staff/<uuid:colleague>/leave")
@permitted("staff.write", door=HOUSE)
def leave(colleague: UUID) -> Any:
    actions.deactivate(g.session, staff_id=colleague)
    toast(_("Signed out everywhere. Nothing they did is lost."))
    return redirect_to("staff.show")


@pages.route("/staff/departments/make", methods=["GET", "POST"])
@permitted("staff.write", door=HOUSE)
def make_department() -> Any:
    form = MakeDepartment()
    if form.submitted():
        organisation.make_department(g.session, **form.values())
        return redirect_to("staff.show")
    return page(
        "staff/make_department.html", form=form, colleagues=queries.staff_on_page(g.session)
    )


@pages.route("/staff/teams/make", methods=["GET", "POST"])
@permitted("staff.write", door=HOUSE)
def make_team() -> Any:
    form = MakeTeam()
    if form.submitted():
        organisation.make_team(g.session, **form.values())
        return redirect_to("staff.show")
    return page(
        "staff/make_team.html",
        form=form,
        colleagues=queries.staff_on_page(g.session),
        departments=queries.organisation(g.session),
    )


@pages.post("/staff/teams/<uuid:team>/join")
@permitted("staff.write", door=HOUSE)
def join_team(team: UUID) -> Any:
    form = JoinTeam().parsed()
    organisation.join_team(g.session, team_id=team, staff_id=form.staff_id.data)
    return redirect_to("staff.show")


@pages.post("/staff/memberships/<uuid:membership>/end")
@permitted("staff.write", door=HOUSE)
def leave_team(membership: UUID) -> Any:
    organisation.leave_team(g.session, membership_id=membership)
    return redirect_to("staff.show")
