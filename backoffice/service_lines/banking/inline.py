"""Importing a file at once, without worker or Redis: what `backoffice statement import` does."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict
from uuid import UUID

from backoffice.firm.documents.actions import keep
from backoffice.firm.documents.staging import already_read
from backoffice.foundation.ids import new_id
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import Actor, ScopedSession
from backoffice.service_lines.banking.actions.choosing import choice_of
from backoffice.service_lines.banking.actions.finishing import finish_import
from backoffice.service_lines.banking.actions.importing import start_import
from backoffice.service_lines.banking.actions.reading import take_in
from backoffice.service_lines.banking.actions.releasing import release_import
from backoffice.service_lines.banking.actions.storing import store_chunk
from backoffice.service_lines.banking.models import BankImport
from backoffice.service_lines.banking.statements.limited import read_limited
from backoffice.service_lines.banking.statements.records import StatementFile

MEDIA_TYPES = {"ofx": "application/x-ofx", "zip": "application/zip"}

# `import` is a word of Python's, so the fields are given as a mapping.
Imported = TypedDict(
    "Imported",
    {
        "import": str,
        "new": int,
        "known": int,
        "conflicts": int,
        "held_back": int,
        "reason": str | None,
    },
)


def import_inline(
    runtime: Runtime,
    client_id: UUID,
    path: Path,
    *,
    account: str | None = None,
    release: bool = False,
    by: Actor,
) -> Imported:
    """Read and store a file for a client, all of it or nothing; the counts of what it brought.

    `account` is a number as the file gives it, or the code of a bank account. Raises `Refused`
    where the file cannot be read; a file that is held back answers with the reason.
    """
    file = read_limited(path, path.name)
    with runtime.doors.acting_for(client_id, by=by) as session:
        bank_import = _import(session, runtime, path, file, account, by)
        if release and bank_import.state == "shown":
            release_import(session, bank_import.id, by=by)
        return counts_of(bank_import)


def counts_of(bank_import: BankImport) -> Imported:
    """An import as the command line prints it."""
    return {
        "import": str(bank_import.id),
        "new": bank_import.new,
        "known": bank_import.known,
        "conflicts": bank_import.conflicts,
        "held_back": bank_import.held_back,
        "reason": bank_import.reason,
    }


def _import(
    session: ScopedSession,
    runtime: Runtime,
    path: Path,
    file: StatementFile,
    account: str | None,
    by: Actor,
) -> BankImport:
    media_type = MEDIA_TYPES.get(file.format, "application/octet-stream")
    with already_read(path, media_type=media_type) as staged:
        kept = keep(session, runtime, staged, by=by, key=str(new_id()), routed=False)
    bank_import = start_import(session, kept.document.id, by=by, in_background=False)
    chosen = choice_of(session, account)
    for chunk in take_in(session, runtime, bank_import, file, chosen):
        store_chunk(session, runtime, chunk)
    finish_import(session, runtime, bank_import)
    return bank_import
