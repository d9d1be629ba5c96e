"""Encryption of what must not be read from a stolen disk or dump: numbers, tax ids, keys.

The installation's key opens nothing itself. From it come, by HKDF, one key per purpose; one of
them (the key-encryption key) wraps each client's own key, and that seals the client's fields and
files. To rotate the installation's key only the wrapped keys are written anew: `rewrap`.

A sealed value is  version 1 | key id 4 | nonce 12 | ciphertext and tag.  It belongs to its place
(client, table, column, row): copied anywhere else it does not open. Anything that does not open
raises `IntegrityFailure`, whatever the cause, so that nothing can be learnt by trying.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from backoffice.foundation.errors import IntegrityFailure

VERSION = b"\x01"
KEY_ID_BYTES = 4
NONCE_BYTES = 12  # 96 random bits; the same key may seal 2**32 values before that wears thin
TAG_BYTES = 16
KEY_BYTES = 32
CLIENT_KEY_BYTES = 2 * KEY_BYTES  # one half encrypts, the other makes blind indexes
MASTER_KEY_BYTES_MIN = 32
_NONCE_AT = len(VERSION) + KEY_ID_BYTES
_BODY_AT = _NONCE_AT + NONCE_BYTES
OVERHEAD_BYTES = _BODY_AT + TAG_BYTES  # a sealed value is longer than its content by this


class Keyring:
    """All that the installation's key gives; made once per process, never printed."""

    def __init__(self, master_key: bytes) -> None:
        if len(master_key) < MASTER_KEY_BYTES_MIN:
            raise ValueError(f"The installation's key needs {MASTER_KEY_BYTES_MIN} bytes or more")
        self._master_key = master_key
        self._wrapping_key = self.derive("client-keys")

    def __repr__(self) -> str:
        return "Keyring()"

    def derive(self, purpose: str, length: int = KEY_BYTES) -> bytes:
        """The key for one purpose: a role's password, cookies, the audit chain."""
        return _derived(self._master_key, purpose, length)

    @property
    def firm_key(self) -> bytes:
        """Seals what belongs to the provider and to no client, such as a colleague's TOTP seed."""
        return self.derive("firm-key", CLIENT_KEY_BYTES)

    def new_client_key(self) -> bytes:
        """A new random key for a client, wrapped: only this form is stored."""
        return self.wrap(os.urandom(CLIENT_KEY_BYTES))

    def wrap(self, client_key: bytes) -> bytes:
        """A client's key, sealed by the key-encryption key."""
        return _sealed(self._wrapping_key, client_key, belongs_to=b"client-key")

    def unwrap(self, wrapped: bytes) -> bytes:
        """The client's key; `IntegrityFailure` when it was wrapped by another installation."""
        return _opened(self._wrapping_key, wrapped, belongs_to=b"client-key")

    def rewrap(self, wrapped: bytes, *, new: Keyring) -> bytes:
        """The same client's key under the new installation key; no sealed value changes."""
        return new.wrap(self.unwrap(wrapped))


def seal(
    client_key: bytes,
    text: str,
    *,
    client_id: UUID | str,
    table: str,
    column: str,
    row_id: UUID | str,
) -> bytes:
    """Encrypt a field's text for its one place in the database."""
    place = _joined(str(client_id), table, column, str(row_id))
    return _sealed(_encrypting_half(client_key), text.encode(), belongs_to=place)


def unseal(
    client_key: bytes,
    sealed: bytes,
    *,
    client_id: UUID | str,
    table: str,
    column: str,
    row_id: UUID | str,
) -> str:
    """The text that was sealed for exactly this place, or `IntegrityFailure`."""
    place = _joined(str(client_id), table, column, str(row_id))
    return _opened(_encrypting_half(client_key), sealed, belongs_to=place).decode()


def blind_index(key: bytes | Keyring, text: str, purpose: str) -> bytes:
    """32 bytes that find an equal text without showing it: a search column beside a sealed one.

    The caller brings the text into one form first (`GB33 BUKB…` and `gb33bukb…` differ). The
    purpose keeps the indexes of two columns apart. The key is none that encrypts.
    """
    if isinstance(key, Keyring):
        key = key.firm_key
    _encrypting_half(key)
    return hmac.new(key[KEY_BYTES:], _joined(purpose, text), hashlib.sha256).digest()


@lru_cache(maxsize=1024)
def key_id(key: bytes) -> bytes:
    """Names a key without telling anything about it; stands in front of all that it sealed."""
    return _derived(key, "key-id", KEY_ID_BYTES)


def file_key(client_key: bytes) -> bytes:
    """The key under which a client's file keys are wrapped; see sealed_files."""
    return _derived(_encrypting_half(client_key), "files", KEY_BYTES)


def seal_key(wrapping_key: bytes, key: bytes, name: str) -> bytes:
    """A file's own key, wrapped for the file of that name."""
    return _sealed(wrapping_key, key, belongs_to=_joined("file", name))


def open_key(wrapping_key: bytes, wrapped: bytes, name: str) -> bytes:
    """The file's own key, or `IntegrityFailure` when it was wrapped for another name."""
    return _opened(wrapping_key, wrapped, belongs_to=_joined("file", name))


def _sealed(key: bytes, plain: bytes, *, belongs_to: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    head = VERSION + key_id(key)
    return head + nonce + AESGCM(key).encrypt(nonce, plain, head + belongs_to)


def _opened(key: bytes, sealed: bytes, *, belongs_to: bytes) -> bytes:
    head, nonce = sealed[:_NONCE_AT], sealed[_NONCE_AT:_BODY_AT]
    if len(sealed) < OVERHEAD_BYTES or head != VERSION + key_id(key):
        raise IntegrityFailure("Sealed by another key, or not sealed at all")
    try:
        return AESGCM(key).decrypt(nonce, sealed[_BODY_AT:], head + belongs_to)
    except InvalidTag:
        raise IntegrityFailure("A sealed value is damaged or not in its own place") from None


def _encrypting_half(client_key: bytes) -> bytes:
    if len(client_key) != CLIENT_KEY_BYTES:
        raise ValueError("This is no client's key; unwrap it first")
    return client_key[:KEY_BYTES]


def _derived(key: bytes, purpose: str, length: int) -> bytes:
    information = b"backoffice/" + purpose.encode()
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=information).derive(key)


def _joined(*parts: str) -> bytes:
    """Each part with its length in front, so that no two lists of parts look alike."""
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)
