"""Storing a chunk of lines: all by one statement, each with its fingerprint and its suggestion.

What is known already is left as it is. A line whose bank reference stands for another amount or
day is stored aside, as a conflict that a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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

# What a line is staged as: beside its columns, whether its reference identifies it in its file.
COLUMNS = (
    "id", "bank_account_id", "statement_id", "position", "booked_on", "valued_on",
    "amount_minor", "currency", "counterparty", "counterparty_key",
    "counterparty_account_sealed", "counterparty_account_index", "reference",
    "bank_reference", "kind", "text", "file_line", "fingerprint", "occurrence",
    "suggested_account_id", "suggested_tax_code_id", "suggested_transfer_id", "confidence",
    "reason_kind", "reason_rule_id", "reason_times", "reason_of", "identifies",
)  # fmt: skip

# Rows travel fastest by COPY, which row-level security refuses on the table itself.
MAKE_STAGE = text(
    """
    CREATE TEMPORARY TABLE IF NOT EXISTS bank_line_stage (
      id uuid, bank_account_id uuid, statement_id uuid, position bigint, booked_on date,
      valued_on date, amount_minor bigint, currency text, counterparty text,
      counterparty_key text, counterparty_account_sealed bytea,
      counterparty_account_index bytea, reference text, bank_reference text, kind text,
      text text, file_line bigint, fingerprint uuid, occurrence bigint,
      suggested_account_id uuid, suggested_tax_code_id uuid, suggested_transfer_id uuid,
      confidence text, reason_kind text, reason_rule_id uuid, reason_times bigint,
      reason_of bigint, identifies boolean
    ) ON COMMIT DROP
    """
)
EMPTY_STAGE = text("TRUNCATE bank_line_stage")

# A line is contradicted by the one earlier line (or several that agree) which bears its reference
# with another amount or day. A reference that stood for several different lines before identifies
# none. What is compared by IS NOT DISTINCT FROM leaves the index of references as the only one to
# look in: before the table is first analysed the planner takes any other for as good, and would
# compare every line with every other.
INSERT = text(
    """
    INSERT INTO bank_line (client_id, import_id, version, id, bank_account_id, statement_id,
      position, booked_on, valued_on, amount_minor, currency, counterparty, counterparty_key,
      counterparty_account_sealed, counterparty_account_index, reference, bank_reference, kind,
      text, file_line, fingerprint, occurrence, state, conflicts_with_id, suggested_account_id,
      suggested_tax_code_id, suggested_transfer_id, confidence, reason_kind, reason_rule_id,
      reason_times, reason_of)
    SELECT :client, :import_id, 1, s.id, s.bank_account_id, s.statement_id,
      s.position, s.booked_on, s.valued_on, s.amount_minor, s.currency, s.counterparty,
      s.counterparty_key, s.counterparty_account_sealed, s.counterparty_account_index,
      s.reference, s.bank_reference, s.kind, s.text, s.file_line, s.fingerprint, s.occurrence,
      CASE WHEN contradicted.id IS NULL THEN 'open' ELSE 'conflict' END, contradicted.id,
      s.suggested_account_id, s.suggested_tax_code_id, s.suggested_transfer_id, s.confidence,
      s.reason_kind, s.reason_rule_id, s.reason_times, s.reason_of
    FROM bank_line_stage s
    LEFT JOIN LATERAL (
      SELECT (array_agg(l.id ORDER BY l.id))[1] AS id
      FROM bank_line l
      WHERE l.bank_reference = s.bank_reference AND l.client_id IS NOT DISTINCT FROM :client
        AND l.bank_account_id IS NOT DISTINCT FROM s.bank_account_id
        AND l.import_id <> :import_id
      HAVING count(DISTINCT (l.amount_minor, l.booked_on)) = 1
        AND bool_and((l.amount_minor, l.booked_on) <> (s.amount_minor, s.booked_on))
    ) contradicted ON s.identifies
    ON CONFLICT (client_id, bank_account_id, fingerprint, occurrence) DO NOTHING
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
    keys = [counterparty_key(line.counterparty, line.text, line.amount_minor) for line in lines]
    grounds = grounds_for(session, set(keys))
    _stage(session, _rows(session, runtime, lines, keys, grounds))
    session.execute(INSERT, {"client": session.client_id, "import_id": import_id})


def _stage(session: ScopedSession, rows: Iterable[tuple[Any, ...]]) -> None:
    """Bring the rows to the database, into a table of this transaction alone."""
    session.execute(MAKE_STAGE)
    session.execute(EMPTY_STAGE)
    connection = session.connection().connection.driver_connection
    assert connection is not None  # noqa: S101 - it has just executed something
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY bank_line_stage ({', '.join(COLUMNS)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def _rows(
    session: ScopedSession,
    runtime: Runtime,
    lines: Sequence[ReadLine],
    keys: Sequence[str],
    grounds: Grounds,
) -> Iterator[tuple[Any, ...]]:
    """The lines as they are staged; ids and days as text, which is quickest to send."""
    client_id, client_key = session.client_id, key_of(session, runtime.keyring)
    for line, key in zip(lines, keys, strict=True):
        line_id = new_id()
        sealed, index = _sealed_number(client_id, client_key, line_id, line.counterparty_account)
        found = grounds.suggest(_looked_at(line, key, index, grounds))
        yield (
            str(line_id), str(line.bank_account_id), str(line.statement_id), line.position,
            line.booked_on.isoformat(), line.valued_on and line.valued_on.isoformat(),
            line.amount_minor, line.currency, line.counterparty, key, sealed, index,
            line.reference, line.bank_reference, line.kind, line.text, line.file_line,
            line.fingerprint.hex(), line.occurrence, _text(found.account_id),
            _text(found.tax_code_id), _text(found.transfer_id), found.confidence, found.reason,
            _text(found.rule_id), found.times, found.of, line.identifies,
        )  # fmt: skip


def _looked_at(line: ReadLine, key: str, index: bytes | None, grounds: Grounds) -> Line:
    own = grounds.own_accounts.get(index) if index else None
    return Line(
        bank_account_id=line.bank_account_id,
        amount_minor=line.amount_minor,
        words=words_of_line(line.counterparty, line.reference, line.text),
        counterparty_key=key,
        own_account_id=None if own == line.bank_account_id else own,
        occurrence=line.occurrence,
    )


def _text(id_or_none: UUID | None) -> str | None:
    return None if id_or_none is None else str(id_or_none)


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
