"""Rules for lines with certain words: written by somebody on a day, retired, never edited."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from backoffice.foundation import audit
from backoffice.foundation.clock import business_now
from backoffice.foundation.errors import NotFound
from backoffice.foundation.ids import new_id
from backoffice.foundation.language import _
from backoffice.foundation.tenancy import Actor, ScopedSession
from backoffice.ledger import LedgerAccount
from backoffice.service_lines.banking import refusals
from backoffice.service_lines.banking.actions.suggesting import refresh
from backoffice.service_lines.banking.actions.writing import NOT_FOR_CODING
from backoffice.service_lines.banking.models import BankRule
from backoffice.service_lines.banking.rules.words import words_of

WORDS_MAX = 8


@dataclass(frozen=True, slots=True)
class RuleMade:
    """A new rule, and how many open lines were looked at again because of it."""

    rule: BankRule
    looked_at: int


def make_rule(
    session: ScopedSession,
    *,
    words: str,
    account_id: UUID,
    tax_code_id: UUID | None = None,
    direction: str = "any",
    amount_min: int | None = None,
    amount_max: int | None = None,
    bank_account_id: UUID | None = None,
    note: str = "",
    by: Actor,
) -> RuleMade:
    """From now on lines with all of these words are suggested for the account."""
    wanted = list(dict.fromkeys(words_of(words)))[:WORDS_MAX]
    if not wanted:
        raise refusals.rule_needs_words()
    if amount_min is not None and amount_max is not None and amount_min > amount_max:
        raise refusals.rule_range_reversed()
    _refuse_account(session, account_id)
    rule = BankRule(
        id=new_id(),
        words=" ".join(wanted),
        direction=direction,
        amount_min=amount_min,
        amount_max=amount_max,
        bank_account_id=bank_account_id,
        account_id=account_id,
        tax_code_id=tax_code_id,
        note=note.strip(),
        author_id=by.id,
        written_at=business_now(session),
    )
    session.add(rule)
    session.flush()
    audit.record(session, "bank_rule.written", subject=rule, by=by)
    return RuleMade(rule, refresh(session, words=wanted))


def retire_rule(session: ScopedSession, rule_id: UUID, *, by: Actor) -> BankRule:
    """The rule suggests nothing any more; what was coded by it stays."""
    mine = select(BankRule).where(BankRule.client_id == session.client_id, BankRule.id == rule_id)
    rule = session.scalars(mine.with_for_update()).one_or_none()
    if rule is None:
        raise NotFound(_("There is no such rule."))
    if rule.retired_at is None:
        rule.retired_at, rule.retired_by_id = business_now(session), by.id
        session.flush()
        refresh(session, words=rule.words.split())
        audit.record(session, "bank_rule.retired", subject=rule, by=by)
    return rule


def _refuse_account(session: ScopedSession, account_id: UUID) -> None:
    account = session.get(LedgerAccount, (session.client_id, account_id))
    if account is None or account.is_parent or account.archived_at is not None:
        raise refusals.no_such_ledger_account()
    if account.role in NOT_FOR_CODING:
        raise refusals.account_not_for_coding(account.code)
