"""One's own account: second factor, browsers that are signed in, language and look."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, g
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import InputRequired

from backoffice.firm.clients import own_account as actions
from backoffice.firm.clients import queries
from backoffice.foundation.identity import offers
from backoffice.foundation.language import _
from design.frame import Form, page, permitted, redirect_to, toast
from design.frame.languages import LOCALES
from design.frame.signing_in import browser
from design.frame.state import frame

pages = Blueprint("own_account", __name__)


class Language(Form):
    locale = SelectField(choices=list(LOCALES))


class SetUp(Form):
    sealed = HiddenField(validators=[InputRequired()])
    app_code = StringField(validators=[InputRequired()])


class TakeOff(Form):
    app_code = StringField(validators=[InputRequired()])


@pages.get("/account")
@permitted("own.account")
def show() -> Any:
    return page(
        "own_account/show.html",
        browsers=queries.sessions_of(g.session, g.me.id, frame().limits),
        has_totp=queries.has_totp(g.session, g.me.id),
    )


@pages.route("/account/second-factor", methods=["GET", "POST"])
@permitted("own.account")
def set_up() -> Any:
    form = SetUp()
    if form.submitted():
        actions.enable_totp(
            g.session,
            g.runtime,
            person_id=g.me.id,
            session_id=g.me.session_id,
            sealed=form.sealed.data,
            code=form.app_code.data,
        )
        toast(_("From now on each sign-in asks for a code from the app."))
        return redirect_to("own_account.show")
    offer = offers.offer(
        g.runtime.keyring,
        owner_id=g.me.id,
        email=g.me.email,
        issuer=frame().house.name,
        again=form.sealed.data or "",
    )
    return page("own_account/set_up.html", form=form, offer=offer)


@pages.route("/account/second-factor/off", methods=["GET", "POST"])
@permitted("own.account")
def take_off() -> Any:
    form = TakeOff()
    if form.submitted():
        actions.disable_totp(
            g.session,
            g.runtime,
            person_id=g.me.id,
            code=form.app_code.data,
            browser=browser(),
        )
        toast(_("Sign-in asks for the password alone now."))
        return redirect_to("own_account.show")
    return page("own_account/take_off.html", form=form)


@pages.post("/account/language")
@permitted("own.account")
def language() -> Any:
    form = Language().parsed()
    actions.choose_locale(g.session, person_id=g.me.id, locale=form.locale.data)
    return redirect_to("own_account.show")


@pages.post("/account/browsers/<uuid:browser>/end")
@permitted("own.account")
def end_browser(browser: UUID) -> Any:
    actions.end_session(g.session, person_id=g.me.id, session_id=browser)
    toast(_("That browser is signed out."))
    return redirect_to("own_account.show")
