"""The review of a month: what is not clean first, what changed, and a second person's sign-off."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from backoffice.firm.work import review as actions
from backoffice.foundation.language import _
from design.frame import Form, page, permitted, redirect_to, toast
from provider.fields import IdField
from provider.review_view import review_of

pages = Blueprint("review", __name__)

KEY_LENGTH_MAX, REASON_LENGTH_MAX = 60, 2_000


class Answer(Form):
    """What both answers send: what was seen, and a name of this press."""

    preparation_id = IdField(validators=[InputRequired()])
    content_hash = StringField(validators=[InputRequired(), Length(max=64)])
    key = StringField(validators=[InputRequired(), Length(max=KEY_LENGTH_MAX)])


class Return(Answer):
    reason = StringField(validators=[InputRequired(), Length(max=REASON_LENGTH_MAX)])


@pages.get("/clients/<uuid:client>/work/<uuid:item>/review")
@permitted("books.see")
def show(item: UUID) -> ResponseReturnValue:
    return page("review/show.html", **review_of(g.session, item, tab=request.args.get("tab")))


@pages.post("/clients/<uuid:client>/work/<uuid:item>/sign-off")
@permitted("books.review")
def sign_off(item: UUID) -> ResponseReturnValue:
    form = Answer()
    if form.submitted():
        actions.sign_off(g.session, **form.values(), by=g.actor)
        toast(_("Signed off. A change of any of its lines would void it."))
        return redirect_to("review.show", item=item)
    return page("review/show.html", **review_of(g.session, item, form=form))


@pages.post("/clients/<uuid:client>/work/<uuid:item>/return")
@permitted("books.review")
def send_back(item: UUID) -> ResponseReturnValue:
    form = Return()
    if form.submitted():
        actions.return_item(g.session, **form.values(), by=g.actor)
        toast(_("Sent back with your notes."))
        return redirect_to("review.show", item=item)
    return page("review/show.html", **review_of(g.session, item, form=form))
