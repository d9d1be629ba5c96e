"""Passwords: argon2id, long rather than clever, and none that everybody tries first.

There are no rules of composition: length and a list of what is guessed first do more. Checking
takes the same time for somebody who does not exist, so that a stopwatch learns nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from backoffice.foundation.errors import BadInput
from backoffice.foundation.language import _

LENGTH_MIN = 12
LENGTH_MAX = 128  # longer ones cost us time, and nobody a guess more
GUESSED_FIRST = Path(__file__).with_name("guessed_first.txt")

_hasher = PasswordHasher()  # argon2id with the library's parameters (RFC 9106, low memory)


class WeakPassword(BadInput):
    code = "weak_password"


def hash_password(password: str, *, about: Iterable[str] = ()) -> str:
    """The argon2id hash of an acceptable password.

    `about` are words of the person (name, e-mail address, company): none of them alone is one.
    """
    written = _written(password)
    _refuse_weak(written, about)
    return _hasher.hash(written)


def is_password(stored: str | None, password: str) -> bool:
    """Whether it is the password; takes as long where nothing is stored."""
    try:
        right = _hasher.verify(stored or _nobodys(), _written(password)[: 4 * LENGTH_MAX])
    except (VerifyMismatchError, InvalidHashError):
        return False
    return right and stored is not None


def _written(password: str) -> str:
    """One form for what two keyboards write as different code points."""
    return unicodedata.normalize("NFC", password)


def _refuse_weak(password: str, about: Iterable[str]) -> None:
    if len(password) < LENGTH_MIN:
        raise WeakPassword(
            _(
                "Write at least %(count)s characters; a few words in a row are good.",
                count=LENGTH_MIN,
            ),
            field="password",
        )
    if len(password) > LENGTH_MAX:
        raise WeakPassword(
            _("Write at most %(count)s characters.", count=LENGTH_MAX), field="password"
        )
    plain = password.casefold()
    if plain in _guessed_first() or plain in {word.casefold() for word in about if word}:
        raise WeakPassword(
            _("This password is among those that are tried first. Choose another."),
            field="password",
        )
    if len(set(plain)) < 4:
        raise WeakPassword(
            _("This password repeats a few characters. Choose another."), field="password"
        )


@cache
def _guessed_first() -> frozenset[str]:
    return frozenset(GUESSED_FIRST.read_text(encoding="utf-8").split("\n"))


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")
