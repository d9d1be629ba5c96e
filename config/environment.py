"""Reads environment variables one by one and remembers what was wrong with each."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import urlsplit

KEY_BYTES = 32
ROLES = ("portal", "workbench", "worker")


class SettingsUnusable(Exception):
    """Variables are missing or cannot be read; the message has one line for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Reader:
    """After a problem it answers with something of the right type: `refuse_problems` comes before
    anybody can use it. No problem repeats a value, which may be a secret in the wrong place.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []

    def refuse_problems(self) -> None:
        if self.problems:
            raise SettingsUnusable(self.problems)

    def value(self, name: str) -> str:
        """The variable without surrounding space; empty counts as unset, as in compose files."""
        return self.environ.get(name, "").strip()

    def key(self, name: str) -> bytes:
        found = self.value(name)
        if not found:
            self.problems.append(
                f"{name} is missing: {KEY_BYTES} random bytes in base64,"
                f" as 'openssl rand -base64 {KEY_BYTES}' prints them."
            )
            return bytes(KEY_BYTES)
        try:
            key = base64.b64decode(found, validate=True)
        except binascii.Error:
            key = b""
        if len(key) != KEY_BYTES:
            self.problems.append(f"{name} is not {KEY_BYTES} bytes in base64.")
        return key

    def url(self, name: str, *, required: bool, schemes: tuple[str, ...]) -> str | None:
        found = self.value(name)
        expected = " or ".join(f"{scheme}://" for scheme in schemes)
        if not found:
            if required:
                self.problems.append(f"{name} is missing: an address that begins with {expected}.")
            return None
        try:
            scheme = urlsplit(found).scheme.partition("+")[0]
        except ValueError:
            scheme = ""
        if scheme not in schemes:
            self.problems.append(f"{name} is not an address that begins with {expected}.")
        return found

    def role_urls(self) -> dict[str, str]:
        found = {
            role: self.url(f"DATABASE_URL_{role.upper()}", required=False, schemes=("postgresql",))
            for role in ROLES
        }
        return {role: url for role, url in found.items() if url}

    def text(self, name: str, *, default: str) -> str:
        return self.value(name) or default

    def flag(self, name: str, *, default: bool) -> bool:
        found = self.value(name).lower()
        if found not in {"", "0", "1", "true", "false"}:
            self.problems.append(f"{name} is neither 1 nor 0.")
        return default if not found else found in {"1", "true"}

    def whole(self, name: str, *, default: int, maximum: int = 2**40) -> int:
        found = self.value(name)
        if not found:
            return default
        if not (found.isascii() and found.isdigit() and 0 < int(found) <= maximum):
            self.problems.append(f"{name} is not a whole number from 1 to {maximum}.")
            return default
        return int(found)

    def port(self, name: str, *, default: int) -> int:
        return self.whole(name, default=default, maximum=65535)

    def seconds(self, name: str, *, default: float) -> float:
        found = self.value(name)
        if not found:
            return default
        try:
            seconds = float(found)
        except ValueError:
            seconds = 0
        if not 0 < seconds < 10**9:
            self.problems.append(f"{name} is not a number of seconds above 0.")
            return default
        return seconds

    def less_than_half(self, name: str, value: float, *, of: tuple[str, float]) -> None:
        """A lease that is renewed once in its time dies of one lost renewal."""
        whole_name, whole = of
        if value * 2 > whole:
            self.problems.append(f"{name} is more than half of {whole_name}.")
