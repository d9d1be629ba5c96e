"""Texts of the bank brought into one form: words, names of counterparties, numbers of accounts."""

from __future__ import annotations

import re
import unicodedata

from backoffice.service_lines.banking.rules import direction_of

_WORDS = re.compile(r"[^\W_]+")
_NOT_IN_NUMBERS = re.compile(r"[^A-Z0-9]")

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


def real_reference(reference: str | None) -> str | None:
    """The bank's reference, or nothing where it only says that there is none."""
    if reference is None:
        return None
    plain = "".join(words_of(reference))
    return None if not plain or plain in _NO_REFERENCE else reference
