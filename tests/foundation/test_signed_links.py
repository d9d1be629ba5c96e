"""A link to a file opens for whom and for what it was made, for five minutes, nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from backoffice.foundation.encryption import Keyring
from backoffice.foundation.errors import NotFound
from backoffice.foundation.ids import new_id
from backoffice.foundation.signed_links import Link, refuse_unless_signed, sign

KEYRING = Keyring(bytes(range(32)))
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LINK = Link(new_id(), new_id(), "ab" * 32, new_id())
TOKEN = sign(KEYRING, LINK, now=NOW)


def opens(
    token: str, link: Link = LINK, *, now: datetime = NOW, keyring: Keyring = KEYRING
) -> bool:
    try:
        refuse_unless_signed(keyring, token, link, now=now)
    except NotFound:
        return False
    return True


def test_it_opens_what_it_was_made_for() -> None:
    assert opens(TOKEN)
    assert opens(TOKEN, now=NOW + timedelta(minutes=4, seconds=59))


def test_it_runs_out_after_five_minutes() -> None:
    assert not opens(TOKEN, now=NOW + timedelta(minutes=5, seconds=1))


@pytest.mark.parametrize(
    "other",
    [
        replace(LINK, client_id=new_id()),
        replace(LINK, document_id=new_id()),
        replace(LINK, version="cd" * 32),
        replace(LINK, session_id=new_id()),
        replace(LINK, verb="HEAD"),
    ],
)
def test_it_opens_nothing_else(other: Link) -> None:
    assert not opens(TOKEN, other)


def test_no_letter_of_it_can_be_changed() -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for place, letter in enumerate(TOKEN):
        for other in letters.replace(letter, "")[::9]:
            assert not opens(TOKEN[:place] + other + TOKEN[place + 1 :])


@pytest.mark.parametrize(
    "rubbish",
    ["", "=", "A", TOKEN + "=", TOKEN + "A", TOKEN[:-1], "é" * 60],
    ids=["empty", "padding", "short", "padded", "longer", "cut", "not ASCII"],
)
def test_what_is_no_token_opens_nothing(rubbish: str) -> None:
    assert not opens(rubbish)


def test_another_installations_token_opens_nothing() -> None:
    assert not opens(TOKEN, keyring=Keyring(bytes(32)))
