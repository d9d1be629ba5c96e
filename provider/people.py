"""The people of a client, and the colleagues who work for it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, g, url_for
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired

from backoffice.firm.clients import people, queries
from backoffice.firm.staff import actions as staff_actions
from backoffice.firm.staff import queries as staff
from backoffice.firm.staff.models import DUTIES
from backoffice.foundation.language import _
from backoffice.foundation.permissions import PEOPLE_ROLES
from design.frame import Form, page, permitted, redirect_to, toast
from provider import words

pages = Blueprint("people", __name__)


class Invite(Form):
    name = StringField(validators=[InputRequired()])
    email = StringField(validators=[InputRequired()])
    role = SelectField(choices=PEOPLE_ROLES)


class Assign(Form):
    staff_id = SelectField(coerce=UUID, validate_choice=False)
    duty = SelectField(choices=DUTIES)


@pages.get("/clients/<uuid:client>/people")
@permitted("clients.see")
def show() -> Any:
    return page(
        "people/show.html",
        people=queries.members(g.session),
        invitations=queries.open_invitations(g.session),
        assigned=staff.assigned(g.session),
        words=words,
    )


@pages.route("/clients/<uuid:client>/people/invite", methods=["GET", "POST"])
@permitted("clients.invite")
def invite() -> Any:
    form = Invite()
    if form.submitted():
        people.invite_person(g.session, g.runtime, **form.values())
        toast(_("The invitation to %(name)s is on its way.", name=form.name.data))
        return redirect_to("people.show")
    return page("people/invite.html", form=form, words=words, roles=PEOPLE_ROLES)


@pages.post("/clients/<uuid:client>/people/invitations/<uuid:invitation>/withdraw")
@permitted("clients.invite")
def withdraw(invitation: UUID) -> Any:
    people.withdraw_invitation(g.session, invitation_id=invitation)
    toast(_("The invitation is withdrawn; its link is worth nothing now."))
    return redirect_to("people.show")


@pages.route("/clients/<uuid:client>/people/assign", methods=["GET", "POST"])
@permitted("clients.assign")
def assign() -> Any:
    form = Assign()
    if form.submitted():
        assignment = staff_actions.assign(g.session, **form.values())
        toast(_("Assigned."), undo=url_for("people.unassign", assignment=assignment.id))
        return redirect_to("people.show")
    return page(
        "people/assign.html",
        form=form,
        colleagues=staff.staff_on_page(g.session),
        duties=DUTIES,
        words=words,
    )


@pages.post("/clients/<uuid:client>/people/assignments/<uuid:assignment>/end")
@permitted("clients.assign")
def unassign(assignment: UUID) -> Any:
    staff_actions.unassign(g.session, assignment_id=assignment)
    toast(_("From tomorrow at the latest this colleague sees the client no longer."))
    return redirect_to("people.show")
