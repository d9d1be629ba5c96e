"""A client's released lines on the desk, and short words for what is done with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from backoffice.foundation.ids import new_id
from backoffice.foundation.registry import load_catalogues
from backoffice.ledger import LedgerAccount, TaxCode, trial_balance
from backoffice.service_lines.banking.actions import coding
from backoffice.service_lines.banking.actions.transfers import transfer
from backoffice.service_lines.banking.models import BankAccount, BankLine, Coding
from backoffice.service_lines.banking.rules.coding import PartDraft
from tests.service_lines.banking.files import imported, lines_of, statement, written
from tests.service_lines.banking.statements.written import Account, Movement
from tests.support.cast import Cast

YEAR_END = date(2026, 12, 31)


@dataclass
class Desk:
    """Acorn's lines, coded by Priya unless it is said otherwise."""

    cast: Cast
    folder: Path
    client: str = "acorn"

    def receive(self, *accounts: Account) -> None:
        imported(self.cast, written(self.folder, *accounts), client=self.client)

    def receive_lines(self, *movements: Movement, opening: int = 0) -> Sequence[BankLine]:
        self.receive(statement(*movements, opening=opening))
        return self.lines()

    def lines(self) -> Sequence[BankLine]:
        return lines_of(self.cast, self.client)

    def line(self, line_id: UUID) -> BankLine:
        return next(line for line in self.lines() if line.id == line_id)

    def acting(self, by: str = "priya"):  # type: ignore[no-untyped-def]
        return self.cast.acting_for(self.client, by=by)

    def account(self, code: str) -> UUID:
        with self.acting() as session:
            return session.scalars(select(LedgerAccount.id).where(LedgerAccount.code == code)).one()

    def tax(self, code: str) -> UUID:
        with self.acting() as session:
            return session.scalars(select(TaxCode.id).where(TaxCode.code == code)).first()

    def bank_account(self, last_four: str) -> UUID:
        with self.acting() as session:
            return session.scalars(
                select(BankAccount.id).where(BankAccount.last_four == last_four)
            ).one()

    def code(
        self,
        line: BankLine,
        code: str,
        tax: str | None = None,
        *,
        by: str = "priya",
        key: str | None = None,
    ) -> UUID:
        account_id, tax_id = self.account(code), self.tax(tax) if tax else None
        with self.acting(by) as session:
            return coding.code_line(
                session,
                line.id,
                account_id=account_id,
                tax_code_id=tax_id,
                version=line.version,
                by=self.cast.actor(by),
                key=key or str(new_id()),
            ).id

    def split(self, line: BankLine, *parts: PartDraft, key: str | None = None) -> UUID:
        with self.acting() as session:
            return coding.split(
                session,
                line.id,
                parts=parts,
                version=line.version,
                by=self.cast.actor("priya"),
                key=key or str(new_id()),
            ).id

    def transfer(self, line: BankLine, to: UUID, other: UUID | None = None) -> UUID:
        with self.acting() as session:
            return transfer(
                session,
                line.id,
                to_account_id=to,
                other_line_id=other,
                version=line.version,
                by=self.cast.actor("priya"),
                key=str(new_id()),
            ).id

    def undo(self, line: BankLine, *, by: str = "priya") -> None:
        with self.acting(by) as session:
            coding.undo(session, line.id, version=line.version, by=self.cast.actor(by))

    def codings(self) -> Sequence[Coding]:
        with self.acting() as session:
            found = session.scalars(select(Coding).order_by(Coding.coded_at, Coding.id)).all()
            session.expunge_all()
            return found

    def balances(self, as_of: date = YEAR_END) -> dict[str, int]:
        """Code → debit less credit, in pence, of every account that was used."""
        with self.acting() as session:
            found = trial_balance(session, as_of)
            assert found.total_debit_minor == found.total_credit_minor
            return {row.code: row.net_minor for row in found.rows if row.net_minor}

    def failures(self) -> list[str]:
        """What `backoffice check` would say."""
        runtime = self.cast.database["workbench"]
        with self.acting() as session:
            checks = load_catalogues().checks.values()
            return [one.message for check in checks for one in check.find(session, runtime)]
