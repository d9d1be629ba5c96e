"""Texts of the bank brought into one form: words, names of counterparties, numbers of accounts."""

from __future__ import annotations

import re
import unicodedata

from backoffice.service_lines.banking.rules import direction_of

_WORDS = re.compile(r"[^\W_]+")
_NOT_IN_NUMBERS = re.compile(r"[^A-Z0-9]")

# Letters of a country, two digits, then groups; what only looks so fails the check digits.
_LIKE_AN_IBAN = re.compile(
    r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b", re.IGNORECASE
)
_IBAN_LENGTHS = range(15, 35)
_IBAN_REMAINDER = 1  # ISO 13616: the number, its first four characters last, modulo 97

KEY_CHARACTERS_MAX = 80
KEY_WORDS_MAX = 6
LAST_SHOWN = 4

# What banks write where they have no reference to give.
_NO_REFERENCE = {
    "nonref", "notprovided", "none", "na", "noref", "noreference", "unknown", "0", "00", "000",
}  # fmt: skip


def words_of(text: str | None) -> list[str]:
    """The words of a text in lower case, without marks: `Saltmarsh Glass Ltd.` → three words."""
    if not text:
        return []
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _WORDS.findall(text.casefold())


def counterparty_key(counterparty: str | None, text: str, amount_minor: int) -> str:
    """What a counterparty is known by in the history of codings.

    Words with digits are left out: card numbers, dates and references change from line to line.
    Without a named counterparty the first words of the text stand for it. Money that came and
    money that went are known apart: a bank's interest says nothing about its charges.
    """
    words = [word for word in words_of(counterparty or text) if not any(map(str.isdigit, word))]
    if not words:
        return ""
    return " ".join([direction_of(amount_minor), *words[:KEY_WORDS_MAX]])[:KEY_CHARACTERS_MAX]


def account_number(text: str) -> str:
    """A number of a bank account in the one form in which it is sealed and looked up."""
    return _NOT_IN_NUMBERS.sub("", text.upper())


def last_four(number: str) -> str:
    """The characters that may be shown."""
    return number[-LAST_SHOWN:]


def without_numbers(text: str) -> str:
    """A text in which each IBAN is its last four characters: the number is kept sealed, or in the
    file, and nowhere in clear."""
    return _LIKE_AN_IBAN.sub(_masked, text)


def _masked(found: re.Match[str]) -> str:
    """The match with its IBAN masked; a word that follows one looks like a group of it."""
    text = found[0]
    ends = [len(text), *(place for place in range(len(text) - 1, 0, -1) if text[place] == " ")]
    for end in ends:
        number = account_number(text[:end])
        if _is_iban(number):
            return f"··{last_four(number)}{text[end:]}"
    return text


def _is_iban(number: str) -> bool:
    if len(number) not in _IBAN_LENGTHS:
        return False
    digits = "".join(str(int(sign, 36)) for sign in number[4:] + number[:4])
    return int(digits) % 97 == _IBAN_REMAINDER


def real_reference(reference: str | None) -> str | None:
    """The bank's reference, or nothing where it only says that there is none."""
    if reference is None:
        return None
    plain = "".join(words_of(reference))
    return None if not plain or plain in _NO_REFERENCE else reference
