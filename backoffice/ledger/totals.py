"""What each account comes to between two days, the figure below every report.

Balances by month, less the lines of the same months that fall outside the days, less the lines
of entries that were recorded after the instant of interest.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from backoffice.foundation.tenancy import ScopedSession
from backoffice.ledger.rules import as_shown, debit_and_credit, month_end, month_of

BY_MONTH = """
  SELECT b.account_id, b.month AS day, b.debit_minor - b.credit_minor AS net, b.lines
  FROM account_balance b
  WHERE b.client_id = :client_id AND b.month BETWEEN :first_month AND :last_month
    AND b.account_id = ANY(CAST(:account_ids AS uuid[]))
"""
# Account by account, and entry by entry: LATERAL with LIMIT keeps the planner from comparing every
# line with every account, which it does where the tables have grown since it last counted them.
OUTSIDE = """
  SELECT a.id, outside.accounting_date, -outside.base_minor, -1
  FROM unnest(CAST(:account_ids AS uuid[])) AS a(id)
  CROSS JOIN LATERAL (
    SELECT p.accounting_date, p.base_minor FROM posting p
    WHERE p.client_id = :client_id AND p.account_id = a.id
      AND p.accounting_date BETWEEN :{name}_first AND :{name}_last
    LIMIT 1000000000
  ) AS outside
"""
RECORDED_LATER = """
  SELECT later.account_id, later.accounting_date, -later.base_minor, -1
  FROM journal_entry e
  CROSS JOIN LATERAL (
    SELECT p.account_id, p.accounting_date, p.base_minor FROM posting p
    WHERE p.client_id = :client_id AND p.entry_id = e.id
      AND p.account_id = ANY(CAST(:account_ids AS uuid[]))
    LIMIT 1000000000
  ) AS later
  WHERE e.client_id = :client_id AND e.business_at > :known_at
    AND e.accounting_date BETWEEN :since AND :until
"""
ACCOUNTS = text(
    "SELECT id AS account_id, code, name, kind, role, parent_id FROM account"
    " WHERE client_id = :client"
)
QUESTION = """
WITH part AS ({parts})
SELECT part.account_id, {bucket} AS bucket,
  sum(part.net)::bigint AS net, sum(part.lines)::bigint AS lines
FROM part GROUP BY part.account_id, bucket
"""

BEFORE_THE_YEAR = "part.day < :year_start"
MONTH = "part.day - extract(day FROM part.day)::int + 1"
THE_BEGINNING = date(1, 1, 1)


@dataclass(frozen=True, slots=True)
class AccountTotal:
    """An account and its signed total, debit positive. `lines` is how many make it."""

    account_id: UUID
    code: str
    name: str
    kind: str
    role: str | None
    parent_id: UUID | None
    net_minor: int
    lines: int

    def plus(self, other: AccountTotal) -> AccountTotal:
        """Both together, of the same account."""
        net, lines = self.net_minor + other.net_minor, self.lines + other.lines
        return replace(self, net_minor=net, lines=lines)

    @property
    def debit_minor(self) -> int:
        """The balance where it is a debit, else zero."""
        return debit_and_credit(self.net_minor)[0]

    @property
    def credit_minor(self) -> int:
        """The balance where it is a credit, else zero."""
        return debit_and_credit(self.net_minor)[1]

    @property
    def shown_minor(self) -> int:
        """The balance with the sign that is usual for its kind."""
        return as_shown(self.net_minor, self.kind)


def totals(
    session: ScopedSession,
    client_id: UUID,
    *,
    since: date = THE_BEGINNING,
    until: date,
    known_at: datetime | None = None,
    bucket: str,
    account_id: UUID | None = None,
    **arguments: Any,
) -> list[tuple[Any, AccountTotal]]:
    """(bucket, total) of each account that was used between the two days, by code and bucket.

    Both days are included; `account_id` asks for one account alone. `bucket` is one of the
    expressions of this module; by it an account's total is cut.
    """
    chart = session.execute(ACCOUNTS, {"client": client_id}).mappings()
    accounts = {account["account_id"]: account for account in chart}
    parts, given = _parts(client_id, since, until, known_at)
    question = QUESTION.format(parts=" UNION ALL ".join(parts), bucket=bucket)
    rows = session.execute(
        text(question),
        given | arguments | {"account_ids": list(accounts) if account_id is None else [account_id]},
    )
    found = [
        (row.bucket, AccountTotal(**accounts[row.account_id], net_minor=row.net, lines=row.lines))
        for row in rows
        if row.lines
    ]
    return sorted(found, key=lambda pair: (pair[1].code, pair[0]))


def _parts(
    client_id: UUID, since: date, until: date, known_at: datetime | None
) -> tuple[list[str], dict[str, Any]]:
    given: dict[str, Any] = {
        "client_id": client_id,
        "first_month": month_of(since),
        "last_month": month_of(until),
    }
    parts = [BY_MONTH]
    if since != month_of(since):
        parts.append(OUTSIDE.format(name="before"))
        given |= {"before_first": month_of(since), "before_last": _day_before(since)}
    if until != month_end(until):
        parts.append(OUTSIDE.format(name="after"))
        given |= {"after_first": _day_after(until), "after_last": month_end(until)}
    if known_at is not None:
        parts.append(RECORDED_LATER)
        given |= {"known_at": known_at, "since": since, "until": until}
    return parts, given


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


def _day_after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)
