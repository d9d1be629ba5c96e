"""One frozen Settings, read from the environment once; it names all that is wrong at once.

    settings = Settings.from_environment(os.environ)

No secret has a default: `make demo` and commands that start the embedded servers make their
own. What is printed of Settings never holds a secret. Lies beneath all other packages.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

from config.environment import KEY_BYTES, ROLES, Reader, SettingsUnusable

__all__ = ["KEY_BYTES", "ROLES", "Settings", "SettingsUnusable", "expand_key"]

PROJECT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All that differs between installations. Times are seconds, sizes bytes."""

    # Secrets and addresses that may hold one.
    key: bytes = field(repr=False)
    database_url: str = field(repr=False)  # the migrator's login
    role_urls: Mapping[str, str] = field(repr=False)
    redis_url: str | None = field(repr=False)  # None: workers look into the database instead
    storage_url: str = field(repr=False)
    smtp_url: str | None = field(repr=False)  # None: mails wait

    # Who answers where, and in whose name.
    firm_name: str
    firm_country: str
    work_host: str
    portal_host: str
    mail_host: str
    work_port: int
    portal_port: int
    mail_port: int
    web_threads: int
    proxy_hops: int  # how many proxies of ours stand before the apps; 0: believe no X-Forwarded-*
    mail_sender: str

    # Work in the background (RELIABILITY: lease, renewal, relay, polling without Redis).
    lease_seconds: float
    lease_renewal_seconds: float
    relay_seconds: float
    ring_again_seconds: float
    poll_seconds: float
    worker_memory_bytes_max: int

    # Sign-in and uploads.
    session_idle_seconds: float
    session_seconds_max: float
    upload_bytes_max: int
    secure_cookies: bool

    # What only a demonstration may do.
    demo: bool
    business_clock_may_move: bool

    @classmethod
    def from_environment(
        cls, environ: Mapping[str, str] = os.environ, *, serving: bool = False
    ) -> Self:
        """Read every variable; raises SettingsUnusable with all problems at once.

        `serving` is for the processes that people and clients rely on: they also need Redis,
        storage and mail to be named, where a single command can do without.
        """
        read = Reader(environ)
        demo = read.flag("BACKOFFICE_DEMO", default=False)
        required = serving and not demo
        settings = cls(
            key=read.key("BACKOFFICE_KEY"),
            database_url=read.url("DATABASE_URL", required=True, schemes=("postgresql",)) or "",
            role_urls=read.role_urls(),
            redis_url=read.url("REDIS_URL", required=required, schemes=("redis", "rediss", "unix")),
            storage_url=read.url("STORAGE_URL", required=required, schemes=("file", "s3"))
            or (PROJECT / "var/documents").as_uri(),
            smtp_url=read.url("SMTP_URL", required=required, schemes=("smtp", "smtps")),
            firm_name=read.text("BACKOFFICE_FIRM_NAME", default="Back Office"),
            firm_country=read.text("BACKOFFICE_FIRM_COUNTRY", default="GB"),
            work_host=read.text("BACKOFFICE_WORK_HOST", default="work.localhost"),
            portal_host=read.text("BACKOFFICE_PORTAL_HOST", default="portal.localhost"),
            mail_host=read.text("BACKOFFICE_MAIL_HOST", default="mail.localhost"),
            work_port=read.port("BACKOFFICE_WORK_PORT", default=8010),
            portal_port=read.port("BACKOFFICE_PORTAL_PORT", default=8020),
            mail_port=read.port("BACKOFFICE_MAIL_PORT", default=8030),
            web_threads=read.whole("BACKOFFICE_WEB_THREADS", default=8),
            proxy_hops=read.whole("BACKOFFICE_PROXY_HOPS", default=0, maximum=9),
            mail_sender=read.text("BACKOFFICE_MAIL_SENDER", default="backoffice@localhost"),
            lease_seconds=read.seconds("BACKOFFICE_LEASE_SECONDS", default=60),
            lease_renewal_seconds=read.seconds("BACKOFFICE_LEASE_RENEWAL_SECONDS", default=20),
            relay_seconds=read.seconds("BACKOFFICE_RELAY_SECONDS", default=15),
            ring_again_seconds=read.seconds("BACKOFFICE_RING_AGAIN_SECONDS", default=30),
            poll_seconds=read.seconds("BACKOFFICE_POLL_SECONDS", default=5),
            worker_memory_bytes_max=read.whole(
                "BACKOFFICE_WORKER_MEMORY_BYTES_MAX", default=4 * 1024**3
            ),
            session_idle_seconds=read.seconds("BACKOFFICE_SESSION_IDLE_SECONDS", default=30 * 60),
            session_seconds_max=read.seconds("BACKOFFICE_SESSION_SECONDS_MAX", default=12 * 3600),
            upload_bytes_max=read.whole("BACKOFFICE_UPLOAD_BYTES_MAX", default=50 * 1024 * 1024),
            secure_cookies=read.flag("BACKOFFICE_SECURE_COOKIES", default=not demo),
            demo=demo,
            business_clock_may_move=read.flag("BACKOFFICE_CLOCK_MAY_MOVE", default=demo),
        )
        read.less_than_half(
            "BACKOFFICE_LEASE_RENEWAL_SECONDS",
            settings.lease_renewal_seconds,
            of=("BACKOFFICE_LEASE_SECONDS", settings.lease_seconds),
        )
        read.refuse_problems()
        return settings

    def role_url(self, role: str) -> str:
        """The database as one of ROLES: the variable if it is set, else the migrator's address
        with the role's name and its derived password."""
        if role in self.role_urls:
            return self.role_urls[role]
        parts = urlsplit(self.database_url)
        host = parts.netloc.rpartition("@")[2]
        login = f"{role}:{self.derived_password(role)}"
        # An empty host keeps its slashes only when the login is put back before it.
        return parts._replace(netloc=f"{login}@{host}").geturl()

    def role_passwords(self) -> dict[str, str]:
        """What the migrator gives the logins, so that `role_url` of each works."""
        return {role: unquote(urlsplit(self.role_url(role)).password or "") for role in ROLES}

    def derived_password(self, role: str) -> str:
        derived = expand_key(self.key, purpose=f"backoffice settings: database role {role}")
        return base64.urlsafe_b64encode(derived).decode().rstrip("=")

    @property
    def work_address(self) -> str:
        return self.address(self.work_host, self.work_port)

    @property
    def portal_address(self) -> str:
        return self.address(self.portal_host, self.portal_port)

    @property
    def mail_address(self) -> str:
        return self.address(self.mail_host, self.mail_port)

    def address(self, host: str, port: int) -> str:
        """What a person types: with TLS in front of us no port shows."""
        return f"https://{host}" if self.secure_cookies else f"http://{host}:{port}"


def expand_key(key: bytes, *, purpose: str) -> bytes:
    """HKDF-SHA-256 (RFC 5869) without a salt, one block: 32 bytes that tell nothing of `key`."""
    extracted = hmac.digest(bytes(hashlib.sha256().digest_size), key, "sha256")
    return hmac.digest(extracted, purpose.encode() + b"\x01", "sha256")
