"""Documents: everything the company sent us, what became of each, and taking a copy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from flask import Blueprint, g, request

from backoffice.firm.documents import queries
from backoffice.firm.documents.models import Document
from backoffice.firm.documents.story import story
from backoffice.foundation.clock import real_now
from backoffice.foundation.errors import NotFound
from backoffice.foundation.language import _
from backoffice.foundation.signed_links import Link, refuse_unless_signed, sign
from backoffice.service_lines.banking.queries.for_clients import (
    import_words,
    imports_of,
    lines_of_documents,
)
from client_portal import file_words
from design.frame import answer_file, page, permitted, redirect_to

pages = Blueprint("documents", __name__)

ROWS = 25
PIECE_BYTES = 64 * 1024


@pages.get("/documents")
@permitted("documents.see")
def show_all() -> Any:
    named, held = request.args.get("q", "").strip(), "held" in request.args
    found = queries.documents(
        g.session,
        named=named,
        state="held" if held else None,
        after=_after(request.args.get("after", "")),
        limit=ROWS,
    )
    counts = queries.document_counts(g.session)
    return page(
        "documents/all.html",
        rows=list(zip(found.documents, file_words.about(g.session, found.documents), strict=True)),
        after=_mark(found.after),
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
    link = _link(queries.document(g.session, sent), "GET")
    token = sign(g.runtime.keyring, link, now=real_now())
    return redirect_to("documents.file", sent=sent, token=token)


@pages.get("/documents/<uuid:sent>/file/<token>")
@permitted("documents.see", seen="document.opened")
def file(sent: UUID, token: str) -> Any:
    found = queries.document(g.session, sent)
    refuse_unless_signed(g.runtime.keyring, token, _link(found, request.method), now=real_now())
    if "Range" in request.headers:
        raise NotFound(_("This link has run out. Open the document again to get a new one."))
    g.subject = found
    stream = queries.open_document(g.session, g.runtime, found)
    return answer_file(
        _pieces(stream), name=found.name, media_type=found.media_type, size=found.size
    )


def _link(found: Document, verb: str) -> Link:
    return Link(g.client_id, found.id, found.sha256, g.me.session_id, verb)


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    with stream:
        while piece := stream.read(PIECE_BYTES):
            yield piece


def _mark(after: tuple[datetime, UUID] | None) -> str | None:
    return None if after is None else f"{after[0].isoformat()}_{after[1]}"


def _after(mark: str) -> tuple[datetime, UUID] | None:
    """Where the page before ended; anything else begins at the first page."""
    moment, _separator, row = mark.partition("_")
    try:
        return datetime.fromisoformat(moment), UUID(row)
    except ValueError:
        return None
