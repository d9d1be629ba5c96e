"""A client's documents: the list, each with its pages, and what becomes of those held back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, request
from wtforms import StringField

from backoffice.firm.documents import held, queries
from backoffice.firm.documents.models import Document
from backoffice.firm.documents.rules import DOCUMENT_STATES
from backoffice.firm.documents.story import story
from backoffice.foundation.language import _
from backoffice.foundation.previews import NoPreview, can_be_drawn, pages_in, render_page
from backoffice.service_lines.banking.queries.for_clients import (
    files_read,
    import_words,
    imports_of,
    lines_of_documents,
)
from design.frame import Form, page, permitted, redirect_to, toast
from design.frame.copies import copy_of, token_for
from provider import words

pages = Blueprint("documents", __name__)

ROWS = 50


class PutAside(Form):
    reason = StringField()


@pages.get("/clients/<uuid:client>/documents")
@permitted("documents.see")
def show_all() -> Any:
    state, named = request.args.get("state", ""), request.args.get("q", "").strip()
    state = state if state in DOCUMENT_STATES else ""
    found = queries.documents(
        g.session,
        state=state or None,
        named=named,
        after=queries.place_of(request.args.get("after", "")),
        limit=ROWS,
    )
    ids = [one.id for one in found.documents]
    return page(
        "documents/all.html",
        documents=found.documents,
        after=queries.mark_of(found.after),
        counts=queries.document_counts(g.session),
        read=files_read(g.session, ids),
        lines=lines_of_documents(g.session, ids),
        asked=held.questions_about(g.session, ids),
        state=state,
        named=named,
        words=words,
    )


@pages.get("/clients/<uuid:client>/documents/<uuid:document>")
@permitted("documents.see", seen="document.opened")
def show(document: UUID) -> Any:
    return _show(document, PutAside())


@pages.get("/clients/<uuid:client>/documents/<uuid:document>/pages/<int:number>")
@permitted("documents.see")
def picture(document: UUID, number: int) -> Any:
    """One page as a picture, drawn apart; never the file itself."""
    found = queries.document(g.session, document)
    return Response(render_page(_content(found), found.media_type, number), mimetype="image/png")


@pages.get("/clients/<uuid:client>/documents/<uuid:document>/copy")
@permitted("documents.see")
def copy(document: UUID) -> Any:
    token = token_for(queries.document(g.session, document))
    return redirect_to("documents.file", document=document, token=token)


@pages.get("/clients/<uuid:client>/documents/<uuid:document>/file/<token>")
@permitted("documents.see", seen="document.opened")
def file(document: UUID, token: str) -> Any:
    return copy_of(queries.document(g.session, document), token)


@pages.post("/clients/<uuid:client>/documents/<uuid:document>/use")
@permitted("documents.decide")
def use(document: UUID) -> Any:
    held.use_as_it_is(g.session, document, by=g.actor)
    toast(_("It is of use now; whoever sent it sees that."))
    return redirect_to("documents.show", document=document)


@pages.post("/clients/<uuid:client>/documents/<uuid:document>/put-aside")
@permitted("documents.decide")
def put_aside(document: UUID) -> Any:
    form = PutAside()
    if form.submitted():
        held.put_aside(g.session, document, reason=form.reason.data or "", by=g.actor)
        toast(_("Put aside; whoever sent it reads why."))
        return redirect_to("documents.show", document=document)
    return _show(document, form)


def _show(document: UUID, form: PutAside) -> str:
    g.subject = found = queries.document(g.session, document)
    imports = imports_of(g.session, document)
    count, no_preview = _pages_of(found)
    shown = min(max(request.args.get("page", 1, int), 1), max(count, 1))
    return page(
        "documents/show.html",
        document=found,
        form=form,
        shown=shown,
        count=count,
        no_preview=no_preview,
        read=files_read(g.session, [document]).get(document),
        lines=lines_of_documents(g.session, [document]).get(document, []),
        asked=held.questions_about(g.session, [document]),
        imports=imports,
        story=story(g.session, document, also=imports, words=import_words()),
        words=words,
    )


def _pages_of(found: Document) -> tuple[int, str]:
    """How many pages there are to look at, or why there are none."""
    if not can_be_drawn(found.media_type):
        return 0, _("There is no preview of this kind of file. Take a copy to open it.")
    try:
        return pages_in(_content(found), found.media_type), ""
    except NoPreview as refused:
        return 0, refused.message


def _content(found: Document) -> bytes:
    with queries.open_document(g.session, g.runtime, found) as stream:
        return stream.read()
