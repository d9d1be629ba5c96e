"""The coding grid: the lines of one bank account in one month, coded by keyboard alone.

Each act answers with the line as it then stands, the figures above the grid and a toast. What is
refused stands in the line itself; what somebody else did meanwhile is shown before ours.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, Length

from backoffice.foundation.language import _
from backoffice.service_lines.banking.actions import accepting, coding, preparing
from design.frame import Form, block, page, permitted, redirect_to, toast
from provider import coding_view as view
from provider.coding_answers import PAGE, answer, answer_all, answer_undone, row
from provider.fields import IdField

pages = Blueprint("coding", __name__)

KEY_LENGTH_MAX = 60
A_KEY = (InputRequired(), Length(max=KEY_LENGTH_MAX))


class Press(Form):
    """What every act on a line sends: the line as it was seen, and a name of this press."""

    version = IntegerField(validators=[InputRequired()])
    key = StringField(validators=A_KEY)

    @property
    def said(self) -> dict[str, Any]:
        """Who presses what when, as the actions take it."""
        return {"version": self.version.data, "key": self.key.data, "by": g.actor}


class Accept(Press):
    shown = IdField()


class CodeLine(Press):
    account_id = IdField(validators=[InputRequired()])
    tax_code_id = IdField()


class Note(Press):
    note = StringField()


class Undo(Form):
    version = IntegerField(validators=[InputRequired()])


class AcceptSure(Form):
    period = StringField(validators=[InputRequired()])
    key = StringField(validators=A_KEY)


@pages.get("/clients/<uuid:client>/bank-accounts/<uuid:account>/lines")
@permitted("books.see")
def grid(account: UUID) -> ResponseReturnValue:
    return page(PAGE, **view.whole(g.session, account, request.args))


@pages.get("/clients/<uuid:client>/lines/<uuid:line>")
@permitted("books.see")
def line(line: UUID) -> ResponseReturnValue:
    return row(g.session, line)


@pages.get("/clients/<uuid:client>/lines/<uuid:line>/side")
@permitted("books.see")
def side(line: UUID) -> ResponseReturnValue:
    return block(PAGE, "beside", **view.beside(g.session, line))


@pages.post("/clients/<uuid:client>/lines/<uuid:line>/accept")
@permitted("books.code")
def accept(line: UUID) -> ResponseReturnValue:
    form = Accept()
    if form.submitted():
        accepting.accept(g.session, line, **form.said, shown_account_id=form.shown.data)
    return answer(g.session, line, form)


@pages.post("/clients/<uuid:client>/lines/<uuid:line>/code")
@permitted("books.code")
def code(line: UUID) -> ResponseReturnValue:
    form = CodeLine()
    if form.submitted():
        chosen = {"account_id": form.account_id.data, "tax_code_id": form.tax_code_id.data}
        coding.code_line(g.session, line, **form.said, **chosen)
    return answer(g.session, line, form)


@pages.post("/clients/<uuid:client>/lines/<uuid:line>/note")
@permitted("books.code")
def note(line: UUID) -> ResponseReturnValue:
    form = Note()
    if form.submitted():
        said = {"version": form.version.data, "by": g.actor}
        coding.write_note(g.session, line, note=form.note.data or "", **said)
    return answer(g.session, line, form, said=_("The note is kept."))


@pages.post("/clients/<uuid:client>/lines/<uuid:line>/undo")
@permitted("books.code")
def undo(line: UUID) -> ResponseReturnValue:
    form = Undo()
    if form.submitted():
        coding.undo(g.session, line, version=form.version.data, by=g.actor)
    return answer(g.session, line, form)


@pages.post("/clients/<uuid:client>/bank-accounts/<uuid:account>/accept-sure")
@permitted("books.code")
def accept_sure(account: UUID) -> ResponseReturnValue:
    form = AcceptSure().parsed()
    said = form.values() | {"by": g.actor}
    done = accepting.accept_all_sure(g.session, bank_account_id=account, **said)
    return answer_all(g.session, account, form, done)


@pages.post("/clients/<uuid:client>/bank-accounts/<uuid:account>/accept-sure/undo")
@permitted("books.code")
def undo_sure(account: UUID) -> ResponseReturnValue:
    form = AcceptSure().parsed()
    undone = accepting.undo_accepted(g.session, key=form.key.data or "", by=g.actor)
    return answer_undone(g.session, account, form, undone)


@pages.post("/clients/<uuid:client>/work/<uuid:item>/prepare")
@permitted("books.prepare")
def prepare(item: UUID) -> ResponseReturnValue:
    preparing.prepare_coding(g.session, item, by=g.actor)
    toast(_("It is with the reviewer now. A change from here on would take it back."))
    return redirect_to("review.show", item=item)
