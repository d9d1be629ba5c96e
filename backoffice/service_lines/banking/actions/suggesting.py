"""What suggestions rest on: the client's rules, its codings so far, its own accounts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text

from backoffice.foundation.tenancy import ScopedSession
from backoffice.ledger import Books
from backoffice.service_lines.banking.models import BankAccount, BankLine, BankRule
from backoffice.service_lines.banking.rules.suggestions import (
    FIRST_TIME,
    HISTORY_MAX,
    Coded,
    Line,
    Rule,
    Rules,
    Suggestion,
    from_history,
    suggest,
    words_of_line,
)

# The newest codings of each counterparty; a split says nothing about a single account.
HISTORY = text(
    """
    SELECT key.key, c.account_id, c.tax_code_id, count(*) AS times
    FROM unnest(CAST(:keys AS text[])) AS key (key)
    CROSS JOIN LATERAL (
      SELECT account_id, tax_code_id FROM coding
      WHERE client_id = :client AND counterparty_key = key.key AND undone_at IS NULL
        AND kind = 'code'
      ORDER BY coded_at DESC LIMIT :most
    ) c
    GROUP BY key.key, c.account_id, c.tax_code_id
    ORDER BY key.key, times DESC, c.account_id
    """
)

SUGGEST = text(
    """
    UPDATE bank_line l
    SET suggested_account_id = s.account, suggested_tax_code_id = s.tax_code,
      suggested_transfer_id = s.transfer, confidence = s.confidence, reason_kind = s.reason,
      reason_rule_id = s.rule, reason_times = s.times, reason_of = s.of
    FROM unnest(
      CAST(:ids AS uuid[]), CAST(:accounts AS uuid[]), CAST(:tax_codes AS uuid[]),
      CAST(:transfers AS uuid[]), CAST(:confidences AS text[]), CAST(:reasons AS text[]),
      CAST(:rules AS uuid[]), CAST(:times AS bigint[]), CAST(:ofs AS bigint[])
    ) AS s (id, account, tax_code, transfer, confidence, reason, rule, times, of)
    WHERE l.client_id = :client AND l.id = s.id AND l.state = 'open'
    """
)

# A twin stays a question, however sure the counterparty is.
# What a colleague has in hand is left out: who waits for it here may hold what they wait for.
LEARN = text(
    """
    WITH s AS (
      SELECT * FROM unnest(
        CAST(:keys AS text[]), CAST(:accounts AS uuid[]), CAST(:tax_codes AS uuid[]),
        CAST(:confidences AS text[]), CAST(:reasons AS text[]),
        CAST(:times AS bigint[]), CAST(:ofs AS bigint[])
      ) AS s (key, account, tax_code, confidence, reason, times, of)
    ), stale AS MATERIALIZED (
      SELECT l.id, s.* FROM s JOIN bank_line l ON l.counterparty_key = s.key
      WHERE l.client_id = :client AND l.state = 'open'
        AND l.reason_rule_id IS NULL AND l.suggested_transfer_id IS NULL
        AND (l.suggested_account_id, l.suggested_tax_code_id, l.reason_times, l.reason_of)
          IS DISTINCT FROM (s.account, s.tax_code, s.times, s.of)
      ORDER BY l.booked_on, l.id LIMIT :most FOR UPDATE OF l SKIP LOCKED
    )
    UPDATE bank_line l
    SET suggested_account_id = s.account, suggested_tax_code_id = s.tax_code,
      confidence = CASE
        WHEN l.occurrence > 1 AND s.confidence = 'sure' THEN 'likely' ELSE s.confidence END,
      reason_kind = CASE
        WHEN l.occurrence > 1 AND s.confidence = 'sure' THEN 'twin' ELSE s.reason END,
      reason_times = s.times, reason_of = s.of
    FROM stale s
    WHERE l.client_id = :client AND l.id = s.id
    """
)

REFRESHED_MAX = 5_000  # open lines that one new rule may change at once
LEARNED_MAX = 2_000  # that one coding may; who codes on goes on with the rest


@dataclass(frozen=True, slots=True)
class Grounds:
    """Everything that suggestions for some lines rest on."""

    rules: Rules
    history: Mapping[str, Suggestion]
    own_accounts: Mapping[bytes, UUID]

    def suggest(self, line: Line) -> Suggestion:
        return suggest(line, self.rules, self.history)


def grounds_for(session: ScopedSession, keys: Collection[str]) -> Grounds:
    """The grounds for lines of these counterparties, in three queries."""
    return Grounds(rules_of(session), history_of(session, keys), _own_accounts(session))


def rules_of(session: ScopedSession) -> Rules:
    """The client's living rules."""
    living = select(BankRule).where(
        BankRule.client_id == session.client_id, BankRule.retired_at.is_(None)
    )
    return Rules(as_rule(row) for row in session.scalars(living))


