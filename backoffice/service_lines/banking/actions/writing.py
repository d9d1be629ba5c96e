"""Writing codings: for one line or ten thousand the same few statements and one posting call."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select, text

from backoffice.foundation.clock import business_now
from backoffice.foundation.ids import new_id
from backoffice.foundation.tenancy import Actor, ScopedSession
from backoffice.ledger import (
    Draft,
    LedgerAccount,
    Period,
    TaxCode,
    books_of,
    open_periods,
    post,
)
from backoffice.service_lines.banking import refusals
from backoffice.service_lines.banking.models import BankAccount, BankLine
from backoffice.service_lines.banking.rules import direction_of
from backoffice.service_lines.banking.rules.coding import Part, PartDraft, cut, entry_lines

# Kept by their own ledgers: a bank line gets there as a transfer or by settling an item.
NOT_FOR_CODING = ("bank", "in_transit", "receivable", "payable")
SOURCE = "bank_line"

MARK_CODED = text(
    """
    UPDATE bank_line SET state = 'coded', version = version + 1
    WHERE client_id = :client AND id = ANY (CAST(:ids AS uuid[])) AND state = 'open'
    """
)

INSERT_CODINGS = text(
    """
    INSERT INTO coding (client_id, id, bank_line_id, version, kind, amount_minor, direction, parts,
      account_id, tax_code_id, transfer_id, transfer_account_id, counterparty_key, entry_id,
      coded_by_kind, coded_by_id, coded_at, request_key)
    SELECT :client, c.id, c.line, c.version, c.kind, c.amount, c.direction, c.parts, c.account,
      c.tax_code, c.transfer, c.transfer_account, c.key, c.entry, :by_kind, :by_id, :at, :request
    FROM unnest(
      CAST(:ids AS uuid[]), CAST(:lines AS uuid[]), CAST(:versions AS bigint[]),
      CAST(:kinds AS text[]), CAST(:amounts AS bigint[]), CAST(:directions AS text[]),
      CAST(:parts AS bigint[]), CAST(:accounts AS uuid[]), CAST(:tax_codes AS uuid[]),
      CAST(:transfers AS uuid[]), CAST(:transfer_accounts AS uuid[]), CAST(:keys AS text[]),
      CAST(:entries AS uuid[])
    ) AS c (id, line, version, kind, amount, direction, parts, account, tax_code, transfer,
      transfer_account, key, entry)
    """
)

INSERT_PARTS = text(
    """
    INSERT INTO coding_part (client_id, id, coding_id, coding_amount_minor, parts, position,
      account_id, tax_code_id, gross_minor, net_minor, tax_minor, note)
    SELECT :client, p.id, p.coding, p.amount, p.parts, p.position, p.account, p.tax_code, p.gross,
      p.net, p.tax, p.note
    FROM unnest(
      CAST(:ids AS uuid[]), CAST(:codings AS uuid[]), CAST(:amounts AS bigint[]),
      CAST(:parts AS bigint[]), CAST(:positions AS bigint[]), CAST(:accounts AS uuid[]),
      CAST(:tax_codes AS uuid[]), CAST(:gross AS bigint[]), CAST(:net AS bigint[]),
      CAST(:tax AS bigint[]), CAST(:notes AS text[])
    ) AS p (id, coding, amount, parts, position, account, tax_code, gross, net, tax, note)
    """
)


@dataclass(frozen=True, slots=True)
class Decision:
    """How one open, locked line is to be coded."""

    line: BankLine
    kind: str
    drafts: tuple[PartDraft, ...]
    transfer_id: UUID | None = None
    transfer_account_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A decision on its way into the tables: its id and its parts with their tax."""

    id: UUID
    decision: Decision
    parts: tuple[Part, ...]

    @property
    def version(self) -> int:
        """The line's version once it is coded; grows with each coding of the line."""
        return self.decision.line.version + 1


def write_codings(
    session: ScopedSession, decisions: Sequence[Decision], *, by: Actor, key: str
) -> list[UUID]:
    """Post and store how these lines are coded, all or none. The lines are locked already."""
    if not decisions:
        return []
    lines = [decision.line for decision in decisions]
    _refuse_other_currencies(session, lines)
    _refuse_accounts(session, {d.account_id for one in decisions for d in one.drafts}, decisions)
    taxes = _taxes(session, decisions)
    written = [Written(new_id(), one, tuple(_parts(one, taxes))) for one in decisions]
    open_missing_periods(session, {line.booked_on for line in lines})
    entries = post(session, _drafts(session, written), by=by)
    marked = session.execute(
        MARK_CODED, {"client": session.client_id, "ids": [line.id for line in lines]}
    )
    if marked.rowcount != len(lines):  # type: ignore[attr-defined]
        raise refusals.changed_by_another("")
    _insert(session, written, [entry.id for entry in entries], by=by, key=key)
    for line in lines:
        session.expire(line)
    return [one.id for one in written]


def open_missing_periods(session: ScopedSession, days: Collection[date]) -> None:
    """Open the years that the books do not reach yet; a line is of the day that it is of."""
    months = {day.replace(day=1) for day in days}
    there = set(
        session.scalars(
            select(Period.month).where(
                Period.client_id == session.client_id, Period.month.in_(months)
            )
        )
    )
    for month in sorted(months - there):
        open_periods(session, through=month)


