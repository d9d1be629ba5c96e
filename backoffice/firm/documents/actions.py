"""Receiving a file: kept whole and sealed or not at all, then put where it belongs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from backoffice.firm.documents import refusals
from backoffice.firm.documents.models import Document, DocumentQuota
from backoffice.firm.documents.routing import route, route_again
from backoffice.firm.documents.rules import REQUEST_KEY_CHARACTERS_MAX
from backoffice.firm.documents.staging import Staged, staged
from backoffice.foundation import audit, formatting
from backoffice.foundation.client_keys import key_of
from backoffice.foundation.clock import business_now
from backoffice.foundation.errors import Refused
from backoffice.foundation.file_names import display_name
from backoffice.foundation.ids import new_id
from backoffice.foundation.language import _
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import Actor, ScopedSession


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a file: the document, whether it was here before, and a sentence about it."""

    document: Document
    message: str
    duplicate: bool = False  # the same content was kept earlier
    again: bool = False  # the same request was made earlier


def receive(
    session: ScopedSession,
    runtime: Runtime,
    *,
    stream: BinaryIO,
    name: str,
    by: Actor,
    key: str,
    size_expected: int | None = None,
    expected_input_id: UUID | None = None,
) -> Received:
    """Take in one file for the client in scope.

    `key` is made by the sender once per file: the same one again answers with what was done.
    A refused file leaves an audit row, in a transaction of its own, and nothing else.
    """
    limit = runtime.settings.upload_bytes_max
    try:
        with staged(stream, name=name, bytes_max=limit, size_expected=size_expected) as file:
            return keep(session, runtime, file, by=by, key=key, expected_input_id=expected_input_id)
    except Refused as refused:
        note_refusal(runtime, session.client_id, refused, by=by)
        raise refused.at(file=display_name(name)) from refused.__cause__


def keep(
    session: ScopedSession,
    runtime: Runtime,
    file: Staged,
    *,
    by: Actor,
    key: str,
    expected_input_id: UUID | None = None,
    routed: bool = True,
) -> Received:
    """Keep a staged file: the file first, the row last.

    `routed` is false where the caller knows what the file is and deals with it.
    """
    if not key or len(key) > REQUEST_KEY_CHARACTERS_MAX:
        raise refusals.key_unusable()
    quota = _locked_quota(session)
    found = _kept_before(session, file, key)
    if found is not None:
        return _known(session, runtime, found, key, routed=routed)
    if quota.bytes_used + file.size > quota.bytes_max:
        raise refusals.quota_used_up(quota.bytes_max - quota.bytes_used)
    document = _stored(session, runtime, file, by=by, key=key)
    quota.bytes_used += file.size
    audit.record(session, "document.received", subject=document, by=by, bytes=file.size)
    if not routed:
        return Received(document, _("Safe with us."))
    return Received(document, route(session, runtime, document, file.head, expected_input_id))


def hold_back(session: ScopedSession, document_id: UUID, *, code: str, reason: str) -> None:
    """Say why a document cannot be used; whoever sent it reads this sentence."""
    document = session.get_one(Document, (session.client_id, document_id))
    document.state, document.held_code, document.held_reason = "held", code, reason
    audit.record(session, "document.held_back", subject=document, code=code)


def accept(session: ScopedSession, document_id: UUID, *, work_item_id: UUID | None = None) -> None:
    """It has been read and is good."""
    document = session.get_one(Document, (session.client_id, document_id))
    document.state, document.held_code, document.held_reason = "kept", None, None
    document.work_item_id = work_item_id or document.work_item_id


def _locked_quota(session: ScopedSession) -> DocumentQuota:
    row = {"client_id": session.client_id, "id": new_id()}
    session.execute(upsert(DocumentQuota).values(row).on_conflict_do_nothing())
    mine = select(DocumentQuota).where(DocumentQuota.client_id == session.client_id)
    return session.scalars(mine.with_for_update()).one()


def _kept_before(session: ScopedSession, file: Staged, key: str) -> Document | None:
    mine = select(Document).where(Document.client_id == session.client_id)
    asked = session.scalars(mine.where(Document.request_key == key)).one_or_none()
    if asked is not None and asked.sha256 != file.sha256:
        raise refusals.key_used_for_another()
    return asked or session.scalars(mine.where(Document.sha256 == file.sha256)).one_or_none()


def _known(
    session: ScopedSession, runtime: Runtime, document: Document, key: str, *, routed: bool
) -> Received:
    again = document.request_key == key
    if not again:
        audit.record(session, "document.sent_again", subject=document)
        if routed:
            route_again(session, runtime, document)
    day = formatting.day(document.received_at.date())
    message = _("This file is here already, since %(day)s. Nothing was added.", day=day)
    return Received(document, message, duplicate=not again, again=again)


def _stored(
    session: ScopedSession, runtime: Runtime, file: Staged, *, by: Actor, key: str
) -> Document:
    client_key = key_of(session, runtime.keyring)
    kept = runtime.storage.put(session.client_id, file.file, client_key, size_expected=file.size)
    document = Document(
        id=new_id(),
        name=file.name,
        media_type=file.media_type,
        size=kept.size,
        sha256=kept.sha256,
        storage_key=kept.key,
        state="held" if file.held_code else "kept",
        held_code=file.held_code,
        held_reason=file.held_reason,
        unscanned=True,
        received_by_kind=by.kind,
        received_by_id=by.id,
        received_at=business_now(session),
        request_key=key,
    )
    session.add(document)
    session.flush()
    return document


def note_refusal(runtime: Runtime, client_id: UUID, refused: Refused, *, by: Actor) -> None:
    """That a file was not kept, and why, in a transaction of its own."""
    with runtime.doors.acting_for(client_id, by=by) as own:
        audit.record(own, "document.refused", code=refused.code)
