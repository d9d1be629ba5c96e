"""One's own account: browsers that are signed in, language, look and keys."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, g
from wtforms import SelectField

from backoffice.firm.staff import actions, queries
from backoffice.foundation.language import _
from design.frame import HOUSE, Form, page, permitted, redirect_to, toast
from design.frame.languages import LOCALES
from design.frame.state import frame

pages = Blueprint("own_account", __name__)


class Language(Form):
    locale = SelectField(choices=list(LOCALES))


@pages.get("/settings")
@permitted("own.account", door=HOUSE)
def show() -> Any:
    return page(
        "own_account/show.html",
        browsers=queries.sessions_of(g.session, g.me.id, frame().limits),
    )


@pages.post("/settings/language")
@permitted("own.account", door=HOUSE)
def language() -> Any:
    form = Language().parsed()
    actions.choose_locale(g.session, staff_id=g.me.id, locale=form.locale.data)
    return redirect_to("own_account.show")


@pages.post("/settings/browsers/<uuid:browser>/end")
@permitted("own.account", door=HOUSE)
def end_browser(browser: UUID) -> Any:
    actions.end_session(g.session, staff_id=g.me.id, session_id=browser)
    toast(_("That browser is signed out."))
    return redirect_to("own_account.show")
