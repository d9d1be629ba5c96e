"""What states a document may be in, and the limits of what is kept."""

from __future__ import annotations

DOCUMENT_STATES = ("checking", "kept", "held", "refused")

# Ten gigabytes: a busy shop's receipts for some twenty years.
QUOTA_BYTES = 10 * 1024**3

# The first bytes are enough to tell what kind of file it is.
HEAD_BYTES = 64 * 1024

REQUEST_KEY_CHARACTERS_MAX = 100

# Harmless, and worth keeping although they cannot be used yet: somebody may ask for the password.
# Every other file that the content check refuses is not kept at all.
HELD_CODES = {
    "password_protected": "application/pdf",
    "pdf_damaged": "application/pdf",
    "pdf_too_long": "application/pdf",
}


def words_are_in(words: str | None, name: str) -> bool:
    """Whether a file's name has all of these words, whatever their case."""
    wanted = (words or "").casefold().split()
    return bool(wanted) and all(word in name.casefold() for word in wanted)
