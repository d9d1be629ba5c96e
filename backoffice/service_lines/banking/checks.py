"""What must always be true of a client's bank lines; asked by `backoffice check` and the close."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import text

from backoffice.foundation.language import _
from backoffice.foundation.registry import Failure
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import ScopedSession

STATEMENTS_ADD_UP = text(
    """
    SELECT count(*) FROM bank_statement s
    JOIN bank_import i ON i.client_id = s.client_id AND i.id = s.import_id
    WHERE s.client_id = :client AND i.state = 'released'
      AND s.opening_minor + s.sum_minor <> s.closing_minor
    """
)

# Of an import that knew nothing before, every statement's lines are its own.
LINES_ARE_WHOLE = text(
    """
    SELECT count(*) FROM (
      SELECT s.id FROM bank_statement s
      JOIN bank_import i ON i.client_id = s.client_id AND i.id = s.import_id
      LEFT JOIN bank_line l ON l.client_id = s.client_id AND l.statement_id = s.id
      WHERE s.client_id = :client AND i.state IN ('shown', 'released') AND i.known = 0
      GROUP BY s.client_id, s.id, s.entries, s.sum_minor
      HAVING count(l.id) <> s.entries OR coalesce(sum(l.amount_minor), 0) <> s.sum_minor
    ) AS wrong
    """
)

# Looked up line by line, by an index that begins with the line: see releasing.EVER_CODED.
CODED_ONCE = text(
    """
    SELECT count(*) FROM bank_line l
    LEFT JOIN LATERAL (
      SELECT c.id FROM coding c
      WHERE NOT c.client_id IS DISTINCT FROM :client AND c.bank_line_id = l.id
        AND c.undone_at IS NULL
      LIMIT 1
    ) AS c ON true
    WHERE l.client_id = :client AND (l.state = 'coded') <> (c.id IS NOT NULL)
    """
)

CODING_IS_ITS_ENTRY = text(
    """
    SELECT count(*) FROM coding c
    JOIN bank_line l ON l.client_id = c.client_id AND l.id = c.bank_line_id
    JOIN bank_account a ON a.client_id = l.client_id AND a.id = l.bank_account_id
    LEFT JOIN LATERAL (
      SELECT sum(p.amount_minor) FILTER (WHERE p.account_id = a.ledger_account_id) AS bank
      FROM posting p WHERE p.client_id = c.client_id AND p.entry_id = c.entry_id
    ) AS posted ON true
    LEFT JOIN journal_entry r ON r.client_id = c.client_id AND r.reverses_id = c.entry_id
    WHERE c.client_id = :client AND (
      posted.bank IS DISTINCT FROM l.amount_minor
      OR (c.undone_at IS NULL) <> (r.id IS NULL)
      OR c.reversal_entry_id IS DISTINCT FROM r.id
    )
    """
)

PARTS_SUM = text(
    """
    SELECT count(*) FROM (
      SELECT c.id FROM coding c
      LEFT JOIN coding_part p ON p.client_id = c.client_id AND p.coding_id = c.id
      WHERE c.client_id = :client
      GROUP BY c.client_id, c.id, c.amount_minor, c.parts
      HAVING coalesce(sum(p.gross_minor), 0) <> c.amount_minor OR count(p.id) <> c.parts
    ) AS wrong
    """
)

# What is posted to money in transit is exactly the legs of transfers; two legs cancel out.
IN_TRANSIT = text(
    """
    SELECT (
      SELECT coalesce(sum(p.amount_minor), 0) FROM posting p
      JOIN account a ON a.client_id = p.client_id AND a.id = p.account_id
      WHERE p.client_id = :client AND a.role = 'in_transit'
    ) + (
      SELECT coalesce(sum(c.amount_minor), 0) FROM coding c
      WHERE c.client_id = :client AND c.kind = 'transfer' AND c.undone_at IS NULL
    ) AS unexplained
    """
)

LEGS_FIT = text(
    """
    SELECT count(*) FROM coding one
    JOIN coding other ON other.client_id = one.client_id AND other.transfer_id = one.transfer_id
      AND other.id > one.id AND other.undone_at IS NULL
    JOIN bank_line l ON l.client_id = one.client_id AND l.id = one.bank_line_id
    JOIN bank_line m ON m.client_id = other.client_id AND m.id = other.bank_line_id
    WHERE one.client_id = :client AND one.undone_at IS NULL AND (
      one.amount_minor + other.amount_minor <> 0
      OR one.transfer_account_id <> m.bank_account_id
      OR other.transfer_account_id <> l.bank_account_id
    )
    """
)

Find = Callable[[ScopedSession, Runtime], Sequence[Failure]]

STATEMENTS = {
    "bank.statements_add_up": STATEMENTS_ADD_UP,
    "bank.lines_are_whole": LINES_ARE_WHOLE,
    "bank.coded_once": CODED_ONCE,
    "bank.coding_is_its_entry": CODING_IS_ITS_ENTRY,
    "bank.parts_sum_to_the_line": PARTS_SUM,
    "bank.in_transit_explained": IN_TRANSIT,
    "bank.transfer_legs_fit": LEGS_FIT,
}


def _sentence(name: str) -> str:
    return {
        "bank.statements_add_up": _("A released statement does not add up."),
        "bank.lines_are_whole": _("Lines of a statement are missing or too many."),
        "bank.coded_once": _("A coded line has no coding, or an open one has."),
        "bank.coding_is_its_entry": _("A coding and its entry in the books differ."),
        "bank.parts_sum_to_the_line": _("The parts of a coding do not sum to its line."),
        "bank.in_transit_explained": _("Money in transit is not explained by transfers."),
        "bank.transfer_legs_fit": _("The two legs of a transfer do not fit."),
    }[name]


def _check(name: str) -> Find:
    def find(session: ScopedSession, _runtime: Runtime) -> Sequence[Failure]:
        wrong = session.scalar(STATEMENTS[name], {"client": session.client_id}) or 0
        records = abs(int(wrong))
        return [Failure(name, _sentence(name), records)] if records else []

    return find


CHECKS: dict[str, Find] = {name: _check(name) for name in STATEMENTS}
