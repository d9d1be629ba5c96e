"""The second factor: right now, and once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pyotp
import pytest

from backoffice.firm.staff.models import Staff
from backoffice.foundation.encryption import Keyring
from backoffice.foundation.errors import BadInput, IntegrityFailure
from backoffice.foundation.identity import offers, totp
from backoffice.foundation.ids import new_id
from tests.support.cast import Cast

NOW = datetime(2026, 11, 24, 9, 42, 10, tzinfo=UTC)
KEYRING = Keyring(bytes(range(32)))


@pytest.mark.parametrize(
    ("late", "right"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_a_code_is_right_for_its_step_and_one_either_way(late: int, right: bool) -> None:
    seed = totp.new_seed()
    code = pyotp.TOTP(seed).at(NOW)
    found = totp.step_of(seed, code, now=NOW + timedelta(seconds=late))
    assert (found is not None) == right


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "abcdef", "\u0661\u0662\u0663\u0664\u0665\u0666"]
)
def test_what_is_no_code_is_wrong(code: str) -> None:
    assert totp.step_of(totp.new_seed(), code, now=NOW) is None


def test_a_seed_opens_only_in_its_owners_row() -> None:
    mine, yours = new_id(), new_id()
    sealed = totp.seal_seed(KEYRING, "SEED", table="staff", owner_id=mine)
    assert totp.open_seed(KEYRING, sealed, table="staff", owner_id=mine) == "SEED"
    for table, owner in (("staff", yours), ("person", mine)):
        with pytest.raises(IntegrityFailure):
            totp.open_seed(KEYRING, sealed, table=table, owner_id=owner)


def test_an_offer_is_for_one_account_and_keeps_its_seed() -> None:
    mine = new_id()
    first = offers.offer(KEYRING, owner_id=mine, email="a@b.example", issuer="Harbour Lane")
    again = offers.offer(
        KEYRING, owner_id=mine, email="a@b.example", issuer="Harbour Lane", again=first.sealed
    )
    assert again.letters == first.letters
    assert first.drawing.startswith("data:image/svg+xml")
    code = pyotp.TOTP(first.letters.replace(" ", "")).at(NOW)
    assert offers.accept(KEYRING, owner_id=mine, sealed=first.sealed, code=code, now=NOW).step
    with pytest.raises(BadInput):
        offers.accept(KEYRING, owner_id=new_id(), sealed=first.sealed, code=code, now=NOW)
    with pytest.raises(BadInput):
        offers.accept(KEYRING, owner_id=mine, sealed="nonsense", code=code, now=NOW)


def test_of_ten_racing_uses_of_a_step_one_wins(cast: Cast) -> None:
    runtime, start, won = cast.database["workbench"], Barrier(10), []

    def use() -> None:
        start.wait()
        with runtime.doors.firm_wide(because="a race") as session:
            won.append(totp.use_step(session, Staff, cast["priya"], 2**40))

    threads = [Thread(target=use) for _number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False] * 9 + [True]
