"""Getting in: sign-in, welcome by a mailed link, a new password, and the demo's one-time links."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, redirect, request, url_for
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired

from backoffice.firm.staff import queries
from backoffice.firm.staff import sign_in as actions
from backoffice.foundation.identity import offers, tokens
from backoffice.foundation.language import _
from backoffice.foundation.permissions import ANYONE
from design.frame import FIRM, HALF_SIGNED_IN, HOUSE, NOTHING, Form, page, permitted, toast
from design.frame import sign_in as keep_in_cookie
from design.frame import sign_out as forget_cookie
from design.frame.answers import redirect_back_or, redirect_to
from design.frame.signing_in import browser
from design.frame.state import frame

pages = Blueprint("sign_in", __name__)


class SignIn(Form):
    email = StringField()
    password = PasswordField()
    code = StringField()


class Welcome(Form):
    code = StringField(validators=[InputRequired()])
    password = PasswordField(validators=[InputRequired()])
    app_code = StringField(validators=[InputRequired()])
    sealed = HiddenField(validators=[InputRequired()])


class Forgotten(Form):
    email = StringField(validators=[InputRequired()])


class NewPassword(Form):
    code = StringField(validators=[InputRequired()])
    password = PasswordField(validators=[InputRequired()])


@pages.route("/sign-in", methods=["GET", "POST"])
@permitted(ANYONE, door=NOTHING)
def show() -> Any:
    form = SignIn()
    if form.submitted():
        keep_in_cookie(actions.sign_in(g.runtime, **form.values(), browser=browser()))
        return redirect_back_or("today.show")
    if g.me is not None and g.me.complete:
        return redirect(url_for("today.show"))
    return page("sign_in/sign_in.html", form=form, portal_address=g.runtime.settings.portal_address)


@pages.post("/sign-out")
@permitted(HALF_SIGNED_IN, door=HOUSE)
def sign_out() -> Any:
    actions.sign_out(g.session, session_id=g.me.session_id)
    forget_cookie()
    return redirect_to("sign_in.show")


@pages.route("/welcome/<token>", methods=["GET", "POST"])
@permitted(ANYONE, door=NOTHING)
def welcome(token: str) -> Any:
    form = Welcome()
    if form.submitted():
        keep_in_cookie(actions.accept(g.runtime, token=token, **form.values(), browser=browser()))
        return redirect_to("today.show")
    with g.runtime.doors.firm_wide(because="whose link this is") as session:
        found = queries.welcome(session, token)
        if found is None or found[0] != "invite":
            return page("design/sign_in/link_gone.html"), 404
        staff = found[1]
        offer = offers.offer(
            g.runtime.keyring,
            owner_id=staff.id,
            email=staff.email,
            issuer=frame().house.name,
            again=form.sealed.data or "",
        )
        return page("sign_in/welcome.html", form=form, staff=staff, offer=offer)


@pages.route("/forgotten", methods=["GET", "POST"])
@permitted(ANYONE, door=NOTHING)
def forgotten() -> Any:
    form = Forgotten()
    if form.submitted():
        actions.ask_for_new_password(g.runtime, email=form.email.data, browser=browser())
        return page("design/sign_in/mail_sent.html")
    return page("design/sign_in/forgotten.html", form=form)


@pages.route("/new-password/<token>", methods=["GET", "POST"])
@permitted(ANYONE, door=FIRM)
def new_password(token: str) -> Any:
    form = NewPassword()
    if form.submitted():
        actions.set_new_password(g.runtime, token=token, **form.values(), browser=browser())
        toast(_("The new password is set. Sign in with it."))
        return redirect_to("sign_in.show")
    found = queries.welcome(g.session, token)
    if found is None or found[0] != "reset":
        return page("design/sign_in/link_gone.html"), 404
    return page("design/sign_in/new_password.html", form=form)


@pages.route("/demo/<token>", methods=["GET", "POST"])
@permitted(ANYONE, door=NOTHING)
def demo(token: str) -> Any:
    """One button, in the demo only: password and second factor count as given."""
    if request.method == "POST":
        keep_in_cookie(actions.sign_in_by_demo_link(g.runtime, token=token, browser=browser()))
        return redirect_to("today.show")
    tokens.refuse_outside_demo(g.runtime.settings.demo)
    with g.runtime.doors.firm_wide(because="whose demo link this is") as session:
        found = queries.welcome(session, token)
        if found is None or found[0] != "demo":
            return page("design/sign_in/link_gone.html"), 404
        return page("design/sign_in/demo.html", name=found[1].name)
