"""The invariants of the books, asked of a client's data by `backoffice check` and by the close.

The database refuses to break them; these find what went round it: a restored backup, a hand on
the server, a fault of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import text

from backoffice.foundation.language import _
from backoffice.foundation.registry import Check, Failure, registry
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import ScopedSession
from backoffice.ledger.chain import first_broken

# Each counts the records that break its rule, for the client :client_id.
COUNTS = {
    "ledger.trial_balance_zero": (
        "SELECT count(*) FROM (SELECT sum(debit_minor) - sum(credit_minor) AS difference"
        " FROM account_balance WHERE client_id = :client_id) AS total WHERE difference <> 0"
    ),
    "ledger.balances_equal_rebuild": """
        SELECT count(*) FROM (
          SELECT account_id, accounting_date - extract(day FROM accounting_date)::int + 1 AS month,
            sum(greatest(base_minor, 0)) AS debit, sum(greatest(-base_minor, 0)) AS credit,
            count(*) AS lines
          FROM posting WHERE client_id = :client_id GROUP BY 1, 2
        ) AS rebuilt
        FULL JOIN (
          SELECT account_id, month, debit_minor, credit_minor, lines
          FROM account_balance WHERE client_id = :client_id
        ) AS kept USING (account_id, month)
        WHERE (rebuilt.debit, rebuilt.credit, rebuilt.lines)
          IS DISTINCT FROM (kept.debit_minor::numeric, kept.credit_minor::numeric, kept.lines)
    """,
    "ledger.entries_balanced": """
        SELECT count(DISTINCT entry_id) FROM (
          SELECT entry_id FROM posting WHERE client_id = :client_id
          GROUP BY entry_id, currency HAVING sum(amount_minor) <> 0
          UNION ALL
          SELECT entry_id FROM posting WHERE client_id = :client_id
          GROUP BY entry_id HAVING sum(base_minor) <> 0
        ) AS unbalanced
    """,
    "ledger.entries_have_lines": """
        SELECT count(*) FROM journal_entry e WHERE e.client_id = :client_id AND NOT EXISTS (
          SELECT FROM posting p WHERE p.client_id = e.client_id AND p.entry_id = e.id
        )
    """,
    "ledger.numbers_gapless": """
        SELECT count(*) FROM (
          SELECT series, fiscal_year, max(number) AS last, count(*) AS given
          FROM journal_entry WHERE client_id = :client_id GROUP BY 1, 2
        ) AS found
        FULL JOIN (
          SELECT series, fiscal_year, next_number - 1 AS given
          FROM number_series WHERE client_id = :client_id
        ) AS kept USING (series, fiscal_year)
        WHERE coalesce(found.last, 0) <> coalesce(found.given, 0)
           OR coalesce(found.given, 0) <> coalesce(kept.given, 0)
    """,
    "ledger.periods_contiguous": """
        SELECT count(*) FROM (
          SELECT month, lag(month) OVER (ORDER BY month) AS before
          FROM period WHERE client_id = :client_id
        ) AS neighbours
        WHERE before IS NOT NULL AND month <> (before + interval '1 month')::date
    """,
    "ledger.entries_in_their_year": """
        SELECT count(*) FROM journal_entry e
        LEFT JOIN period p ON p.client_id = e.client_id
          AND p.month = e.accounting_date - extract(day FROM e.accounting_date)::int + 1
        WHERE e.client_id = :client_id AND p.fiscal_year IS DISTINCT FROM e.fiscal_year
    """,
    "ledger.open_item_residuals": """
        SELECT count(*) FROM open_item i WHERE i.client_id = :client_id
          AND i.residual_minor <> i.original_minor + (
            SELECT coalesce(sum(CASE WHEN a.debit_item_id = i.id THEN -a.amount_minor
              ELSE a.amount_minor END), 0)
            FROM allocation a WHERE a.client_id = i.client_id
              AND (a.debit_item_id = i.id OR a.credit_item_id = i.id)
          )
    """,
}


def sentences() -> dict[str, str]:
    """What each invariant says when it is broken."""
    return {
        "ledger.trial_balance_zero": _("The trial balance does not come to zero."),
        "ledger.balances_equal_rebuild": _("Kept balances differ from the sum of their lines."),
        "ledger.entries_balanced": _("Entries whose lines do not sum to zero."),
        "ledger.entries_have_lines": _("Entries without lines."),
        "ledger.numbers_gapless": _("Number series with a gap."),
        "ledger.periods_contiguous": _("Gaps between the periods."),
        "ledger.entries_in_their_year": _("Entries outside the fiscal year of their number."),
        "ledger.open_item_residuals": _("Open items whose rest differs from their allocations."),
    }


def _counting(name: str, statement: str) -> Callable[[ScopedSession, Runtime], Sequence[Failure]]:
    def find(session: ScopedSession, _runtime: Runtime) -> Sequence[Failure]:
        found = session.scalar(text(statement), {"client_id": session.client_id})
        return [Failure(name, sentences()[name], found)] if found else []

    return find


def _chain(session: ScopedSession, _runtime: Runtime) -> Sequence[Failure]:
    broken = first_broken(session)
    if broken is None:
        return []
    message = _("The chain of entries is broken at number %(sequence)s.", sequence=broken)
    return [Failure("ledger.chain_unbroken", message, 1)]


def _checks() -> Iterator[Check]:
    for name, statement in COUNTS.items():
        yield Check(name, _counting(name, statement))
    yield Check("ledger.chain_unbroken", _chain)


for check in _checks():
    registry.add(check)
