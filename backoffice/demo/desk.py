"""A bookkeeper's desk: one bank account of a client in one month, and what is done to its lines.

Each press is a transaction of its own, as on the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from backoffice.demo.engaging import Engaged
from backoffice.demo.recipes import Happening, Target
from backoffice.demo.stage import Acting, Stage
from backoffice.demo.statement_files import Sheet
from backoffice.foundation import formatting
from backoffice.foundation.ids import new_id
from backoffice.foundation.language import _
from backoffice.foundation.tenancy import Actor
from backoffice.ledger import account_choices, tax_codes_on
from backoffice.service_lines.banking.actions import accepting, coding
from backoffice.service_lines.banking.actions.accounts import find_by_number
from backoffice.service_lines.banking.actions.locking import line_of
from backoffice.service_lines.banking.actions.transfers import transfer
from backoffice.service_lines.banking.queries.for_clients import progress_of
from backoffice.service_lines.banking.queries.grid import GridRow, grid
from backoffice.service_lines.banking.rules.coding import PartDraft


@dataclass(frozen=True)
class Desk:
    """Accounts and tax codes are ids by their codes."""

    stage: Stage
    client: Engaged
    sheet: Sheet
    period: str
    account_id: UUID
    other_account_id: UUID | None
    accounts: Mapping[str, UUID]
    taxes: Mapping[str, UUID]

    @property
    def preparer(self) -> Actor:
        return Actor("staff", self.client.preparer)

    def acting(self) -> Acting:
        return self.stage.as_staff(self.client.preparer, self.client.id)

    def open_lines(self) -> Sequence[GridRow]:
        """What is still to be coded of the month, in order."""
        with self.acting() as session:
            return grid(session, bank_account_id=self.account_id, period=self.period).rows

    def note(self) -> None:
        """Say how far the month is."""
        with self.acting() as session:
            found = progress_of(session, [(self.account_id, self.period)])
        progress = found[self.account_id, self.period]
        words = _(
            "%(month)s: %(coded)s of %(lines)s lines coded",
            month=formatting.period(self.period),
            coded=progress.coded,
            lines=progress.lines,
        )
        self.stage.note(self.client.cast.slug, words)

    def accept(self, line_id: UUID) -> None:
        """Enter, on a line whose suggestion is right."""
        with self.acting() as session:
            version = line_of(session, line_id).version
            accepting.accept(session, line_id, version=version, by=self.preparer, key=str(new_id()))

    def attach(self, line_id: UUID, document: UUID) -> None:
        with self.acting() as session:
            version = line_of(session, line_id).version
            coding.attach_document(
                session, line_id, document_id=document, version=version, by=self.preparer
            )

    def code(self, line_id: UUID, known: Happening) -> None:
        """Code a line as the bookkeeper knows it, with the detour that the recipe tells of."""
        if known.is_transfer and self.other_account_id is not None:
            self.transfer(line_id, self.other_account_id)
        elif known.parts:
            self.split(line_id, known)
        elif target := known.target or known.learned:
            if known.mistaken:
                self.choose(line_id, known.mistaken)
                self.undo(line_id)
            self.choose(line_id, target)

    def choose(self, line_id: UUID, target: Target) -> None:
        with self.acting() as session:
            coding.code_line(
                session,
                line_id,
                account_id=self.accounts[target.account],
                tax_code_id=self.taxes[target.tax],
                version=line_of(session, line_id).version,
                by=self.preparer,
                key=str(new_id()),
            )

    def undo(self, line_id: UUID) -> None:
        with self.acting() as session:
            version = line_of(session, line_id).version
            coding.undo(session, line_id, version=version, by=self.preparer)

    def split(self, line_id: UUID, known: Happening) -> None:
        with self.acting() as session:
            coding.split(
                session,
                line_id,
                parts=[
                    PartDraft(
                        self.accounts[part.target.account],
                        part.amount.minor,
                        self.taxes[part.target.tax],
                    )
                    for part in known.parts
                ],
                version=line_of(session, line_id).version,
                by=self.preparer,
                key=str(new_id()),
            )

    def transfer(self, line_id: UUID, to: UUID) -> None:
        with self.acting() as session:
            transfer(
                session,
                line_id,
                to_account_id=to,
                version=line_of(session, line_id).version,
                by=self.preparer,
                key=str(new_id()),
            )


def desk_of(stage: Stage, client: Engaged, sheet: Sheet, period: str) -> Desk:
    """The desk for a statement that was read: its account is known by its number."""
    with stage.as_staff(client.preparer, client.id) as session:
        account = find_by_number(session, stage.workbench, sheet.account, sheet.currency)
        if account is None:
            raise LookupError(f"No statement of {sheet.account} has been read.")
        other = sheet.other_account and find_by_number(
            session, stage.workbench, sheet.other_account, sheet.currency
        )
        return Desk(
            stage=stage,
            client=client,
            sheet=sheet,
            period=period,
            account_id=account.id,
            other_account_id=other.id if other else None,
            accounts={choice.code: choice.id for choice in account_choices(session)},
            taxes={code.code: code.id for code in tax_codes_on(session, sheet.since)},
        )
