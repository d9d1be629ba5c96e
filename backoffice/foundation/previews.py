"""A page of a document as a picture, for looking at it without opening the file itself.

    render_page(data, "application/pdf", 2) -> PNG bytes

Drawn by a child process (`preview_child`) that has 512 MB, 20 seconds, no network, no files to
write and no processes to start. What comes out is new pixels only: no link, script or hidden
text of the file. Whatever cannot be drawn safely is refused in a sentence.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import BoundedSemaphore

from backoffice.foundation.errors import BadInput, NotFound, Refused
from backoffice.foundation.language import _
from backoffice.foundation.pdf_look import pages_of

MEDIA_TYPES = frozenset({"application/pdf", "image/jpeg", "image/png", "image/webp", "image/tiff"})
# A page waits and draws within its transaction, which the database ends after 30 silent seconds.
SECONDS_MAX = 24  # the child has 20 of computing; a busy machine gives it part of a core
PNG_BYTES_MAX = 40_000_000
AT_ONCE = BoundedSemaphore(2)  # per process: previews may never take all of its threads
WAIT_SECONDS = 4

_CHILD = "backoffice.foundation.preview_child"
_PROJECT = Path(__file__).resolve().parents[2]


class NoPreview(BadInput):
    """The file is fine to keep, but there is no picture of it."""

    code = "no_preview"


class TooManyAtOnce(Refused):
    """All that may draw are drawing."""

    code = "busy"
    http_status = 503


@dataclass(frozen=True, slots=True)
class Preview:
    """One page as a PNG, and how many pages the document has."""

    png: bytes
    pages: int


def can_be_drawn(media_type: str) -> bool:
    """Whether files of this kind have pages to look at."""
    return media_type in MEDIA_TYPES


def render_page(data: bytes, media_type: str, page: int) -> bytes:
    """The picture of one page, counted from 1."""
    return preview(data, media_type, page).png


def pages_in(data: bytes, media_type: str) -> int:
    """How many pages there are to look at, without drawing one of a PDF."""
    if media_type != "application/pdf":
        return preview(data, media_type, 1).pages
    try:
        return pages_of(BytesIO(data))
    except PermissionError:
        raise _protected() from None
    except ValueError:
        raise _unsafe() from None


def preview(data: bytes, media_type: str, page: int) -> Preview:
    """The same, with the number of pages."""
    if not can_be_drawn(media_type):
        raise NoPreview(_("There is no preview of this kind of file. Open the file instead."))
    if not AT_ONCE.acquire(timeout=WAIT_SECONDS):
        raise TooManyAtOnce(_("Too many previews are being drawn. Try again in a moment."))
    try:
        return _answer(_drawn(data, media_type, page))
    finally:
        AT_ONCE.release()


def _drawn(data: bytes, media_type: str, page: int) -> bytes:
    command = [sys.executable, "-B", "-m", _CHILD, media_type, str(page)]
    environment = {"PYTHONPATH": str(_PROJECT), "PYTHONUTF8": "1"}  # none of our secrets
    try:
        run = subprocess.run(
            command,
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS_MAX,
            cwd="/",
            env=environment,
        )
    except subprocess.TimeoutExpired:
        return b"unsafe\n"
    return run.stdout if run.returncode == 0 else b"unsafe\n"


def _answer(answer: bytes) -> Preview:
    """The child says one word and a number on its first line, then gives the picture."""
    first, _newline, png = answer.partition(b"\n")
    match first.split():
        case [b"pages", count] if png and len(png) <= PNG_BYTES_MAX:
            return Preview(png, int(count))
        case [b"missing"]:
            raise NotFound(_("The document has no such page."))
        case [b"password"]:
            raise _protected()
        case _:
            raise _unsafe()


def _protected() -> NoPreview:
    return NoPreview(_("This PDF is protected by a password, so it cannot be shown."))


def _unsafe() -> NoPreview:
    return NoPreview(_("This file could not be drawn safely. Ask for it in another form."))
