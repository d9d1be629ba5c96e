"""Guessing is slowed down per address of mail and per network, for everybody alike."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backoffice.foundation.identity import throttle
from backoffice.foundation.identity.throttle import Throttled, Tries
from tests.support.cast import Cast


def attempt(cast: Cast, account: str, network: str = "192.0.2.1") -> Tries:
    runtime = cast.database["portal"]
    return throttle.count_try(
        runtime.doors, runtime.keyring, audience="test", account=account, network=network
    )


def test_five_tries_then_a_pause(cast: Cast) -> None:
    left = [attempt(cast, "martin@client.example").left for _try in range(5)]
    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(Throttled):
        attempt(cast, " MARTIN@client.example")
    assert attempt(cast, "judith@client.example").left == 4


def test_who_was_right_begins_anew(cast: Cast) -> None:
    tries = [attempt(cast, "martin@client.example") for _try in range(3)][-1]
    with cast.database["portal"].doors.firm_wide(because="it was right") as session:
        tries.forgive(session)
    assert attempt(cast, "martin@client.example").left == 4


def test_the_pause_ends(cast: Cast) -> None:
    for _try in range(5):
        attempt(cast, "martin@client.example")
    with cast.database.as_superuser().begin() as connection:
        connection.execute(
            text("UPDATE firm.sign_in_throttle SET blocked_until = now() - interval '1 second'")
        )
    assert attempt(cast, "martin@client.example").left == 4


def test_a_network_is_paused_as_a_whole(cast: Cast) -> None:
    for number in range(throttle.TRIES_OF_NETWORK):
        attempt(cast, f"{number}@nobody.example", "2001:db8::1")
    with pytest.raises(Throttled):
        attempt(cast, "next@nobody.example", "2001:db8::ffff")
    assert attempt(cast, "next@nobody.example", "2001:db8:0:1::1").left >= 3


def test_a_hundred_tries_at_once_are_a_hundred_tries(cast: Cast) -> None:
    start, outcomes = Barrier(15), []
    assert cast.database["portal"]  # opened once, before the threads ask for it

    def go() -> None:
        start.wait()
        try:
            outcomes.append(attempt(cast, "martin@client.example").left)
        except Throttled:
            outcomes.append(None)

    threads = [Thread(target=go) for _number in range(15)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(left for left in outcomes if left is not None) == [0, 1, 2, 3, 4]


def test_where_nothing_can_be_counted_nobody_gets_in(cast: Cast) -> None:
    with cast.database.as_superuser().begin() as connection:
        connection.execute(text("REVOKE INSERT ON firm.sign_in_throttle FROM portal"))
    with pytest.raises(DBAPIError):
        attempt(cast, "martin@client.example")


def test_the_table_does_not_tell_who_tried(cast: Cast) -> None:
    attempt(cast, "martin@client.example")
    with cast.database.as_superuser().connect() as connection:
        rows = connection.execute(text("SELECT t::text FROM firm.sign_in_throttle t")).scalars()
        assert "martin" not in "".join(rows)
