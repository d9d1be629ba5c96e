"""Signed-in browsers: 256 random bits in a cookie, everything else in the database.

A session ends by sign-out, by another person's hand, after some idle time, at the end of its
day, or when its account's epoch moves on (new password, role taken away, somebody left).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backoffice.foundation.identity.tokens import hashed
from backoffice.foundation.ids import new_id

TOKEN_BYTES = 32
TOUCH_SECONDS = 60  # "seen" is written once a minute, not with every click
BROWSER_LENGTH_MAX = 200
HELD_MAX = 20  # more signed-in browsers than this end the oldest


@dataclass(frozen=True)
class Limits:
    """How long a session lives without use, and at all (Settings)."""

    idle_seconds: float
    seconds_max: float


@dataclass(frozen=True)
class Browser:
    """Where a request comes from, as the list of sessions shows it."""

    name: str = ""
    address: str = ""


@dataclass(frozen=True)
class SignedIn:
    """A session that has just begun; the token goes into the cookie and is not stored."""

    id: UUID
    token: str
    second_factor: bool


def begin(
    session: Session,
    model: type[Any],
    *,
    owner: dict[str, Any],
    epoch: int,
    now: datetime,
    second_factor: bool,
    browser: Browser,
    **more: Any,
) -> SignedIn:
    """Begin a session; `owner` is the column that says whose, and its value."""
    _end_oldest(session, model, owner, now)
    begun = SignedIn(new_id(), secrets.token_urlsafe(TOKEN_BYTES), second_factor)
    session.add(
        model(
            id=begun.id,
            token_hash=hashed(begun.token),
            epoch=epoch,
            created_at=now,
            seen_at=now,
            second_factor_at=now if second_factor else None,
            browser=browser.name[:BROWSER_LENGTH_MAX],
            address=browser.address,
            **owner,
            **more,
        )
    )
    return begun


def live(model: type[Any], token: str, *, now: datetime, limits: Limits) -> tuple[Any, ...]:
    """The conditions under which a token still stands for a session (its epoch is the caller's)."""
    return (model.token_hash == hashed(token), *open_conditions(model, now=now, limits=limits))


def open_conditions(model: type[Any], *, now: datetime, limits: Limits) -> tuple[Any, ...]:
    return (
        model.ended_at.is_(None),
        model.seen_at > now - timedelta(seconds=limits.idle_seconds),
        model.created_at > now - timedelta(seconds=limits.seconds_max),
    )


def is_due_for_touch(seen_at: datetime, *, now: datetime, limits: Limits) -> bool:
    """Once a minute, or oftener where sessions are short (in tests)."""
    return (now - seen_at).total_seconds() > min(TOUCH_SECONDS, limits.idle_seconds / 4)


def touch(session: Session, model: type[Any], session_id: UUID, *, now: datetime) -> None:
    """Note that it was used; one that has ended meanwhile stays ended."""
    session.execute(
        update(model).where(model.id == session_id, model.ended_at.is_(None)).values(seen_at=now)
    )


def end(session: Session, model: type[Any], *which: Any, now: datetime) -> int:
    """End the sessions that the conditions name; says how many there were."""
    ended = session.scalars(
        update(model)
        .where(*which, model.ended_at.is_(None))
        .values(ended_at=now)
        .returning(model.id)
    )
    return len(ended.all())


def _end_oldest(session: Session, model: type[Any], owner: dict[str, Any], now: datetime) -> None:
    of_owner = [getattr(model, column) == value for column, value in owner.items()]
    newest = (
        select(model.id)
        .where(*of_owner, model.ended_at.is_(None))
        .order_by(model.created_at.desc())
        .limit(HELD_MAX - 1)
    )
    end(session, model, *of_owner, model.id.not_in(newest.scalar_subquery()), now=now)
