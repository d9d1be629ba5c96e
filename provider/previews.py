"""Documents as pictures: a page drawn anew in a confined process, never the file itself."""

from __future__ import annotations

import base64
from typing import Any
from uuid import UUID

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from backoffice.firm.documents.queries import document as document_of
from backoffice.firm.documents.queries import open_document
from backoffice.foundation.errors import Refused
from backoffice.foundation.previews import preview
from design.frame import block, permitted

pages = Blueprint("previews", __name__)

PAGE_MAX = 2_000


@pages.get("/clients/<uuid:client>/documents/<uuid:document>/picture")
@permitted("documents.see", seen="document.seen")
def picture(document: UUID) -> ResponseReturnValue:
    g.subject = document_of(g.session, document)
    return block("previews/picture.html", "picture", **_drawn(_asked_page()))


def _asked_page() -> int:
    asked = request.args.get("page", "1")
    return max(1, min(int(asked), PAGE_MAX)) if asked.isascii() and asked.isdigit() else 1


def _drawn(page: int) -> dict[str, Any]:
    """The page as a picture within the page, or why there is none."""
    try:
        with open_document(g.session, g.runtime, g.subject) as stream:
            found = preview(stream.read(), g.subject.media_type, page)
    except Refused as refused:
        return {"document": g.subject, "page": page, "reason": refused.message}
    source = "data:image/png;base64," + base64.b64encode(found.png).decode("ascii")
    return {"document": g.subject, "page": page, "pages": found.pages, "source": source}
