"""Which account is suggested, how sure that is, and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from backoffice.service_lines.banking.rules.suggestions import (
    Coded,
    Line,
    Rule,
    Rules,
    from_history,
    suggest,
    words_of_line,
)
from backoffice.service_lines.banking.rules.words import (
    account_number,
    counterparty_key,
    real_reference,
)

TIMBER, GLASS, OWN = uuid4(), uuid4(), uuid4()
BANK = uuid4()
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def line(
    text: str = "Larkfield Timber", *, amount: int = -100, own: UUID | None = None, nth: int = 1
) -> Line:
    key = counterparty_key(text, "", amount)
    return Line(BANK, amount, words_of_line(text, None, ""), key, own, nth)


def rule(words: str, account: UUID = TIMBER, **more: object) -> Rule:
    values = {
        "direction": "any", "amount_min": None, "amount_max": None, "bank_account_id": None,
        "tax_code_id": None, "written_at": NOW, **more,
    }  # fmt: skip
    return Rule(uuid4(), frozenset(words.split()), account_id=account, **values)  # type: ignore[arg-type]


def test_a_rule_needs_all_of_its_words_as_words() -> None:
    rules = Rules([rule("larkfield timber")])
    assert suggest(line(), rules, {}).account_id == TIMBER
    assert suggest(line("Larkfields Timber"), rules, {}).reason == "first_time"
    assert suggest(line("Timber Larkfield, 4417"), rules, {}).confidence == "sure"


@pytest.mark.parametrize(
    ("limits", "takes"),
    [
        ({"direction": "in"}, False),
        ({"direction": "out"}, True),
        ({"amount_min": 101}, False),
        ({"amount_max": 99}, False),
        ({"amount_min": 100, "amount_max": 100}, True),
        ({"bank_account_id": BANK}, True),
        ({"bank_account_id": OWN}, False),
    ],
)
def test_a_rule_keeps_to_its_limits(limits: dict[str, object], takes: bool) -> None:
    assert rule("timber", **limits).takes(line()) is takes


def test_the_narrower_rule_wins_and_of_equals_the_newer() -> None:
    wide = rule("timber")
    narrow = rule("larkfield timber", GLASS)
    assert suggest(line(), Rules([wide, narrow]), {}).account_id == GLASS
    newer = rule("timber", GLASS, written_at=NOW + timedelta(days=1))
    found = suggest(line(), Rules([newer, wide]), {})
    assert (found.account_id, found.confidence) == (GLASS, "likely")  # two say different things


@pytest.mark.parametrize(
    ("times", "others", "confidence"),
    [(18, 1, "sure"), (3, 0, "sure"), (2, 0, "likely"), (3, 2, "likely"), (1, 1, "unsure")],
)
def test_history_is_as_sure_as_it_was_constant(times: int, others: int, confidence: str) -> None:
    coded = [Coded(TIMBER, None, times)] + ([Coded(GLASS, None, others)] if others else [])
    found = from_history(coded)
    assert (found.confidence, found.times, found.of) == (confidence, times, times + others)
    assert found.account_id == TIMBER


def test_an_own_account_at_the_other_end_is_a_transfer() -> None:
    found = suggest(line(own=OWN), Rules([]), {})
    assert (found.transfer_id, found.confidence, found.reason) == (OWN, "sure", "transfer")


def test_a_twin_is_looked_at_twice() -> None:
    found = suggest(line(nth=2), Rules([rule("timber")]), {})
    assert (found.confidence, found.reason, found.account_id) == ("likely", "twin", TIMBER)


def test_who_was_never_seen_is_unsure() -> None:
    assert suggest(line(), Rules([]), {}).reason == "first_time"


def test_card_numbers_and_dates_are_no_part_of_a_counterparty() -> None:
    assert counterparty_key("QUAYSIDE FUEL 9920 12NOV", "", -1) == "out quayside fuel"
    assert counterparty_key(None, "Bank charges Oct", -1) == "out bank charges oct"


def test_money_that_came_says_nothing_about_money_that_went() -> None:
    interest, charges = line("Harbour Bank", amount=1240), line("Harbour Bank", amount=-1420)
    history = {interest.counterparty_key: from_history([Coded(TIMBER, None, 3)])}
    assert suggest(interest, Rules([]), history).account_id == TIMBER
    assert suggest(charges, Rules([]), history).reason == "first_time"


def test_numbers_of_accounts_are_compared_in_one_form() -> None:
    assert account_number("gb29 nwbk-6016") == "GB29NWBK6016"


@pytest.mark.parametrize("nothing", ["NONREF", "NotProvided", "", "000", None])
def test_what_stands_for_no_reference_is_none(nothing: str | None) -> None:
    assert real_reference(nothing) is None
    assert real_reference("BR77") == "BR77"
