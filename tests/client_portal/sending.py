"""Sending files as the upload box does: the raw body, with names and keys in headers."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from typing import Any
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import func, select, text
from werkzeug.test import TestResponse

from backoffice.demo.cast import CLIENTS
from backoffice.demo.months import months
from backoffice.demo.statement_files import written
from backoffice.firm.documents.models import Document, DocumentQuota
from backoffice.foundation.clock import business_today
from backoffice.foundation.ids import new_id
from backoffice.foundation.money import Money
from tests.support.browsers import Tab
from tests.support.cast import Cast


def headers_of(tab: Tab, data: bytes, name: str, **more: str) -> dict[str, str]:
    return {
        **tab.headers,
        "X-CSRFToken": tab.token(),
        "X-Company": str(tab.company),
        "HX-Request": "true",
        "Content-Type": "application/octet-stream",
        "X-File-Name": quote(name),
        "X-File-Size": str(len(data)),
        "X-File-Key": new_id().hex,
        **more,
    }


def send(tab: Tab, data: bytes, name: str = "letter.pdf", **more: str) -> TestResponse:
    headers = headers_of(tab, data, name, **more)
    return tab.bare("POST", "/upload/file", data=data, headers=headers)


def send_part(tab: Tab, data: bytes, *, arrives: int, name: str = "letter.pdf") -> TestResponse:
    """A line that is cut: so many bytes are announced, fewer arrive."""
    return tab.bare(
        "POST",
        "/upload/file",
        headers=headers_of(tab, data, name),
        input_stream=BytesIO(data[:arrives]),
        content_length=len(data),
    )


def id_in(answer: TestResponse) -> UUID:
    """The document that a row is about."""
    found = re.search(r'id="file-([0-9a-f-]{36})"', answer.text)
    assert found, answer.text
    return UUID(found.group(1))


def documents_of(cast: Cast, client: str = "acorn") -> list[Document]:
    with cast.acting_for(client) as session:
        found = session.scalars(select(Document).order_by(Document.received_at)).all()
        session.expunge_all()
        return list(found)


def bytes_used(cast: Cast, client: str = "acorn") -> int:
    with cast.acting_for(client) as session:
        return session.scalar(select(func.coalesce(func.sum(DocumentQuota.bytes_used), 0))) or 0


def set_quota(cast: Cast, bytes_max: int, client: str = "acorn") -> None:
    with cast.database.as_superuser().begin() as connection:
        connection.execute(
            text(
                "INSERT INTO document_quota (client_id, id, bytes_used, bytes_max)"
                " VALUES (:client, :id, 0, :most)"
                " ON CONFLICT (client_id) DO UPDATE SET bytes_max = :most"
            ),
            {"client": cast[client], "id": new_id(), "most": bytes_max},
        )


def files_on_disk(cast: Cast) -> list[str]:
    """Everything that lies in the storage, temporary files too."""
    root = cast.database["portal"].storage.root
    return [str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()]


def acts(cast: Cast, client: str = "acorn") -> list[tuple[str, dict[str, Any]]]:
    with cast.acting_for(client) as session:
        rows = session.execute(text("SELECT action, details FROM audit_event ORDER BY sequence"))
        return [(action, details) for action, details in rows]


def statement_file(cast: Cast, *, lacking: int = 0) -> tuple[str, bytes]:
    """Acorn's running month as its bank writes it; where something lacks, it does not add up."""
    acorn = next(client for client in CLIENTS if client.slug == "acorn")
    with cast.acting_for("acorn") as session:
        today = business_today(session, acorn.zone)
    sheet = months(acorn, currency="GBP", came_on=today, today=today)[0].sheets[0]
    if lacking:
        sheet = replace(sheet, stated_closing=sheet.closing + Money(lacking, "GBP"))
    name, data = written(sheet, as_format=acorn.format)
    return (f"{lacking}-{name}" if lacking else name), data
