"""The second factor: six digits that an authenticator app makes anew every 30 seconds (RFC 6238).

A code is good once: the step it belongs to is stored by a conditional UPDATE, so of two
requests with the same code one wins, and a code seen over a shoulder is worth nothing.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Any
from uuid import UUID

import pyotp
from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from backoffice.foundation.encryption import Keyring, seal, unseal

STEP_SECONDS = 30
STEPS_EITHER_WAY = 1  # a phone's clock may be half a minute off


def new_seed() -> str:
    """A new secret for an authenticator app, in base 32."""
    return pyotp.random_base32()


def seal_seed(keyring: Keyring, seed: str, *, table: str, owner_id: UUID) -> bytes:
    """The seed as it is stored: it opens only in its owner's row."""
    return seal(
        keyring.firm_key, seed, client_id="firm", table=table, column="totp_sealed", row_id=owner_id
    )


def open_seed(keyring: Keyring, sealed: bytes, *, table: str, owner_id: UUID) -> str:
    return unseal(
        keyring.firm_key,
        sealed,
        client_id="firm",
        table=table,
        column="totp_sealed",
        row_id=owner_id,
    )


def address_for_app(seed: str, *, email: str, issuer: str) -> str:
    """The `otpauth:` address that the QR code shows."""
    return pyotp.TOTP(seed).provisioning_uri(name=email, issuer_name=issuer)


def step_of(seed: str, code: str, *, now: datetime) -> int | None:
    """The 30-second step that the code belongs to, or None when it is not right now."""
    generator = pyotp.TOTP(seed)
    digits = "".join(code.split())
    found = None
    current = int(now.timestamp()) // STEP_SECONDS
    for step in range(current - STEPS_EITHER_WAY, current + STEPS_EITHER_WAY + 1):
        # Every step is compared, so that time does not tell which one came close.
        if hmac.compare_digest(generator.generate_otp(step).encode(), digits.encode()):
            found = step
    return found


def use_step(session: Session, account: type[Any], owner_id: UUID, step: int) -> bool:
    """Take the step for this account; False when it, or a later one, was used already."""
    taken = session.execute(
        update(account)
        .where(account.id == owner_id, account.totp_last_step < step)
        .values(totp_last_step=step)
    )
    return isinstance(taken, CursorResult) and taken.rowcount == 1
