"""What follows from a client's country, and how its short name is made."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

SLUG_LENGTH_MAX = 40
LEGAL_FORMS = frozenset(
    ["ltd", "limited", "llp", "llc", "plc", "inc", "corp", "corporation", "co", "company"]
    + ["pt", "cv", "tbk", "gmbh", "ag", "bv", "sa", "sarl", "srl", "pty"]
)


@dataclass(frozen=True)
class Customary:
    """What is usual in a country, offered when a client is added."""

    currency: str
    zone: str
    fiscal_year_start: str  # MM-DD


# The fiscal years of companies: most British ones end with March, the others with December.
CUSTOMARY = {
    "GB": Customary("GBP", "Europe/London", "04-01"),
    "US": Customary("USD", "America/New_York", "01-01"),
    "ID": Customary("IDR", "Asia/Jakarta", "01-01"),
}


def slug_words(name: str) -> list[str]:
    """The words of a name that a slug is made of: plain letters, no legal form."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    return [word for word in words if word not in LEGAL_FORMS] or words or ["client"]


def slug_candidates(name: str) -> list[str]:
    """Slugs to try in this order: `acorn`, `acorn-joinery`, `acorn-joinery-2` and so on."""
    words = slug_words(name)
    longer = ["-".join(words[:count]) for count in range(1, len(words) + 1)]
    numbered = [f"{longer[-1][: SLUG_LENGTH_MAX - 4]}-{number}" for number in range(2, 100)]
    return [slug[:SLUG_LENGTH_MAX].strip("-") for slug in longer] + numbered


def is_slug(text: str) -> bool:
    return len(text) <= SLUG_LENGTH_MAX and bool(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text))


def name_key(name: str) -> str:
    """What names are sorted and found by, whatever the database's collation."""
    return unicodedata.normalize("NFKC", name).casefold().strip()


def email_key(email: str) -> str:
    """The one form of an address of mail by which an account is found."""
    return unicodedata.normalize("NFKC", email).strip().casefold()
