"""People: who speaks for the company, in which role; asking somebody in, and taking them out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, g
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired

from backoffice.firm.clients import people, queries
from backoffice.foundation.language import _
from backoffice.foundation.permissions import PEOPLE_ROLES
from client_portal import words
from design.frame import Form, page, permitted, redirect_to, toast

pages = Blueprint("people", __name__)


class Invite(Form):
    name = StringField(validators=[InputRequired()])
    email = StringField(validators=[InputRequired()])
    role = SelectField(choices=PEOPLE_ROLES, default="finance")


class Role(Form):
    role = SelectField(choices=PEOPLE_ROLES)


@pages.get("/people")
@permitted("people.see")
def show() -> Any:
    return page(
        "people/show.html",
        people=queries.members(g.session),
        invitations=queries.open_invitations(g.session),
        roles=PEOPLE_ROLES,
        words=words,
    )


@pages.route("/people/invite", methods=["GET", "POST"])
@permitted("people.invite")
def invite() -> Any:
    form = Invite()
    if form.submitted():
        people.invite_person(g.session, g.runtime, **form.values())
        toast(_("The invitation to %(name)s is on its way.", name=form.name.data))
        return redirect_to("people.show")
    return page("people/invite.html", form=form, roles=PEOPLE_ROLES, words=words)


@pages.post("/people/invitations/<uuid:invitation>/withdraw")
@permitted("people.invite")
def withdraw(invitation: UUID) -> Any:
    people.withdraw_invitation(g.session, invitation_id=invitation)
    toast(_("The invitation is withdrawn; its link is worth nothing now."))
    return redirect_to("people.show")


@pages.post("/people/<uuid:person>/role")
@permitted("people.invite")
def change_role(person: UUID) -> Any:
    form = Role().parsed()
    people.change_person_role(g.session, person_id=person, role=form.role.data)
    toast(_("The new role counts from their next click."))
    return redirect_to("people.show")


@pages.post("/people/<uuid:person>/remove")
@permitted("people.remove")
def remove(person: UUID) -> Any:
    people.remove_person(g.session, person_id=person)
    toast(_("Taken out, and signed out everywhere."))
    return redirect_to("people.show")