def narration_of(line: BankLine) -> str:
    """What an entry says about its bank line."""
    said = [line.counterparty, line.text]
    return " · ".join(dict.fromkeys(word for word in said if word))


def _refuse_other_currencies(session: ScopedSession, lines: Sequence[BankLine]) -> None:
    books = books_of(session).currency
    for line in lines:
        if line.currency != books:
            raise refusals.rate_missing(line.currency, books)


def _refuse_accounts(
    session: ScopedSession, wanted: set[UUID], decisions: Sequence[Decision]
) -> None:
    """Each account is one of this chart, and none that its own ledger keeps."""
    found = {
        account.id: account
        for account in session.scalars(
            select(LedgerAccount).where(
                LedgerAccount.client_id == session.client_id, LedgerAccount.id.in_(wanted)
            )
        )
    }
    if wanted - found.keys():
        raise refusals.no_such_ledger_account()
    for one in decisions:
        for draft in one.drafts:
            account = found[draft.account_id]
            if one.kind != "transfer" and account.role in NOT_FOR_CODING:
                raise refusals.account_not_for_coding(account.code)


def _taxes(session: ScopedSession, decisions: Sequence[Decision]) -> dict[UUID, TaxCode]:
    wanted = {d.tax_code_id for one in decisions for d in one.drafts} - {None}
    if not wanted:
        return {}
    codes = session.scalars(
        select(TaxCode).where(TaxCode.client_id == session.client_id, TaxCode.id.in_(wanted))
    )
    return {code.id: code for code in codes}


def _parts(decision: Decision, taxes: dict[UUID, TaxCode]) -> Iterator[Part]:
    line = decision.line
    for draft in decision.drafts:
        code = _tax_on(taxes, draft.tax_code_id, line.booked_on) if draft.tax_code_id else None
        yield cut(draft, code, line.currency, narration_of(line))


def _tax_on(taxes: dict[UUID, TaxCode], code_id: UUID, day: date) -> TaxCode:
    code = taxes.get(code_id)
    if code is None or code.valid_from > day or (code.valid_until or date.max) < day:
        raise refusals.no_such_tax_code()
    return code


def _drafts(session: ScopedSession, written: Sequence[Written]) -> list[Draft]:
    banks = _bank_ledger_accounts(session, {one.decision.line.bank_account_id for one in written})
    return [
        Draft(
            source_kind=SOURCE,
            source_id=one.decision.line.id,
            purpose=f"coding {one.version}",
            on=one.decision.line.booked_on,
            narration=narration_of(one.decision.line),
            lines=entry_lines(
                banks[one.decision.line.bank_account_id],
                one.decision.line.amount_minor,
                one.decision.line.currency,
                one.parts,
                narration_of(one.decision.line),
            ),
        )
        for one in written
    ]


def _bank_ledger_accounts(session: ScopedSession, accounts: set[UUID]) -> dict[UUID, UUID]:
    named = select(BankAccount.id, BankAccount.ledger_account_id).where(
        BankAccount.client_id == session.client_id, BankAccount.id.in_(accounts)
    )
    return dict(session.execute(named).all())


def _insert(
    session: ScopedSession,
    written: Sequence[Written],
    entries: Sequence[UUID],
    *,
    by: Actor,
    key: str,
) -> None:
    decisions = [one.decision for one in written]
    alone = [one.decision.drafts[0] if len(one.parts) == 1 else None for one in written]
    session.execute(
        INSERT_CODINGS,
        {
            "client": session.client_id,
            "by_kind": by.kind,
            "by_id": by.id,
            "at": business_now(session),
            "request": key,
            "ids": [one.id for one in written],
            "lines": [one.line.id for one in decisions],
            "versions": [one.version for one in written],
            "kinds": [one.kind for one in decisions],
            "amounts": [one.line.amount_minor for one in decisions],
            "directions": [direction_of(one.line.amount_minor) for one in decisions],
            "parts": [len(one.parts) for one in written],
            "accounts": [one.account_id if one else None for one in alone],
            "tax_codes": [one.tax_code_id if one else None for one in alone],
            "transfers": [one.transfer_id for one in decisions],
            "transfer_accounts": [one.transfer_account_id for one in decisions],
            "keys": [one.line.counterparty_key for one in decisions],
            "entries": list(entries),
        },
    )
    _insert_parts(session, written)


def _insert_parts(session: ScopedSession, written: Sequence[Written]) -> None:
    rows = [(one, position, part) for one in written for position, part in enumerate(one.parts, 1)]
    session.execute(
        INSERT_PARTS,
        {
            "client": session.client_id,
            "ids": [new_id() for _row in rows],
            "codings": [one.id for one, _, _ in rows],
            "amounts": [one.decision.line.amount_minor for one, _, _ in rows],
            "parts": [len(one.parts) for one, _, _ in rows],
            "positions": [position for _, position, _ in rows],
            "accounts": [part.draft.account_id for _, _, part in rows],
            "tax_codes": [part.draft.tax_code_id for _, _, part in rows],
            "gross": [part.draft.gross_minor for _, _, part in rows],
            "net": [part.net_minor for _, _, part in rows],
            "tax": [part.tax_minor for _, _, part in rows],
            "notes": [part.draft.note for _, _, part in rows],
        },
    )
