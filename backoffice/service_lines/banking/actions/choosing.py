"""Which statements of a file are wanted, and whose they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from backoffice.foundation.ids import new_id
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import ScopedSession
from backoffice.ledger import books_of
from backoffice.service_lines.banking import refusals
from backoffice.service_lines.banking.actions.accounts import find_by_code, find_by_number
from backoffice.service_lines.banking.models import BankAccount
from backoffice.service_lines.banking.rules.statements import (
    CannotBeUsed,
    Figures,
    Neighbour,
    booked_entries,
    figures_of,
)
from backoffice.service_lines.banking.rules.words import account_number, last_four
from backoffice.service_lines.banking.statements.records import Entry, Statement, StatementFile


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which account a person chose: an own one by its code or id, or a number."""

    account: BankAccount | None = None
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Picked:
    """A statement of the file that is wanted, its booked entries, and its account's number."""

    position: int
    statement: Statement
    entries: list[Entry]
    number: str


@dataclass(slots=True)
class Taken:
    """A statement of the file on its way in."""

    position: int
    statement: Statement
    entries: list[Entry]
    number: str
    account: BankAccount | None
    figures: Figures
    id: UUID = field(default_factory=new_id)

    @property
    def as_neighbour(self) -> Neighbour | None:
        """What another statement of the account sees of it."""
        figures = self.figures
        if figures.from_on is None or figures.to_on is None:
            return None
        return Neighbour(
            figures.opening_minor, figures.closing_minor, figures.from_on, figures.to_on
        )


def choice_of(session: ScopedSession, words: str | None) -> Chosen:
    """What a person means by an account: the code of one that is known, else a number."""
    if not words:
        return Chosen()
    return Chosen(account=find_by_code(session, words.strip()), number=words.strip())


def pick(
    session: ScopedSession, runtime: Runtime, file: StatementFile, chosen: Chosen
) -> list[Picked]:
    """The statements that are of the chosen account, or all of them; refused where none is."""
    named = {account_number(one.account or "") for one in file.statements}
    alone = len(named) == 1
    picked = []
    for position, statement in enumerate(file.statements, 1):
        number = account_number(statement.account or "")
        if _is_chosen(session, runtime, statement, number, chosen, alone=alone):
            number = number or account_number(chosen.number or "")
            picked.append(Picked(position, statement, booked_entries(statement), number))
    if file.statements and not picked:
        shown = chosen.account.last_four if chosen.account else last_four(chosen.number or "")
        raise refusals.account_not_in_file(f"··{shown}")
    return picked


def take(session: ScopedSession, runtime: Runtime, one: Picked, chosen: Chosen) -> Taken:
    """The statement with its figures in minor units; raises `CannotBeUsed`."""
    statement = one.statement
    account = chosen.account or find_by_number(session, runtime, one.number, statement.currency)
    currency = statement.currency or (account.currency if account else books_of(session).currency)
    figures = figures_of(statement, one.entries, currency)
    if account is not None and account.currency != currency:
        refused = refusals.other_currency(account.currency, currency)
        raise CannotBeUsed(refused.code, refused.message)
    return Taken(one.position, statement, one.entries, one.number, account, figures)


def _is_chosen(
    session: ScopedSession,
    runtime: Runtime,
    statement: Statement,
    number: str,
    chosen: Chosen,
    *,
    alone: bool,
) -> bool:
    if chosen.account is None and chosen.number is None:
        if not number:
            raise refusals.account_not_named()
        return True
    if not number:
        return alone
    if chosen.account is not None:
        # A person who names an own account for a file of one account knows whose it is.
        known = find_by_number(session, runtime, number, statement.currency)
        return alone or (known is not None and known.id == chosen.account.id)
    return number == account_number(chosen.number or "")
