"""Links that are mailed once: 128 random bits in the address, and six digits to type.

Only hashes are stored. A link is used by a conditional UPDATE, so of two clicks one wins; each
try at the code is counted and committed before the code is looked at.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backoffice.foundation.errors import Conflict, NotFound, NotPermitted
from backoffice.foundation.ids import new_id
from backoffice.foundation.language import _

TOKEN_BYTES = 16
TRIES_MAX = 5
RESET_LIVES = timedelta(minutes=30)
# An invitation waits for somebody who did not ask for it, and may be on leave: days, not minutes.
INVITATION_LIVES = timedelta(days=7)
DEMO_LIVES = timedelta(days=1)

Token = TypeVar("Token", bound=Any)


class LinkUsed(Conflict):
    code = "link_used"


class WrongCode(NotFound):
    """The link or the code is wrong, or the link is too old: never said which."""

    code = "wrong_code"
    http_status = 422


@dataclass(frozen=True)
class Link:
    """What the mail says. Neither part is stored."""

    id: UUID
    token: str
    code: str


def issue(
    session: Session, model: type[Any], *, now: datetime, lives: timedelta, **owner: Any
) -> Link:
    """A new link; `owner` are the columns that say whom it is for."""
    link = Link(new_id(), secrets.token_urlsafe(TOKEN_BYTES), f"{secrets.randbelow(10**6):06d}")
    session.add(
        model(
            id=link.id,
            token_hash=hashed(link.token),
            code_hash=_hashed_code(link.token, link.code),
            created_at=now,
            expires_at=now + lives,
            **owner,
        )
    )
    return link


def usable(session: Session, model: type[Token], token: str, *, now: datetime) -> Token | None:
    """The row of a link that may still be used."""
    found: Token | None = session.scalar(select(model).where(*_open(model, token, now)))
    return found


def count_try(session: Session, model: type[Token], token: str, *, now: datetime) -> Token:
    """Count one try and give the row; commit before the code is checked."""
    counted = session.scalar(
        update(model)
        .where(*_open(model, token, now))
        .values(attempts=model.attempts + 1)
        .returning(model)
    )
    if counted is None:
        raise wrong_code()
    row: Token = counted
    return row


def use(session: Session, row: Any, *, token: str, code: str | None, now: datetime) -> None:
    """Use the link up; `code` None only where the link alone is enough (the demo)."""
    model = type(row)
    if code is not None and not _is_code(row.code_hash, token, code):
        raise wrong_code()
    used = session.scalar(
        update(model)
        .where(model.id == row.id, model.used_at.is_(None))
        .values(used_at=now)
        .returning(model.id)
    )
    if used is None:
        raise LinkUsed(_("This link was used already. Sign in, or ask for a new one."))


def void(session: Session, model: type[Any], *owner: Any, now: datetime) -> None:
    """Make every unused link of an owner useless, because a newer one goes out or none may."""
    session.execute(update(model).where(*owner, model.used_at.is_(None)).values(used_at=now))


def refuse_outside_demo(demo: bool) -> None:
    """A link that stands for password and second factor exists in the demo alone."""
    if not demo:
        raise NotPermitted(_("Demo links work in the demo only."), code="not_the_demo")


def wrong_code() -> WrongCode:
    return WrongCode(
        _(
            "The code is not right, or the link is too old. "
            "Check the newest mail, or ask for a new one."
        ),
        field="code",
    )


def hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def _hashed_code(token: str, code: str) -> bytes:
    """Six digits alone could be tried out from a stolen table; with the token they cannot."""
    return hmac.digest(token.encode(), code.encode("utf-8", "replace"), "sha256")


def _is_code(stored: bytes | None, token: str, code: str) -> bool:
    digits = "".join(code.split())
    return stored is not None and hmac.compare_digest(stored, _hashed_code(token, digits))


def _open(model: Any, token: str, now: datetime) -> tuple[Any, ...]:
    return (
        model.token_hash == hashed(token),
        model.used_at.is_(None),
        model.expires_at > now,
        model.attempts < TRIES_MAX,
    )
