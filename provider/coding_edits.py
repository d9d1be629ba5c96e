"""Editors that open below a line of the grid: split, transfer, document, rule."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired

from backoffice.foundation.language import _, ngettext
from backoffice.service_lines.banking.actions import coding, ruling, transfers
from backoffice.service_lines.banking.rules import DIRECTIONS
from design.frame import permitted
from provider import coding_editors as editors
from provider.coding import Press
from provider.coding_answers import answer, refreshed, row, split_typed
from provider.fields import IdField

pages = Blueprint("coding_edits", __name__)


class SplitLine(Press):
    parts = StringField()  # the place where a refusal of the parts stands


class Transfer(Press):
    to = StringField(validators=[InputRequired()])


class Attach(Press):
    document_id = IdField()


class Rule(Press):
    words = StringField(validators=[InputRequired()])
    direction = SelectField(choices=DIRECTIONS)
    account_id = IdField(validators=[InputRequired()])
    tax_code_id = IdField()
    amount_min = StringField()
    amount_max = StringField()
    here_only = BooleanField()
    note = StringField()


@pages.get("/clients/<uuid:client>/lines/<uuid:line>/split")
@permitted("books.code")
def split_form(line: UUID) -> ResponseReturnValue:
    return row(g.session, line, editor="split", **editors.split(g.session, line))


@pages.post("/clients/<uuid:client>/lines/<uuid:line>/split")
@permitted("books.code")
def split(line: UUID) -> ResponseReturnValue:
    form = SplitLine()
    if form.submitted():
        parts = editors.split_drafts(g.session, line)
        coding.split(g.session, line, parts=parts, **form.said)
    return answer(g.session, line, form, editor="split", **editors.split(g.session, line))


@pages.post("/clients/<uuid:client>/lines/<uuid:line>/split/figures")
@permitted("books.code")
def split_figures(line: UUID) -> ResponseReturnValue:
    return split_typed(g.session, line)


@pages.get("/clients/<uuid:client>/lines/<uuid:line>/transfer")
@permitted("books.code")
def transfer_form(line: UUID) -> ResponseReturnValue:
    return row(g.session, line, editor="transfer", **editors.transfer(g.session, line))


@pages.post("/clients/<uuid:client>/lines/<uuid:line>/transfer")
@permitted("books.code")
def transfer(line: UUID) -> ResponseReturnValue:
    form = Transfer()
    if form.submitted():
        to = editors.other_end(form.to.data or "")
        transfers.transfer(g.session, line, **to, **form.said)
    return answer(g.session, line, form, editor="transfer", **editors.transfer(g.session, line))


@pages.get("/clients/<uuid:client>/lines/<uuid:line>/document")
@permitted("books.code")
def document_form(line: UUID) -> ResponseReturnValue:
    return row(g.session, line, editor="document", **editors.documents(g.session))


@pages.post("/clients/<uuid:client>/lines/<uuid:line>/document")
@permitted("books.code")
def document(line: UUID) -> ResponseReturnValue:
    form = Attach()
    if form.submitted():
        said = {"version": form.version.data, "by": g.actor}
        coding.attach_document(g.session, line, document_id=form.document_id.data, **said)
    words = _("The document is attached.") if form.document_id.data else _("Taken off the line.")
    more = editors.documents(g.session)
    return answer(g.session, line, form, said=words, editor="document", **more)


@pages.get("/clients/<uuid:client>/lines/<uuid:line>/rule")
@permitted("rules.write")
def rule_form(line: UUID) -> ResponseReturnValue:
    return row(g.session, line, editor="rule", **editors.rule(g.session, line, request.form))


@pages.post("/clients/<uuid:client>/lines/<uuid:line>/rule")
@permitted("rules.write")
def rule(line: UUID) -> ResponseReturnValue:
    form = Rule()
    if form.submitted():
        made = ruling.make_rule(g.session, **editors.rule_of(g.session, line, form), by=g.actor)
        words = ngettext(
            "The rule is kept; %(number)s open line was looked at again.",
            "The rule is kept; %(number)s open lines were looked at again.",
            made.looked_at,
        )
        return refreshed(g.session, line, words)
    more = editors.rule(g.session, line, request.form)
    return answer(g.session, line, form, editor="rule", **more)
