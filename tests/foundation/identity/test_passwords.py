"""Passwords: long ones are taken, guessed ones refused, and a stopwatch learns nothing."""

from __future__ import annotations

import time

import pytest

from backoffice.foundation.identity.passwords import (
    LENGTH_MAX,
    WeakPassword,
    hash_password,
    is_password,
)

GOOD = "four gulls on a harbour wall"


def test_a_long_password_of_plain_words_is_taken() -> None:
    stored = hash_password(GOOD)
    assert stored.startswith("$argon2id$")
    assert is_password(stored, GOOD)
    assert not is_password(stored, GOOD + ".")


@pytest.mark.parametrize(
    "password",
    [
        "short pass",
        "password1234",
        "QWERTYUIOP123",
        "Correct Horse Battery Staple",
        "aaaaaaaaaaaaa",
    ],
)
def test_what_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(WeakPassword) as refusal:
        hash_password(password)
    assert refusal.value.field == "password"


def test_ones_own_address_is_no_password() -> None:
    with pytest.raises(WeakPassword):
        hash_password("Martin@Acorn.Example", about=["martin@acorn.example"])


@pytest.mark.parametrize("length", [12, LENGTH_MAX])
def test_the_limits_themselves_are_taken(length: int) -> None:
    assert hash_password(("gulls on a wall " * 9)[:length])


def test_one_more_than_the_limit_is_refused() -> None:
    with pytest.raises(WeakPassword):
        hash_password(("gulls on a wall " * 9)[: LENGTH_MAX + 1])


def test_two_ways_to_type_a_letter_are_one_password() -> None:
    stored = hash_password("caf\u00e9 on the quay side")
    assert is_password(stored, "cafe\u0301 on the quay side")


def test_nobodys_password_takes_as_long_as_somebodys() -> None:
    stored = hash_password(GOOD)
    is_password(None, GOOD)  # the first call makes nobody's hash
    assert not is_password(None, "nobody has this password")
    mine, nobodys = (
        _median(lambda: is_password(stored, "x")),
        _median(lambda: is_password(None, "x")),
    )
    # Another process may take the core away; what must not be is that one costs nothing.
    assert 0.3 < nobodys / mine < 3


def _median(act) -> float:  # type: ignore[no-untyped-def]
    times = []
    for _again in range(5):
        began = time.process_time()
        act()
        times.append(time.process_time() - began)
    return sorted(times)[2]
