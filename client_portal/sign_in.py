"""Coming in: by invitation, by password and second factor, by a new password, by a demo link."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, g, redirect, request, url_for
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired

from backoffice.firm.clients import own_account, queries
from backoffice.firm.clients import sign_in as actions
from backoffice.foundation.identity import tokens
from backoffice.foundation.language import _
from backoffice.foundation.permissions import ANYONE, SIGNED_IN
from design.frame import HALF_SIGNED_IN, HOUSE, NOTHING, Form, page, permitted, toast
from design.frame import sign_in as keep_in_cookie
from design.frame import sign_out as forget_cookie
from design.frame.answers import redirect_back_or, redirect_to
from design.frame.signing_in import browser

pages = Blueprint("sign_in", __name__)


class SignIn(Form):
    email = StringField()
    password = PasswordField()


class Code(Form):
    code = StringField(validators=[InputRequired()])


class ComeIn(Form):
    code = StringField(validators=[InputRequired()])
    password = PasswordField(validators=[InputRequired()])


class Forgotten(Form):
    email = StringField(validators=[InputRequired()])


class Company(Form):
    company = StringField(validators=[InputRequired()])


@pages.route("/sign-in", methods=["GET", "POST"])
@permitted(ANYONE, door=NOTHING)
def show() -> Any:
    form = SignIn()
    if form.submitted():
        keep_in_cookie(actions.sign_in(g.runtime, **form.values(), browser=browser()))
        return redirect_back_or("home.show")
    if g.me is not None and g.me.complete:
        return redirect(url_for("home.show"))
    return page("sign_in/sign_in.html", form=form)


@pages.route("/sign-in/code", methods=["GET", "POST"])
@permitted(HALF_SIGNED_IN, door=NOTHING)
def second_factor() -> Any:
    if g.me.complete:
        return redirect_to("home.show")
    form = Code()
    if form.submitted():
        whole = actions.give_second_factor(
            g.runtime,
            person_id=g.me.id,
            session_id=g.me.session_id,
            code=form.code.data,
            browser=browser(),
        )
        keep_in_cookie(whole)
        return redirect_back_or("home.show")
    return page("sign_in/second_factor.html", form=form)


@pages.post("/sign-out")
@permitted(HALF_SIGNED_IN, door=HOUSE)
def sign_out() -> Any:
    actions.sign_out(g.session, session_id=g.me.session_id)
    forget_cookie()
    return redirect_to("sign_in.show")


@pages.post("/company")
@permitted(SIGNED_IN, door=NOTHING)
def switch_company() -> Any:
    form = Company().parsed()
    own_account.switch_company(
        g.runtime,
        person_id=g.me.id,
        session_id=g.me.session_id,
        to=_id(form.company.data),
    )
    return redirect_to("home.show")


@pages.route("/come-in/<token>", methods=["GET", "POST"])
@permitted(ANYONE, door=NOTHING)
def come_in(token: str) -> Any:
    """The link of an invitation: looking at it does nothing, the button comes in."""
    form = ComeIn()
    if form.submitted():
        keep_in_cookie(
            actions.accept_invitation(g.runtime, token=token, **form.values(), browser=browser())
        )
        return redirect_to("home.show")
    welcome = queries.welcome(g.runtime.doors, token)
    if welcome is None or welcome.purpose != "invite":
        return page("design/sign_in/link_gone.html"), 404
    return page("sign_in/come_in.html", form=form, welcome=welcome)


@pages.route("/forgotten", methods=["GET", "POST"])
@permitted(ANYONE, door=NOTHING)
def forgotten() -> Any:
    form = Forgotten()
    if form.submitted():
        own_account.ask_for_new_password(g.runtime, email=form.email.data, browser=browser())
        return page("design/sign_in/mail_sent.html")
    return page("design/sign_in/forgotten.html", form=form)


@pages.route("/new-password/<token>", methods=["GET", "POST"])
@permitted(ANYONE, door=NOTHING)
def new_password(token: str) -> Any:
    form = ComeIn()
    if form.submitted():
        own_account.set_new_password(g.runtime, token=token, **form.values(), browser=browser())
        toast(_("The new password is set. Sign in with it."))
        return redirect_to("sign_in.show")
    welcome = queries.welcome(g.runtime.doors, token)
    if welcome is None or welcome.purpose != "reset":
        return page("design/sign_in/link_gone.html"), 404
    return page("design/sign_in/new_password.html", form=form)


@pages.route("/demo/<token>", methods=["GET", "POST"])
@permitted(ANYONE, door=NOTHING)
def demo(token: str) -> Any:
    """One button, in the demo only: password and second factor count as given."""
    if request.method == "POST":
        keep_in_cookie(actions.sign_in_by_demo_link(g.runtime, token=token, browser=browser()))
        return redirect_to("home.show")
    tokens.refuse_outside_demo(g.runtime.settings.demo)
    welcome = queries.welcome(g.runtime.doors, token)
    if welcome is None or welcome.purpose != "demo":
        return page("design/sign_in/link_gone.html"), 404
    return page("design/sign_in/demo.html", name=welcome.name)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)  # nobody's company
