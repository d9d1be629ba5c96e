"""Taking a copy of a document, in either app: an address for five minutes, then the file itself.

The file is decrypted piece by piece on its way out, always as an attachment. What is asked for
in another way than by a plain GET (a part of it, its head alone) is not there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from flask import Response, g, request

from backoffice.firm.documents.models import Document
from backoffice.firm.documents.queries import open_document
from backoffice.foundation.clock import real_now
from backoffice.foundation.signed_links import Link, refuse_unless_signed, sign
from design.frame.answers import answer_file
from design.frame.permits import not_found

PIECE_BYTES = 64 * 1024


def token_for(found: Document) -> str:
    """What opens this document's file for this session."""
    return sign(g.runtime.keyring, _link(found, "GET"), now=real_now())


def copy_of(found: Document, token: str) -> Response:
    """The file, where the token is good; noted as what the reader saw."""
    refuse_unless_signed(g.runtime.keyring, token, _link(found, request.method), now=real_now())
    if "Range" in request.headers:
        raise not_found()
    g.subject = found
    pieces = _pieces(open_document(g.session, g.runtime, found))
    return answer_file(pieces, name=found.name, media_type=found.media_type, size=found.size)


def _link(found: Document, verb: str) -> Link:
    return Link(g.client_id, found.id, found.sha256, g.me.session_id, verb)


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    with stream:
        while piece := stream.read(PIECE_BYTES):
            yield piece
