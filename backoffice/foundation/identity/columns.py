"""The columns that every account, session and one-time token has, whoever it belongs to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column


class Account:
    """Somebody who can sign in. `email_key` is the casefolded address; `epoch` ends sessions."""

    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    totp_sealed: Mapped[bytes | None]
    totp_last_step: Mapped[int] = mapped_column(default=0)
    epoch: Mapped[int] = mapped_column(default=1)
    locale: Mapped[str] = mapped_column(default="en")


class SignedInSession:
    """One browser that is signed in. Only the hash of its token is stored."""

    token_hash: Mapped[bytes] = mapped_column(unique=True)
    epoch: Mapped[int]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    second_factor_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    browser: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")


class OneTimeToken:
    """A link with a code, mailed once: single use, short-lived, few attempts at the code."""

    token_hash: Mapped[bytes] = mapped_column(unique=True)
    code_hash: Mapped[bytes | None]
    purpose: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
