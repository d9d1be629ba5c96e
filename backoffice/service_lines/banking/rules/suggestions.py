"""Which account a line probably belongs to, how sure that is, and why.

First a rule that somebody wrote, then an own account at the other end, then what lines of the
same counterparty were coded to. The reason is kept as figures; pages put it into words.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backoffice.service_lines.banking.rules import direction_of
from backoffice.service_lines.banking.rules.words import words_of

# Nine of ten alike: one slip of the hand does not make it a question. Twice is no habit yet.
SURE_SHARE = 0.9
SURE_TIMES_MIN = 3
LIKELY_SHARE = 0.6
HISTORY_MAX = 50  # the newest codings of a counterparty; what was done years ago counts no more


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it is matched; see the table `bank_rule`."""

    id: UUID
    words: frozenset[str]
    direction: str
    amount_min: int | None
    amount_max: int | None
    bank_account_id: UUID | None
    account_id: UUID
    tax_code_id: UUID | None
    written_at: datetime

    def takes(self, line: Line) -> bool:
        """Whether the line is of those that the rule speaks of."""
        if not self.words <= line.words:
            return False
        if self.direction not in ("any", direction_of(line.amount_minor)):
            return False
        if self.bank_account_id not in (None, line.bank_account_id):
            return False
        size = abs(line.amount_minor)
        if self.amount_min is not None and size < self.amount_min:
            return False
        return self.amount_max is None or size <= self.amount_max

    @property
    def narrowness(self) -> tuple[int, bool, bool, datetime]:
        """The narrowest rule wins, of equals the newest."""
        limited = self.amount_min is not None or self.amount_max is not None
        return len(self.words), limited, self.bank_account_id is not None, self.written_at


@dataclass(frozen=True, slots=True)
class Line:
    """What of a line is looked at."""

    bank_account_id: UUID
    amount_minor: int
    words: frozenset[str]
    counterparty_key: str
    own_account_id: UUID | None  # at the other end, where it is one of the client's own
    occurrence: int


@dataclass(frozen=True, slots=True)
class Coded:
    """Where lines of a counterparty were coded to, and how many of them."""

    account_id: UUID
    tax_code_id: UUID | None
    times: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An account, or an own account to transfer to. `of` is None where nothing is counted."""

    confidence: str
    reason: str
    account_id: UUID | None = None
    tax_code_id: UUID | None = None
    transfer_id: UUID | None = None
    rule_id: UUID | None = None
    times: int | None = None
    of: int | None = None


FIRST_TIME = Suggestion("unsure", "first_time")


class Rules:
    """The rules of a client, each found by its rarest word: a line is tried against few of them."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        written = list(rules)
        common = Counter(word for rule in written for word in rule.words)
        self._by_word: dict[str, list[Rule]] = defaultdict(list)
        for rule in written:
            self._by_word[min(rule.words, key=lambda word: common[word])].append(rule)

    def best_for(self, line: Line) -> tuple[Rule | None, bool]:
        """The narrowest rule that takes the line, and whether another one disagrees with it."""
        taking = [
            rule for word in line.words for rule in self._by_word.get(word, ()) if rule.takes(line)
        ]
        if not taking:
            return None, False
        best = max(taking, key=lambda rule: rule.narrowness)
        target = (best.account_id, best.tax_code_id)
        disagreed = any(
            (rule.account_id, rule.tax_code_id) != target
            and rule.narrowness[:3] == best.narrowness[:3]
            for rule in taking
        )
        return best, disagreed


def words_of_line(counterparty: str | None, reference: str | None, text: str) -> frozenset[str]:
    """Every word that a rule may ask for."""
    return frozenset(words_of(f"{counterparty or ''} {reference or ''} {text}"))


def suggest(line: Line, rules: Rules, history: Mapping[str, Suggestion]) -> Suggestion:
    """What the line probably is."""
    return _unless_twin(_suggest(line, rules, history), line)


def _suggest(line: Line, rules: Rules, history: Mapping[str, Suggestion]) -> Suggestion:
    rule, disagreed = rules.best_for(line)
    if rule is not None:
        confidence = "likely" if disagreed else "sure"
        return Suggestion(
            confidence,
            "rule",
            account_id=rule.account_id,
            tax_code_id=rule.tax_code_id,
            rule_id=rule.id,
        )
    if line.own_account_id is not None:
        return Suggestion("sure", "transfer", transfer_id=line.own_account_id)
    return history.get(line.counterparty_key, FIRST_TIME)


def from_history(coded: Sequence[Coded]) -> Suggestion:
    """What most lines of the counterparty were coded to, and how many of how many."""
    if not coded:
        return FIRST_TIME
    of = sum(one.times for one in coded)
    most = max(coded, key=lambda one: one.times)
    return Suggestion(
        _confidence(most.times, of),
        "history",
        account_id=most.account_id,
        tax_code_id=most.tax_code_id,
        times=most.times,
        of=of,
    )


def _confidence(times: int, of: int) -> str:
    share = times / of
    if times >= SURE_TIMES_MIN and share >= SURE_SHARE:
        return "sure"
    return "likely" if share >= LIKELY_SHARE else "unsure"


def _unless_twin(found: Suggestion, line: Line) -> Suggestion:
    """The second of two alike may be paid twice by mistake: somebody should look twice."""
    if line.occurrence == 1 or found.confidence != "sure":
        return found
    return Suggestion(
        "likely",
        "twin",
        account_id=found.account_id,
        tax_code_id=found.tax_code_id,
        transfer_id=found.transfer_id,
        rule_id=found.rule_id,
        times=found.times,
        of=found.of,
    )
