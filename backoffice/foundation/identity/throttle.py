"""Slowing down guessing: failures are counted per address of mail and per network address.

A try is counted and committed before the password is looked at, under a row lock, so that a
hundred tries at once are a hundred tries. Where the count cannot be kept nobody gets in. The
answer is the same whether the address of mail belongs to somebody or not.
"""

from __future__ import annotations

import hmac
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from backoffice.foundation.clock import real_now
from backoffice.foundation.database import Base, ProviderOwned, firm_table
from backoffice.foundation.encryption import Keyring
from backoffice.foundation.errors import Refused
from backoffice.foundation.ids import new_id
from backoffice.foundation.language import _
from backoffice.foundation.tenancy import Doors

TRIES_OF_ACCOUNT = 5
TRIES_OF_NETWORK = 60  # an office behind one address signs in each morning
WINDOW = timedelta(minutes=15)
PAUSE = timedelta(minutes=15)


class SignInThrottle(ProviderOwned, Base):
    """Failures of one key (a hash of audience and address) within a window of real time."""

    __tablename__ = "sign_in_throttle"
    __table_args__ = firm_table()

    key_hash: Mapped[bytes] = mapped_column(unique=True)
    failures: Mapped[int] = mapped_column(default=0)
    window_started_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]


class Throttled(Refused):
    code = "throttled"
    http_status = 429


@dataclass(frozen=True)
class Tries:
    """What is counted for one sign-in: the account's own tries, and those of the network."""

    account: bytes
    network: bytes
    left: int

    def forgive(self, session: Session) -> None:
        """It was the right person: their own count begins anew. The network's stays."""
        row = session.scalar(
            select(SignInThrottle).where(SignInThrottle.key_hash == self.account).with_for_update()
        )
        if row is not None:
            row.failures, row.blocked_until = 0, None


def count_try(
    doors: Doors, keyring: Keyring, *, audience: str, account: str, network: str
) -> Tries:
    """Count one try, committed at once; raises `Throttled` while there is a pause."""
    now = real_now()
    account_key = _key(keyring, audience, "account", account.strip().casefold())
    network_key = _key(keyring, audience, "network", _neighbourhood(network))
    with doors.firm_wide(because="counting tries to sign in") as session:
        by_network = _count(session, network_key, TRIES_OF_NETWORK, now)
        by_account = _count(session, account_key, TRIES_OF_ACCOUNT, now)
    if by_network is None or by_account is None:
        raise Throttled(
            _("Too many tries. Wait %(minutes)s minutes, then try again.", minutes=_minutes(PAUSE))
        )
    return Tries(account_key, network_key, TRIES_OF_ACCOUNT - by_account)


def _count(session: Session, key: bytes, most: int, now: datetime) -> int | None:
    """The number of this try, or None while the key is paused."""
    session.execute(
        insert(SignInThrottle)
        .values(id=new_id(), key_hash=key, failures=0, window_started_at=now)
        .on_conflict_do_nothing()
    )
    row = session.scalars(
        select(SignInThrottle).where(SignInThrottle.key_hash == key).with_for_update()
    ).one()
    if row.blocked_until is not None and row.blocked_until > now:
        return None
    if row.blocked_until is not None or row.window_started_at <= now - WINDOW:
        row.failures, row.window_started_at, row.blocked_until = 0, now, None
    row.failures += 1
    if row.failures >= most:
        row.blocked_until = now + PAUSE
    return row.failures


def _key(keyring: Keyring, *parts: str) -> bytes:
    """Hashed with a key, so that the table does not tell who tried."""
    text = "\0".join(parts)
    return hmac.digest(keyring.derive("throttle"), text.encode("utf-8", "replace"), "sha256")


def _neighbourhood(address: str) -> str:
    """An IPv6 user has a whole /64 to come from: it counts as one address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)
