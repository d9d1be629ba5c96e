"""Mailed links: one use, few tries, a limited life; nothing of them is stored."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import text

from backoffice.firm.staff.models import StaffToken
from backoffice.foundation.clock import real_now
from backoffice.foundation.identity import tokens
from backoffice.foundation.identity.tokens import Link, LinkUsed, WrongCode
from tests.support.cast import Cast


@pytest.fixture
def link(cast: Cast) -> Link:
    with firm(cast) as session:
        return tokens.issue(
            session,
            StaffToken,
            now=real_now(),
            lives=tokens.RESET_LIVES,
            purpose="reset",
            staff_id=cast["priya"],
        )


def firm(cast: Cast):  # type: ignore[no-untyped-def]
    return cast.database["workbench"].doors.firm_wide(because="a test of links")


def use(cast: Cast, link: Link, code: str) -> None:
    with firm(cast) as session:
        row = tokens.count_try(session, StaffToken, link.token, now=real_now())
        token_id = row.id
    with firm(cast) as session:
        row = session.get_one(StaffToken, token_id)
        tokens.use(session, row, token=link.token, code=code, now=real_now())


def other(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_a_link_with_its_code_works_once(cast: Cast, link: Link) -> None:
    use(cast, link, link.code)
    with pytest.raises(WrongCode):
        use(cast, link, link.code)


def test_a_code_may_be_typed_with_blanks(cast: Cast, link: Link) -> None:
    use(cast, link, f" {link.code[:3]} {link.code[3:]} ")


def test_five_wrong_codes_and_the_link_is_dead(cast: Cast, link: Link) -> None:
    for _try in range(tokens.TRIES_MAX):
        with pytest.raises(WrongCode):
            use(cast, link, other(link.code))
    with pytest.raises(WrongCode):
        use(cast, link, link.code)


def test_a_link_past_its_life_is_dead(cast: Cast, link: Link) -> None:
    with firm(cast) as session:
        late = real_now() + tokens.RESET_LIVES + timedelta(seconds=1)
        assert tokens.usable(session, StaffToken, link.token, now=real_now())
        assert tokens.usable(session, StaffToken, link.token, now=late) is None


def test_neither_link_nor_code_is_stored(cast: Cast, link: Link) -> None:
    with cast.database.as_superuser().connect() as connection:
        rows = connection.execute(text("SELECT t::text FROM firm.staff_token t")).scalars().all()
    stored = "\n".join(rows)
    for secret in (link.token, link.code.encode().hex(), link.token.encode().hex()):
        assert secret not in stored


def test_of_two_clicks_at_once_one_counts(cast: Cast, link: Link) -> None:
    start, outcomes = Barrier(2), []
    assert cast.database["workbench"]  # opened once, before the threads ask for it

    def click() -> None:
        start.wait()
        try:
            use(cast, link, link.code)
            outcomes.append("in")
        except (LinkUsed, WrongCode):
            outcomes.append("refused")

    threads = [Thread(target=click) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["in", "refused"]
