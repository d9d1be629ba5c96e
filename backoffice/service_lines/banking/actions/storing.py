"""Storing a chunk of lines: all by one statement, each with its fingerprint and its suggestion.

What is known already is left as it is. A line whose bank reference stands for another amount or
day is stored aside, as a conflict that a person decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from backoffice.foundation import audit
from backoffice.foundation.client_keys import key_of
from backoffice.foundation.clock import business_now
from backoffice.foundation.encryption import blind_index, seal
from backoffice.foundation.ids import new_id
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import ScopedSession
from backoffice.service_lines.banking.actions.accounts import NUMBER_PURPOSE
from backoffice.service_lines.banking.actions.suggesting import Grounds, grounds_for
from backoffice.service_lines.banking.models import BankLine, ImportChunk
from backoffice.service_lines.banking.rules.spool import ReadLine, unpacked
from backoffice.service_lines.banking.rules.suggestions import Line, words_of_line
from backoffice.service_lines.banking.rules.words import account_number, counterparty_key

COLUMNS = (
    "id", "bank_account_id", "statement_id", "position", "booked_on", "valued_on",
    "amount_minor", "currency", "counterparty", "counterparty_key",
    "counterparty_account_sealed", "counterparty_account_index", "reference", "bank_reference",
    "kind", "text", "file_line", "fingerprint", "occurrence", "state", "conflicts_with_id",
    "suggested_account_id", "suggested_tax_code_id", "suggested_transfer_id", "confidence",
    "reason_kind", "reason_rule_id", "reason_times", "reason_of",
)  # fmt: skip

INSERT = text(
    """
    INSERT INTO bank_line (client_id, import_id, version,
      id, bank_account_id, statement_id, position, booked_on, valued_on, amount_minor,
      currency, counterparty, counterparty_key, counterparty_account_sealed,
      counterparty_account_index, reference, bank_reference, kind, text, file_line,
      fingerprint, occurrence, state, conflicts_with_id, suggested_account_id,
      suggested_tax_code_id, suggested_transfer_id, confidence, reason_kind,
      reason_rule_id, reason_times, reason_of)
    SELECT :client_id, :import_id, 1,
      l.id, l.bank_account_id, l.statement_id, l.position, l.booked_on, l.valued_on,
      l.amount_minor, l.currency, l.counterparty, l.counterparty_key,
      l.counterparty_account_sealed, l.counterparty_account_index, l.reference,
      l.bank_reference, l.kind, l.text, l.file_line, l.fingerprint, l.occurrence, l.state,
      l.conflicts_with_id, l.suggested_account_id, l.suggested_tax_code_id,
      l.suggested_transfer_id, l.confidence, l.reason_kind, l.reason_rule_id,
      l.reason_times, l.reason_of
    FROM unnest(
      CAST(:id AS uuid[]), CAST(:bank_account_id AS uuid[]),
      CAST(:statement_id AS uuid[]), CAST(:position AS bigint[]),
      CAST(:booked_on AS date[]), CAST(:valued_on AS date[]),
      CAST(:amount_minor AS bigint[]), CAST(:currency AS text[]),
      CAST(:counterparty AS text[]), CAST(:counterparty_key AS text[]),
      CAST(:counterparty_account_sealed AS bytea[]),
      CAST(:counterparty_account_index AS bytea[]), CAST(:reference AS text[]),
      CAST(:bank_reference AS text[]), CAST(:kind AS text[]), CAST(:text AS text[]),
      CAST(:file_line AS bigint[]), CAST(:fingerprint AS bytea[]),
      CAST(:occurrence AS bigint[]), CAST(:state AS text[]),
      CAST(:conflicts_with_id AS uuid[]), CAST(:suggested_account_id AS uuid[]),
      CAST(:suggested_tax_code_id AS uuid[]), CAST(:suggested_transfer_id AS uuid[]),
      CAST(:confidence AS text[]), CAST(:reason_kind AS text[]),
      CAST(:reason_rule_id AS uuid[]), CAST(:reason_times AS bigint[]),
      CAST(:reason_of AS bigint[])
    ) AS l (
      id, bank_account_id, statement_id, position, booked_on, valued_on, amount_minor,
      currency, counterparty, counterparty_key, counterparty_account_sealed,
      counterparty_account_index, reference, bank_reference, kind, text, file_line,
      fingerprint, occurrence, state, conflicts_with_id, suggested_account_id,
      suggested_tax_code_id, suggested_transfer_id, confidence, reason_kind,
      reason_rule_id, reason_times, reason_of)
    ON CONFLICT (client_id, bank_account_id, fingerprint, occurrence) DO NOTHING
    """
)

# Lines of earlier imports that bear the same reference of the bank, and whether a line that is
# known to us under the same fingerprint stands there already.
SAME_REFERENCE = text(
    """
    SELECT c.place, l.id, l.amount_minor, l.booked_on
    FROM unnest(
      CAST(:places AS bigint[]), CAST(:accounts AS uuid[]), CAST(:references AS text[]),
      CAST(:fingerprints AS bytea[])
    ) AS c (place, account, reference, fingerprint)
    JOIN bank_line l ON l.client_id = :client AND l.bank_account_id = c.account
      AND l.bank_reference = c.reference AND l.import_id <> :import_id
    WHERE NOT EXISTS (
      SELECT 1 FROM bank_line known WHERE known.client_id = :client
        AND known.bank_account_id = c.account AND known.fingerprint = c.fingerprint
    )
    ORDER BY c.place, l.id
    """
)


def store_chunk(session: ScopedSession, runtime: Runtime, chunk: ImportChunk) -> None:
    """Store the lines of one chunk, once."""
    key = key_of(session, runtime.keyring)
    with runtime.storage.open(session.client_id, chunk.storage_key, key) as file:
        lines = unpacked(file.read())
    store_lines(session, runtime, chunk.import_id, lines)
    chunk.stored_at = business_now(session)
    audit.record(
        session,
        "statement.lines_stored",
        subject_kind="bank_import",
        subject_id=chunk.import_id,
        lines=len(lines),
    )


def store_lines(
    session: ScopedSession, runtime: Runtime, import_id: UUID, lines: Sequence[ReadLine]
) -> None:
    """Store lines of an import that are not known yet."""
    keys = [counterparty_key(line.counterparty, line.text) for line in lines]
    grounds = grounds_for(session, set(keys))
    conflicts = _conflicts(session, import_id, lines)
    rows = zip(
        *_rows(session, runtime, lines, keys, grounds, conflicts),
        strict=True,
    )
    values: dict[str, Any] = {
        name: list(column) for name, column in zip(COLUMNS, rows, strict=True)
    }
    session.execute(INSERT, {"client_id": session.client_id, "import_id": import_id, **values})


def _conflicts(
    session: ScopedSession, import_id: UUID, lines: Sequence[ReadLine]
) -> dict[int, UUID]:
    """Index of a line → the earlier line that has its reference with another amount or day."""
    asked = [place for place, line in enumerate(lines) if line.identifies]
    if not asked:
        return {}
    values = {
        "client": session.client_id,
        "import_id": import_id,
        "places": asked,
        "accounts": [lines[place].bank_account_id for place in asked],
        "references": [lines[place].bank_reference for place in asked],
        "fingerprints": [lines[place].fingerprint for place in asked],
    }
    same: dict[int, dict[tuple[int, Any], UUID]] = defaultdict(dict)
    for place, line_id, amount, day in session.execute(SAME_REFERENCE, values):
        same[place].setdefault((amount, day), line_id)
    # A reference that stood for several lines before identifies none.
    return {place: next(iter(found.values())) for place, found in same.items() if len(found) == 1}


def _rows(
    session: ScopedSession,
    runtime: Runtime,
    lines: Sequence[ReadLine],
    keys: Sequence[str],
    grounds: Grounds,
    conflicts: dict[int, UUID],
) -> Iterator[tuple[Any, ...]]:
    client_id, client_key = session.client_id, key_of(session, runtime.keyring)
    for place, (line, key) in enumerate(zip(lines, keys, strict=True)):
        line_id = new_id()
        sealed, index = _sealed_number(client_id, client_key, line_id, line.counterparty_account)
        own = grounds.own_accounts.get(index) if index else None
        found = grounds.suggest(
            Line(
                bank_account_id=line.bank_account_id,
                amount_minor=line.amount_minor,
                words=words_of_line(line.counterparty, line.reference, line.text),
                counterparty_key=key,
                own_account_id=None if own == line.bank_account_id else own,
                occurrence=line.occurrence,
            )
        )
        conflict = conflicts.get(place)
        yield (
            line_id,
            line.bank_account_id,
            line.statement_id,
            line.position,
            line.booked_on,
            line.valued_on,
            line.amount_minor,
            line.currency,
            line.counterparty,
            key,
            sealed,
            index,
            line.reference,
            line.bank_reference,
            line.kind,
            line.text,
            line.file_line,
            line.fingerprint,
            line.occurrence,
            "open" if conflict is None else "conflict",
            conflict,
            found.account_id,
            found.tax_code_id,
            found.transfer_id,
            found.confidence,
            found.reason,
            found.rule_id,
            found.times,
            found.of,
        )


def _sealed_number(
    client_id: UUID, client_key: bytes, line_id: UUID, number: str | None
) -> tuple[bytes | None, bytes | None]:
    plain = account_number(number or "")
    if not plain:
        return None, None
    sealed = seal(
        client_key,
        plain,
        client_id=client_id,
        table=BankLine.__tablename__,
        column="counterparty_account_sealed",
        row_id=line_id,
    )
    return sealed, blind_index(client_key, plain, NUMBER_PURPOSE)
