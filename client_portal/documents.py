"""Documents: everything the company sent us, what became of each, and taking a copy."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, g, request

from backoffice.firm.documents import queries
from backoffice.firm.documents.story import story
from backoffice.service_lines.banking.queries.for_clients import (
    import_words,
    imports_of,
    lines_of_documents,
)
from client_portal import file_words
from design.frame import page, permitted, redirect_to
from design.frame.copies import copy_of, token_for

pages = Blueprint("documents", __name__)

ROWS = 25


@pages.get("/documents")
@permitted("documents.see")
def show_all() -> Any:
    named, held = request.args.get("q", "").strip(), "held" in request.args
    found = queries.documents(
        g.session,
        named=named,
        state="held" if held else None,
        after=queries.place_of(request.args.get("after", "")),
        limit=ROWS,
    )
    counts = queries.document_counts(g.session)
    return page(
        "documents/all.html",
        rows=list(zip(found.documents, file_words.about(g.session, found.documents), strict=True)),
        after=queries.mark_of(found.after),
        named=named,
        held=held,
        counts=counts,
        total=sum(counts.values()),
    )


@pages.get("/documents/<uuid:sent>")
@permitted("documents.see")
def show(sent: UUID) -> Any:
    found = queries.document(g.session, sent)
    return page(
        "documents/show.html",
        document=found,
        words=file_words.about(g.session, [found])[0],
        story=story(g.session, sent, also=imports_of(g.session, sent), words=import_words()),
        lines=lines_of_documents(g.session, [sent]).get(sent, []),
    )


@pages.get("/documents/<uuid:sent>/copy")
@permitted("documents.see")
def copy(sent: UUID) -> Any:
    """On to an address that opens this file for this session, for five minutes."""
    token = token_for(queries.document(g.session, sent))
    return redirect_to("documents.file", sent=sent, token=token)


@pages.get("/documents/<uuid:sent>/file/<token>")
@permitted("documents.see", seen="document.opened")
def file(sent: UUID, token: str) -> Any:
    return copy_of(queries.document(g.session, sent), token)
