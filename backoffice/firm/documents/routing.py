"""Where a received file belongs: what waits for it, a line that knows its kind, or the sorting.

Only where nothing waits is work opened, and forty receipts of one day make one item, not forty.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from backoffice.firm.clients.models import Client
from backoffice.firm.documents.models import Document
from backoffice.firm.documents.rules import words_are_in
from backoffice.firm.work.actions import fulfil, open_item
from backoffice.firm.work.models import ExpectedInput
from backoffice.firm.work.queries import waiting_inputs
from backoffice.foundation.clock import business_today
from backoffice.foundation.language import _
from backoffice.foundation.registry import DocumentKind, registry
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import ScopedSession


def route(
    session: ScopedSession,
    runtime: Runtime,
    document: Document,
    head: bytes,
    expected_input_id: UUID | None,
) -> str:
    """Put a new document where it belongs; the answer is a sentence for whoever sent it."""
    waiting = _what_waits(session, document, expected_input_id)
    if waiting is not None:
        fulfil(session, waiting.id, document_id=document.id)
        document.work_item_id = waiting.work_item_id
    if document.state == "held":
        return str(document.held_reason)
    kind = _recognised(head, document.name)
    if kind is not None:
        document.kind, document.state = kind.name, "checking"
        session.flush()
        kind.received(session, document.id, runtime)
        return _("Safe with us. We are reading it now.")
    if waiting is not None:
        return _("Safe with us. It goes to “%(title)s”, which waited for it.", title=waiting.title)
    document.work_item_id = _sorting_of_the_day(session)
    return _("Safe with us. We sort it and tell you if anything is missing.")


def route_again(session: ScopedSession, runtime: Runtime, document: Document) -> None:
    """The same file came again: its line decides whether anything follows from that."""
    kind = registry.document_kinds.get(document.kind or "")
    if kind is not None:
        kind.received(session, document.id, runtime)


def _what_waits(
    session: ScopedSession, document: Document, expected_input_id: UUID | None
) -> ExpectedInput | None:
    waiting = waiting_inputs(session)
    if expected_input_id is not None:
        return next((one for one in waiting if one.id == expected_input_id), None)
    return next((one for one in waiting if words_are_in(one.file_words, document.name)), None)


def _recognised(head: bytes, name: str) -> DocumentKind | None:
    kinds = registry.document_kinds.values()
    return next((kind for kind in kinds if kind.recognises(head, name)), None)


def _sorting_of_the_day(session: ScopedSession) -> UUID:
    zone = session.scalar(select(Client.zone).where(Client.id == session.client_id))
    today = business_today(session, zone or "UTC")
    item = open_item(
        session,
        kind="sorting",
        title=_("Sort new documents"),
        once_key=f"sorting:{today.isoformat()}",
        due_on=today,
    )
    return item.id
