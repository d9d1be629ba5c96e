"""Imports of bank statements: looked through before they are released, undone as a whole."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from backoffice.foundation.batches import progress
from backoffice.foundation.calendar import period_of
from backoffice.foundation.language import _
from backoffice.service_lines.banking.actions import importing, releasing
from backoffice.service_lines.banking.queries import imports as queries
from backoffice.service_lines.banking.queries.month import bank_accounts
from design.frame import Form, block, page, permitted, redirect_to, toast
from design.frame.answers import is_partial
from provider.fields import IdField, id_of
from provider.import_words import sentence, state_words

pages = Blueprint("imports", __name__)

ROWS = 50


class ChooseAccount(Form):
    bank_account_id = IdField(validators=[InputRequired()])


class AcceptGap(Form):
    because = StringField(validators=[InputRequired(), Length(max=300)])


@pages.get("/clients/<uuid:client>/imports")
@permitted("books.see")
def show_all() -> ResponseReturnValue:
    found = queries.imports(g.session, after=id_of(request.args.get("after")), limit=ROWS + 1)
    after = found[ROWS - 1].bank_import.id if len(found) > ROWS else None
    return page("imports/all.html", imports=found[:ROWS], after=after, state_words=state_words)


@pages.get("/clients/<uuid:client>/imports/<uuid:one>")
@permitted("books.see")
def show(one: UUID) -> ResponseReturnValue:
    return _show(one)


@pages.post("/clients/<uuid:client>/imports/<uuid:one>/release")
@permitted("imports.release")
def release(one: UUID) -> ResponseReturnValue:
    releasing.release_import(g.session, one, by=g.actor)
    toast(_("The import is released; its lines can be coded."))
    return redirect_to("imports.show", one=one)


@pages.post("/clients/<uuid:client>/imports/<uuid:one>/undo")
@permitted("imports.undo")
def undo(one: UUID) -> ResponseReturnValue:
    releasing.undo_import(g.session, one, by=g.actor)
    toast(_("The import was taken back as a whole. The file is still among the documents."))
    return redirect_to("imports.show", one=one)


@pages.post("/clients/<uuid:client>/imports/<uuid:one>/account")
@permitted("imports.release")
def choose_account(one: UUID) -> ResponseReturnValue:
    form = ChooseAccount()
    if form.submitted():
        again = importing.import_again(g.session, one, by=g.actor, **form.values())
        return redirect_to("imports.show", one=again.id)
    return _show(one, form)


@pages.post("/clients/<uuid:client>/imports/<uuid:one>/gap")
@permitted("imports.release")
def accept_gap(one: UUID) -> ResponseReturnValue:
    form = AcceptGap()
    if form.submitted():
        why = form.because.data
        again = importing.import_again(g.session, one, by=g.actor, gap_accepted_because=why)
        return redirect_to("imports.show", one=again.id)
    return _show(one, form)


@pages.post("/clients/<uuid:client>/imports/<uuid:one>/read-again")
@permitted("imports.release")
def read_again(one: UUID) -> ResponseReturnValue:
    again = importing.import_again(g.session, one, by=g.actor)
    return redirect_to("imports.show", one=again.id)


@pages.post("/clients/<uuid:client>/imports/<uuid:one>/lines/<uuid:line>/keep")
@permitted("imports.release")
def keep(one: UUID, line: UUID) -> ResponseReturnValue:
    releasing.settle_conflict(g.session, line, keep=True, by=g.actor)
    toast(_("Kept as a line of its own."))
    return redirect_to("imports.show", one=one)


@pages.post("/clients/<uuid:client>/imports/<uuid:one>/lines/<uuid:line>/leave-out")
@permitted("imports.release")
def leave_out(one: UUID, line: UUID) -> ResponseReturnValue:
    releasing.settle_conflict(g.session, line, keep=False, by=g.actor)
    toast(_("Left out of the books."))
    return redirect_to("imports.show", one=one)


def _show(one: UUID, form: Form | None = None) -> ResponseReturnValue:
    values = _everything(one) | {"problem": form and next(iter(form.problems().values()), None)}
    if is_partial():
        return block("imports/show.html", "now", **values)
    return page("imports/show.html", **values)


def _everything(one: UUID) -> dict[str, Any]:
    found = queries.import_detail(g.session, one)
    batch = found.row.bank_import.batch_id
    return {
        "found": found,
        "month": period_of(found.row.to_on) if found.row.to_on else None,
        "import_": found.row.bank_import,
        "chip": state_words(found.row.bank_import),
        "sentence": sentence(found),
        "progress": progress(g.session, batch) if batch else None,
        "accounts": bank_accounts(g.session),
    }
