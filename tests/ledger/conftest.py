"""Acorn's books, open, and short ways to post into them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from backoffice.foundation.audit import AuditHead
from backoffice.foundation.ids import new_id
from backoffice.foundation.tenancy import Actor, ScopedSession
from backoffice.ledger import Draft, DraftLine, LedgerAccount, open_books, post
from tests.support.databases import Database

TODAY = date(2026, 11, 23)
PRIYA = Actor("staff", UUID("01900000-0000-7000-8000-000000000001"))


@dataclass
class House:
    """One client's open books and the ids of their accounts by code."""

    database: Database
    client_id: UUID
    currency: str
    codes: dict[str, UUID] = field(default_factory=dict)

    def acting(self, role: str = "workbench") -> AbstractContextManager[ScopedSession]:
        return self.database[role].doors.acting_for(self.client_id, by=PRIYA)

    def line(self, code: str, amount_minor: int, **more: Any) -> DraftLine:
        more.setdefault("currency", self.currency)
        return DraftLine(account_id=self.codes[code], amount_minor=amount_minor, **more)

    def draft(self, on: date, *pairs: tuple[str, int], **more: Any) -> Draft:
        """An entry of (account code, signed amount) pairs, from a source of its own."""
        more.setdefault("source_kind", "test")
        more.setdefault("source_id", new_id())
        more.setdefault("lines", [self.line(code, amount) for code, amount in pairs])
        return Draft(on=on, **more)

    def post(self, on: date, *pairs: tuple[str, int], **more: Any) -> Any:
        with self.acting() as session:
            return post(session, [self.draft(on, *pairs, **more)])[0]


def opened(
    database: Database,
    country: str = "GB",
    currency: str = "GBP",
    fiscal_year_start: str = "04-01",
) -> House:
    """A tenant with open books, made as the firm makes one."""
    house = House(database, new_id(), currency)
    with house.acting() as session:
        session.execute(
            text("INSERT INTO firm.tenant VALUES (:id, 'client', :id_bytes, now())"),
            {"id": house.client_id, "id_bytes": house.client_id.bytes},
        )
        session.add(AuditHead())
        open_books(
            session,
            country=country,
            currency=currency,
            fiscal_year_start=fiscal_year_start,
            today=TODAY,
        )
        accounts = session.execute(select(LedgerAccount.code, LedgerAccount.id))
        house.codes = dict(accounts.all())
    return house


@pytest.fixture
def acorn(database: Database) -> House:
    """A joinery in Britain, in pounds, whose year begins in April."""
    return opened(database)


@pytest.fixture
def birch(database: Database) -> House:
    """A coffee roaster in the United States, in dollars."""
    return opened(database, "US", "USD", "01-01")
