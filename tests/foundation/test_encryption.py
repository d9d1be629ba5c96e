"""Encryption: what is sealed opens in its own place and nowhere else."""

from __future__ import annotations

import copy
import json
import logging
import pickle
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.foundation.encryption import (
    CLIENT_KEY_BYTES,
    Keyring,
    blind_index,
    key_id,
    seal,
    unseal,
)
from backoffice.foundation.errors import IntegrityFailure
from backoffice.foundation.secret import Secret, mask_last4

KEYRING = Keyring(b"installation key of the tests..." * 2)
CLIENT_KEY = KEYRING.unwrap(KEYRING.new_client_key())
ACORN = UUID("01920000-0000-7000-8000-000000000001")
BIRCH = UUID("01920000-0000-7000-8000-000000000002")
ROW = UUID("01920000-0000-7000-8000-00000000000a")
PLACE = {"client_id": ACORN, "table": "bank_account", "column": "number", "row_id": ROW}
IBAN = "GB33BUKB20201555555555"


@given(st.text())
def test_what_is_sealed_opens_again(text: str) -> None:
    assert unseal(CLIENT_KEY, seal(CLIENT_KEY, text, **PLACE), **PLACE) == text


def test_the_sealed_bytes_show_nothing_and_differ_each_time() -> None:
    first, second = seal(CLIENT_KEY, IBAN, **PLACE), seal(CLIENT_KEY, IBAN, **PLACE)
    assert IBAN.encode() not in first
    assert first != second
    assert len(first) == 1 + 4 + 12 + len(IBAN) + 16
    assert first[:5] == second[:5] == b"\x01" + key_id(CLIENT_KEY[:32])


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"client_id": BIRCH},
        {"table": "employee"},
        {"column": "tax_id"},
        {"row_id": BIRCH},
        {"table": "bank_accountn", "column": "umber"},
    ],
)
def test_a_value_copied_to_another_place_does_not_open(elsewhere: dict[str, object]) -> None:
    sealed = seal(CLIENT_KEY, IBAN, **PLACE)
    with pytest.raises(IntegrityFailure):
        unseal(CLIENT_KEY, sealed, **{**PLACE, **elsewhere})


def test_no_bit_can_be_changed_and_no_byte_cut() -> None:
    sealed = seal(CLIENT_KEY, IBAN, **PLACE)
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(IntegrityFailure):
            unseal(CLIENT_KEY, bytes(changed), **PLACE)
        with pytest.raises(IntegrityFailure):
            unseal(CLIENT_KEY, sealed[:position], **PLACE)


@given(st.binary(max_size=200))
def test_bytes_from_elsewhere_fail_as_one_kind_of_failure(noise: bytes) -> None:
    with pytest.raises(IntegrityFailure):
        unseal(CLIENT_KEY, noise, **PLACE)
    with pytest.raises(IntegrityFailure):
        KEYRING.unwrap(noise)


def test_another_clients_key_does_not_open_it() -> None:
    other = KEYRING.unwrap(KEYRING.new_client_key())
    with pytest.raises(IntegrityFailure):
        unseal(other, seal(CLIENT_KEY, IBAN, **PLACE), **PLACE)


def test_a_clients_key_is_random_and_stored_wrapped_only() -> None:
    wrapped = KEYRING.new_client_key()
    key = KEYRING.unwrap(wrapped)
    assert len(key) == CLIENT_KEY_BYTES
    assert key[:32] not in wrapped
    assert key[32:] not in wrapped
    assert key != CLIENT_KEY


def test_rewrapping_changes_the_wrapping_and_nothing_else() -> None:
    new = Keyring(b"the installation's next key, just as long")
    before = KEYRING.new_client_key()
    sealed = seal(KEYRING.unwrap(before), IBAN, **PLACE)
    after = KEYRING.rewrap(before, new=new)
    assert unseal(new.unwrap(after), sealed, **PLACE) == IBAN
    with pytest.raises(IntegrityFailure):
        KEYRING.unwrap(after)
    with pytest.raises(IntegrityFailure):
        new.unwrap(before)


def test_a_blind_index_finds_equals_within_one_purpose_and_one_client() -> None:
    other = KEYRING.unwrap(KEYRING.new_client_key())
    index = blind_index(CLIENT_KEY, IBAN, "bank-number")
    assert index == blind_index(CLIENT_KEY, IBAN, "bank-number")
    assert len(index) == 32
    different = {
        blind_index(CLIENT_KEY, IBAN + "6", "bank-number"),
        blind_index(CLIENT_KEY, IBAN, "tax-id"),
        blind_index(CLIENT_KEY, "number" + IBAN, "bank-"),
        blind_index(other, IBAN, "bank-number"),
        blind_index(KEYRING, IBAN, "bank-number"),
        index,
    }
    assert len(different) == 6


def test_the_index_key_does_not_encrypt_and_the_encrypting_key_does_not_index() -> None:
    swapped = CLIENT_KEY[32:] + CLIENT_KEY[:32]
    assert blind_index(swapped, IBAN, "n") != blind_index(CLIENT_KEY, IBAN, "n")
    same_index_half = bytes(32) + CLIENT_KEY[32:]
    assert blind_index(same_index_half, IBAN, "n") == blind_index(CLIENT_KEY, IBAN, "n")


def test_each_purpose_has_its_own_key() -> None:
    assert KEYRING.derive("audit") == Keyring(KEYRING._master_key).derive("audit")
    assert len({KEYRING.derive(p) for p in ("audit", "cookies/portal", "client-keys")}) == 3
    assert KEYRING.derive("audit", 64)[:32] == KEYRING.derive("audit")
    assert KEYRING.firm_key not in (CLIENT_KEY, Keyring(bytes(32)).firm_key)


def test_keys_of_the_wrong_length_are_a_mistake_of_the_programmer() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Keyring(b"short")
    with pytest.raises(ValueError, match="unwrap it first"):
        seal(KEYRING.new_client_key(), IBAN, **PLACE)


def test_a_secret_shows_itself_to_nobody_but_the_one_who_asks() -> None:
    secret = Secret(IBAN)
    shown = [repr(secret), str(secret), f"{secret}", f"{secret:>30}", f"{secret!r:>30}"]
    shown += [repr({"iban": secret}), repr([secret]), logging.makeLogRecord({"msg": secret}).msg]
    assert not any(IBAN in str(text) for text in shown)
    assert secret.reveal() == IBAN
    assert secret == Secret(IBAN)
    assert secret != Secret("other")
    assert secret != IBAN
    for escape in (pickle.dumps, copy.copy, copy.deepcopy, json.dumps):
        with pytest.raises(TypeError):
            escape(secret)
    assert not hasattr(secret, "__dict__")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (IBAN, "•••• 5555"),
        ("12 34 56 78", "•••• 678"),
        ("123456789", "•••• 6789"),
        ("1234", "•••• 4"),
        ("12", "••••"),
        ("", "••••"),
    ],
)
def test_a_masked_number_shows_its_last_four_at_most(text: str, masked: str) -> None:
    assert mask_last4(text) == masked
