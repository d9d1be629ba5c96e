"""What a line is known by, whatever file it comes in and in whatever order.

With a reference of the bank it is that, the day and the amount; else the day, the amount and
every word of the line. Lines alike in all of this are told apart by their occurrence: the first,
the second … of its kind among the lines of one day. Files that overlap hold whole days, so the
n-th of a kind is the same line in each; real twins in one file are two lines and stay two.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from backoffice.service_lines.banking.rules.words import real_reference, words_of

FINGERPRINT_BYTES = 16


def fingerprint(
    *,
    booked_on: date,
    amount_minor: int,
    currency: str,
    bank_reference: str | None,
    counterparty: str | None,
    reference: str | None,
    text: str,
) -> bytes:
    """Sixteen bytes that equal lines share."""
    known_by = real_reference(bank_reference)
    if known_by is not None:
        words = ["bank", *words_of(known_by)]
    else:
        words = ["text", *words_of(counterparty), "/", *words_of(reference), "/", *words_of(text)]
    said = f"{booked_on.isoformat()} {amount_minor} {currency} {' '.join(words)}"
    return hashlib.blake2b(said.encode(), digest_size=FINGERPRINT_BYTES).digest()


def occurrences(
    fingerprints: Iterable[bytes], after: Mapping[bytes, int] | None = None
) -> list[int]:
    """For each line of one statement, the how-manieth of its kind it is.

    `after` counts those that stood on the same day in the statements before it.
    """
    seen = Counter(after or {})
    numbers = []
    for one in fingerprints:
        seen[one] += 1
        numbers.append(seen[one])
    return numbers
