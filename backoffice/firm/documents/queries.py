"""What pages ask about a client's documents."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import func, select, tuple_

from backoffice.firm.documents.models import Document
from backoffice.foundation.client_keys import key_of
from backoffice.foundation.errors import NotFound
from backoffice.foundation.language import _
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import ScopedSession

PAGE_MAX = 200


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A page of documents, newest first; `after` asks for the next one, None where this is all."""

    documents: Sequence[Document]
    after: tuple[datetime, UUID] | None


def documents(
    session: ScopedSession,
    *,
    state: str | None = None,
    named: str = "",
    work_item_id: UUID | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> DocumentPage:
    """The client's documents, newest first; `named` is part of a name."""
    limit = min(limit, PAGE_MAX)
    query = select(Document).where(Document.client_id == session.client_id)
    if state is not None:
        query = query.where(Document.state == state)
    if named.strip():
        query = query.where(Document.name.icontains(named.strip(), autoescape=True))
    if work_item_id is not None:
        query = query.where(Document.work_item_id == work_item_id)
    if after is not None:
        query = query.where(tuple_(Document.received_at, Document.id) < after)
    newest_first = query.order_by(Document.received_at.desc(), Document.id.desc())
    found = session.scalars(newest_first.limit(limit + 1)).all()
    more = len(found) > limit
    shown = found[:limit]
    return DocumentPage(shown, (shown[-1].received_at, shown[-1].id) if more else None)


def mark_of(after: tuple[datetime, UUID] | None) -> str | None:
    """A place in the list as a word for an address."""
    return None if after is None else f"{after[0].isoformat()}_{after[1]}"


def place_of(mark: str) -> tuple[datetime, UUID] | None:
    """The place again; what is no mark is the beginning."""
    moment, _separator, row = mark.partition("_")
    try:
        return datetime.fromisoformat(moment), UUID(row)
    except ValueError:
        return None


def document_counts(session: ScopedSession) -> dict[str, int]:
    """How many documents there are in each state."""
    counted = (
        select(Document.state, func.count())
        .where(Document.client_id == session.client_id)
        .group_by(Document.state)
    )
    return dict(session.execute(counted).all())


def document(session: ScopedSession, document_id: UUID) -> Document:
    """One document of the client in scope."""
    found = session.get(Document, (session.client_id, document_id))
    if found is None:
        raise NotFound(_("There is no such document."))
    return found


def names_of(session: ScopedSession, document_ids: Collection[UUID | None]) -> dict[UUID, str]:
    """How these documents are called."""
    named = select(Document.id, Document.name).where(
        Document.client_id == session.client_id, Document.id.in_(document_ids)
    )
    return dict(session.execute(named).all())


def open_document(session: ScopedSession, runtime: Runtime, found: Document) -> BinaryIO:
    """The content, read from start to end; close it, or use `with`."""
    client_key = key_of(session, runtime.keyring)
    return runtime.storage.open(session.client_id, found.storage_key, client_key)
