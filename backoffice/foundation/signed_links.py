"""Addresses that open one file, for one session, for a few minutes.

    token = sign(runtime.keyring, link, now=real_now())
    refuse_unless_signed(runtime.keyring, token, link, now=real_now())

A token is no right by itself: whoever shows it must be signed in with the session it was made
for. It binds client, document, the content's hash, session and verb; whatever differs, even by
a byte, is answered like a file that does not exist. Tokens are never logged.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from backoffice.foundation.encryption import Keyring, key_id
from backoffice.foundation.errors import NotFound
from backoffice.foundation.language import _

VALID_FOR = timedelta(minutes=5)
KEY_ID_BYTES, UNTIL_BYTES, MAC_BYTES = 4, 8, sha256().digest_size
PURPOSE = "links to files"


@dataclass(frozen=True, slots=True)
class Link:
    """All that a token stands for."""

    client_id: UUID
    document_id: UUID
    version: str  # the hash of the content
    session_id: UUID
    verb: str = "GET"


def sign(keyring: Keyring, link: Link, *, now: datetime) -> str:
    """A token for the link; `now` is the real clock."""
    key = keyring.derive(PURPOSE)
    until = int((now + VALID_FOR).timestamp()).to_bytes(UNTIL_BYTES)
    mark = key_id(key)[:KEY_ID_BYTES]
    token = mark + until + _mac(key, mark + until, link)
    return base64.urlsafe_b64encode(token).rstrip(b"=").decode()


def refuse_unless_signed(keyring: Keyring, token: str, link: Link, *, now: datetime) -> None:
    """`NotFound` unless the token was made here, for this link, and is not too old."""
    key = keyring.derive(PURPOSE)
    read = _read(token)
    signed, mac = read[: KEY_ID_BYTES + UNTIL_BYTES], read[KEY_ID_BYTES + UNTIL_BYTES :]
    genuine = hmac.compare_digest(mac, _mac(key, signed, link))
    until = int.from_bytes(signed[KEY_ID_BYTES:])
    if not genuine or now.timestamp() > until:
        raise NotFound(_("This link has run out. Open the document again to get a new one."))


def _mac(key: bytes, signed: bytes, link: Link) -> bytes:
    """Over fields of fixed length or alphabet, so that none can run into its neighbour."""
    ids = (link.client_id, link.document_id, link.session_id)
    words = "|".join([*map(str, ids), link.version, link.verb])
    return hmac.digest(key, signed + words.encode(), "sha256")


def _read(token: str) -> bytes:
    """The bytes of a token; of anything else, bytes that no signature matches.

    Spelling it differently is refused too: base64 has several ways to write the same bytes.
    """
    try:
        read = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (UnicodeError, binascii.Error, ValueError):
        return b""
    spelled = base64.urlsafe_b64encode(read).rstrip(b"=").decode()
    length = KEY_ID_BYTES + UNTIL_BYTES + MAC_BYTES
    return read if spelled == token and len(read) == length else b""
