"""Values that must never be seen by accident: not in a log, a traceback, a page or a pickle."""

from __future__ import annotations

import hmac
from typing import Generic, NoReturn, TypeVar

T = TypeVar("T")

MASK = "\u2022\u2022\u2022\u2022"  # ••••
SHOWN_LAST = 4


class Secret(Generic[T]):
    """Holds a value and shows only a mask; `reveal` is the one way to it, easy to search for."""

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value = value

    def reveal(self) -> T:
        """The value itself; the caller is permitted, and has written the audit row."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, _specification: str) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        mine, theirs = self._value, other._value
        if isinstance(mine, str) and isinstance(theirs, str):
            return hmac.compare_digest(mine.encode(), theirs.encode())
        return bool(mine == theirs)

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise TypeError("A secret is not to be pickled or copied out of the process")


def mask_last4(text: str) -> str:
    """`•••• 4321`: enough to recognise a number by; a short one shows less than half of itself."""
    letters = "".join(text.split())
    shown = min(SHOWN_LAST, max(0, (len(letters) - 1) // 2))
    return f"{MASK} {letters[-shown:]}" if shown else MASK
