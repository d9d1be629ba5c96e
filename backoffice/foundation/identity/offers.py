"""A seed for an authenticator app that is offered and not yet confirmed.

It travels in the form, sealed for its owner, so that showing it changes nothing: only the POST
that proves the app has it stores it.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import segno

from backoffice.foundation.encryption import Keyring, seal, unseal
from backoffice.foundation.errors import BadInput, IntegrityFailure
from backoffice.foundation.identity import totp
from backoffice.foundation.language import _

PLACE = {"client_id": "firm", "table": "offer", "column": "seed"}


@dataclass(frozen=True)
class Offer:
    """What the set-up page shows: a QR code, the same in letters, and the hidden sealed seed."""

    sealed: str
    letters: str
    drawing: str  # a data: address of an SVG


@dataclass(frozen=True)
class Accepted:
    """A seed whose app has shown its first code, and the step of that code."""

    seed: str
    step: int


def offer(keyring: Keyring, *, owner_id: UUID, email: str, issuer: str, again: str = "") -> Offer:
    """A new offer, or the same one `again` when the form comes back with a mistake."""
    seed = _opened(keyring, again, owner_id) if again else totp.new_seed()
    address = totp.address_for_app(seed, email=email, issuer=issuer)
    code = segno.make(address, error="m", micro=False)
    # Black on white whatever the look: a camera reads it.
    drawing = code.svg_data_uri(scale=4, border=2, dark="#000", light="#fff")
    return Offer(_sealed(keyring, seed, owner_id), _in_groups(seed), drawing)


def accept(keyring: Keyring, *, owner_id: UUID, sealed: str, code: str, now: datetime) -> Accepted:
    """The seed of the offer, if the code is one that it makes now."""
    seed = _opened(keyring, sealed, owner_id)
    step = totp.step_of(seed, code, now=now)
    if step is None:
        raise BadInput(
            _("This is not the code that the app shows now. Wait for the next one."),
            code="wrong_app_code",
            field="app_code",
        )
    return Accepted(seed, step)


def _sealed(keyring: Keyring, seed: str, owner_id: UUID) -> str:
    sealed = seal(keyring.firm_key, seed, row_id=owner_id, **PLACE)
    return base64.urlsafe_b64encode(sealed).decode()


def _opened(keyring: Keyring, sealed: str, owner_id: UUID) -> str:
    try:
        raw = base64.urlsafe_b64decode(sealed.encode("utf-8", "replace"))
        return unseal(keyring.firm_key, raw, row_id=owner_id, **PLACE)
    except (binascii.Error, IntegrityFailure, ValueError):
        raise BadInput(
            _("This set-up page is too old. Open it again."), code="offer_too_old"
        ) from None


def _in_groups(seed: str) -> str:
    return " ".join(seed[start : start + 4] for start in range(0, len(seed), 4))
