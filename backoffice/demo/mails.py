"""The mails that the demonstration caught: one file each, the newest MAILS_KEPT of them.

They hold sign-in links of people who do not exist; outside the demonstration nothing is caught.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from uuid import UUID

from backoffice.foundation.ids import new_id

MAILS_KEPT = 500
NAME = re.compile(r"[0-9a-f-]{36}")
TAGS = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True)
class CaughtMail:
    """One mail, its text as a person reads it. `name` is its address in the list."""

    name: str
    caught_at: datetime
    sender: str
    recipients: str
    subject: str
    text: str
    attachments: tuple[str, ...]


def catch(folder: Path, content: bytes) -> str:
    """Keep a mail, whole or not at all; the oldest beyond MAILS_KEPT go. Answers its name."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = str(new_id())  # grows with time, so names sort by arrival
    being_written = folder / f"{name}.new"
    being_written.touch(mode=0o600)
    being_written.write_bytes(content)
    being_written.rename(folder / f"{name}.eml")
    for old in files(folder)[MAILS_KEPT:]:
        old.unlink(missing_ok=True)
    return name


def caught(folder: Path) -> Iterator[CaughtMail]:
    """The mails, newest first."""
    for file in files(folder):
        yield read(file)


def find(folder: Path, name: str) -> CaughtMail | None:
    """The mail of that name; a name from a URL is nobody's path."""
    file = folder / f"{name}.eml"
    return read(file) if NAME.fullmatch(name) and file.exists() else None


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.eml"), reverse=True)


def read(file: Path) -> CaughtMail:
    message = message_from_bytes(file.read_bytes(), policy=default)
    return CaughtMail(
        name=file.stem,
        caught_at=moment_of(file.stem),
        sender=str(message["From"] or ""),
        recipients=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        text=text_of(message),
        attachments=tuple(part.get_filename("") for part in message.iter_attachments()),
    )


def text_of(message: EmailMessage) -> str:
    """The plain part; of a mail that has only HTML, its words."""
    body = message.get_body(("plain", "html"))
    if body is None:
        return ""
    content = str(body.get_content())
    is_html = body.get_content_subtype() == "html"
    return TAGS.sub("", content).strip() if is_html else content


def moment_of(name: str) -> datetime:
    """A UUIDv7 begins with the milliseconds since 1970."""
    return datetime.fromtimestamp((UUID(name).int >> 80) / 1000, UTC)