def as_rule(row: BankRule) -> Rule:
    """A stored rule as it is matched."""
    return Rule(
        id=row.id,
        words=frozenset(row.words.split()),
        direction=row.direction,
        amount_min=row.amount_min,
        amount_max=row.amount_max,
        bank_account_id=row.bank_account_id,
        account_id=row.account_id,
        tax_code_id=row.tax_code_id,
        written_at=row.written_at,
    )


def history_of(session: ScopedSession, keys: Collection[str]) -> dict[str, Suggestion]:
    """What the newest codings of these counterparties suggest."""
    found: dict[str, list[Coded]] = defaultdict(list)
    values = {"client": session.client_id, "keys": sorted(set(keys) - {""}), "most": HISTORY_MAX}
    for key, account, tax_code, times in session.execute(HISTORY, values):
        found[key].append(Coded(account, tax_code, times))
    return {key: from_history(coded) for key, coded in found.items()}


def learn_from(session: ScopedSession, keys: Collection[str]) -> None:
    """Codings of these counterparties have changed: bring their next open lines up to date.

    What a rule or a transfer suggests stays; so does the version, for nobody changed the line.
    """
    wanted = sorted(set(keys) - {""})
    history = history_of(session, wanted)
    found = [history.get(key, FIRST_TIME) for key in wanted]
    values = {
        "client": session.client_id,
        "keys": wanted,
        "accounts": [one.account_id for one in found],
        "tax_codes": [one.tax_code_id for one in found],
        "confidences": [one.confidence for one in found],
        "reasons": [one.reason for one in found],
        "times": [one.times for one in found],
        "ofs": [one.of for one in found],
        "most": LEARNED_MAX,
    }
    session.execute(LEARN, values)


def refresh(session: ScopedSession, *, words: Collection[str], limit: int = REFRESHED_MAX) -> int:
    """A rule came or went: suggest anew for open lines that have its longest word."""
    longest = max(words, key=len)
    lines = session.scalars(
        select(BankLine)
        .where(
            BankLine.client_id == session.client_id,
            BankLine.state == "open",
            BankLine.counterparty.icontains(longest, autoescape=True)
            | BankLine.text.icontains(longest, autoescape=True)
            | BankLine.reference.icontains(longest, autoescape=True),
        )
        .order_by(BankLine.booked_on.desc(), BankLine.id)
        .limit(limit)
    ).all()
    if lines:
        grounds = grounds_for(session, {line.counterparty_key for line in lines})
        found = [(line.id, grounds.suggest(_looked_at(line, grounds))) for line in lines]
        store_suggestions(session, found)
        for line in lines:
            session.expire(line)
    return len(lines)


def store_suggestions(session: ScopedSession, found: Sequence[tuple[UUID, Suggestion]]) -> None:
    """Write suggestions to open lines, all by one statement."""
    values = {
        "client": session.client_id,
        "ids": [line for line, _ in found],
        "accounts": [one.account_id for _, one in found],
        "tax_codes": [one.tax_code_id for _, one in found],
        "transfers": [one.transfer_id for _, one in found],
        "confidences": [one.confidence for _, one in found],
        "reasons": [one.reason for _, one in found],
        "rules": [one.rule_id for _, one in found],
        "times": [one.times for _, one in found],
        "ofs": [one.of for _, one in found],
    }
    session.execute(SUGGEST, values)


def _looked_at(line: BankLine, grounds: Grounds) -> Line:
    own = grounds.own_accounts.get(line.counterparty_account_index or b"")
    return Line(
        bank_account_id=line.bank_account_id,
        amount_minor=line.amount_minor,
        words=words_of_line(line.counterparty, line.reference, line.text),
        counterparty_key=line.counterparty_key,
        own_account_id=None if own == line.bank_account_id else own,
        occurrence=line.occurrence,
    )


def _own_accounts(session: ScopedSession) -> dict[bytes, UUID]:
    """Those in the currency of the books: between currencies nothing is coded yet."""
    currency = select(Books.currency).where(Books.client_id == session.client_id)
    own = select(BankAccount.number_index, BankAccount.id).where(
        BankAccount.client_id == session.client_id,
        BankAccount.currency == currency.scalar_subquery(),
    )
    return {bytes(index): account for index, account in session.execute(own)}
