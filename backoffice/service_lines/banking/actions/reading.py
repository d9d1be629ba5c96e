"""Taking a file in that was read: its statements, and its lines in chunks to be stored.

Nothing is stored of a file of which any statement has to be held back.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, MutableSequence, Sequence

from sqlalchemy import event
from sqlalchemy.orm import SessionTransaction

from backoffice.foundation.client_keys import key_of
from backoffice.foundation.ids import new_id
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import ScopedSession
from backoffice.service_lines.banking.actions.accounts import bank_account, open_account
from backoffice.service_lines.banking.actions.choosing import Chosen, Taken, pick, take
from backoffice.service_lines.banking.actions.importing import hold, one_after_another
from backoffice.service_lines.banking.actions.known_lines import lines_of, neighbours
from backoffice.service_lines.banking.models import BankImport, BankStatement, ImportChunk
from backoffice.service_lines.banking.rules.spool import ReadLine, chunks, packed
from backoffice.service_lines.banking.rules.statements import (
    CannotBeUsed,
    HeldBack,
    what_does_not_add_up,
    what_is_missing_before,
)
from backoffice.service_lines.banking.statements.records import StatementFile


def take_in(
    session: ScopedSession,
    runtime: Runtime,
    bank_import: BankImport,
    file: StatementFile,
    chosen: Chosen | None = None,
) -> list[ImportChunk]:
    """Store the statements and seal the chunks to be stored next; none where it is held back."""
    if chosen is None:
        account_id = bank_import.bank_account_id
        chosen = Chosen(account=bank_account(session, account_id) if account_id else None)
    picked = pick(session, runtime, file, chosen)
    bank_import.format = file.format
    bank_import.lines = sum(len(one.entries) for one in picked)
    bank_import.pending = sum(len(one.statement.entries) for one in picked)
    bank_import.pending -= bank_import.lines
    try:
        taken = [take(session, runtime, one, chosen) for one in picked]
    except CannotBeUsed as cannot:
        return _held(session, bank_import, cannot.held)
    held = _reason_to_hold(session, bank_import, taken)
    if held is not None:
        return _held(session, bank_import, held)
    _open_unknown(session, runtime, taken)
    _store_statements(session, bank_import, taken)
    return _sealed_chunks(session, runtime, bank_import, list(lines_of(session, taken)))


def _reason_to_hold(
    session: ScopedSession, bank_import: BankImport, taken: Sequence[Taken]
) -> HeldBack | None:
    for one in taken:
        if (held := what_does_not_add_up(one.figures)) is not None:
            return held
    if bank_import.gap_accepted_because is not None:
        return None
    one_after_another(session)
    for one in taken:
        others = neighbours(session, one.account)
        others += [n for o in taken if o is not one and _same_account(o, one)
                   if (n := o.as_neighbour) is not None]  # fmt: skip
        if (held := what_is_missing_before(one.figures, others)) is not None:
            return held
    return None


def _same_account(one: Taken, other: Taken) -> bool:
    return (one.number, one.figures.currency) == (other.number, other.figures.currency)


def _held(session: ScopedSession, bank_import: BankImport, held: HeldBack) -> list[ImportChunk]:
    bank_import.held_back = max(bank_import.lines, 1)
    hold(session, bank_import, code=held.code, reason=held.reason)
    return []


def _open_unknown(session: ScopedSession, runtime: Runtime, taken: Sequence[Taken]) -> None:
    for one in taken:
        if one.account is None:
            one.account = open_account(
                session, runtime, number=one.number, currency=one.figures.currency
            )


def _store_statements(
    session: ScopedSession, bank_import: BankImport, taken: Iterable[Taken]
) -> None:
    for one in taken:
        assert one.account is not None  # noqa: S101 - opened just before
        session.add(
            BankStatement(
                id=one.id,
                import_id=bank_import.id,
                bank_account_id=one.account.id,
                position=one.position,
                identifier=one.statement.identifier,
                currency=one.figures.currency,
                opening_minor=one.figures.opening_minor,
                closing_minor=one.figures.closing_minor,
                from_on=one.figures.from_on,
                to_on=one.figures.to_on,
                entries=len(one.entries),
                sum_minor=one.figures.sum_minor,
            )
        )
    session.flush()


def _remove_if_rolled_back(
    session: ScopedSession, runtime: Runtime, sealed: MutableSequence[str]
) -> None:
    """No row names what was sealed then, and the next attempt seals its own."""
    client_id, mine = session.client_id, session.get_nested_transaction()

    def remove(_session: object, ended: SessionTransaction) -> None:
        if ended is mine or not ended.nested:
            for key in sealed:
                runtime.storage.delete(client_id, key)

    def keep(_session: object) -> None:
        if not session.in_nested_transaction():
            sealed.clear()

    event.listen(session, "after_soft_rollback", remove)
    event.listen(session, "after_commit", keep)


def _sealed_chunks(
    session: ScopedSession, runtime: Runtime, bank_import: BankImport, lines: Sequence[ReadLine]
) -> list[ImportChunk]:
    key = key_of(session, runtime.keyring)
    stored, sealed = [], list[str]()
    _remove_if_rolled_back(session, runtime, sealed)
    for position, part in enumerate(chunks(lines), 1):
        kept = runtime.storage.put(session.client_id, io.BytesIO(packed(part)), key)
        sealed.append(kept.key)
        chunk = ImportChunk(
            id=new_id(),
            import_id=bank_import.id,
            position=position,
            lines=len(part),
            storage_key=kept.key,
        )
        stored.append(chunk)
    session.add_all(stored)
    session.flush()
    return stored
