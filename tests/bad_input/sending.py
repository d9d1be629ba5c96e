"""Sending a file as our upload script does, and all that may have been kept of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import text
from werkzeug.test import TestResponse

from backoffice.foundation.ids import new_id
from backoffice.foundation.registry import Registry, load_catalogues
from tests.support.browsers import Tab
from tests.support.cast import Cast
from worker.run_batch import Runner


def send(
    tab: Tab, data: bytes, name: str = "november.xml", *, key: str | None = None, **more: Any
) -> TestResponse:
    """One file, its raw bytes the body of the request."""
    return tab.bare("POST", "/upload/file", data=data, headers=headers_of(tab, name, key), **more)


def headers_of(tab: Tab, name: str, key: str | None = None) -> dict[str, str]:
    return {
        "X-CSRFToken": tab.token(),
        "X-Company": str(tab.company),
        "X-File-Name": quote(name, safe="", errors="surrogatepass"),
        "X-File-Key": key or new_id().hex,
        "Content-Type": "application/octet-stream",
    }


@dataclass(frozen=True)
class Kept:
    """What there is of files: rows, bytes of the quota, files on the disk, work, posted entries."""

    documents: int
    quota: int
    stored: int
    imports: int
    lines: int
    entries: int
    work_items: int


def kept(cast: Cast) -> Kept:
    with cast.database.as_superuser().connect() as connection:
        counts = connection.execute(
            text(
                "SELECT (SELECT count(*) FROM document),"
                " (SELECT coalesce(sum(bytes_used), 0)::bigint FROM document_quota),"
                " (SELECT count(*) FROM bank_import), (SELECT count(*) FROM bank_line),"
                " (SELECT count(*) FROM journal_entry), (SELECT count(*) FROM work_item)"
            )
        ).one()
    documents, quota, imports, lines, entries, work_items = counts
    return Kept(documents, quota, stored_files(cast), imports, lines, entries, work_items)


def stored_files(cast: Cast) -> int:
    """Files of the storage, temporary ones too: nothing else writes there."""
    folder = Path(cast.database.settings.storage_url.removeprefix("file://"))
    return sum(path.is_file() for path in folder.rglob("*"))


def work(cast: Cast) -> int:
    """What a worker that reads statements does until nothing is due."""
    known = Registry()
    known.add(load_catalogues().batch_kinds["statement_import"])
    return Runner(cast.database["worker"], known, backoff_seconds=0).drain()


def refusals_of_uploads(cast: Cast) -> list[str]:
    """The codes that the audit holds of files that were not kept."""
    with cast.database.as_superuser().connect() as connection:
        return list(
            connection.scalars(
                text(
                    "SELECT details ->> 'code' FROM audit_event"
                    " WHERE action = 'document.refused' ORDER BY sequence"
                )
            )
        )
