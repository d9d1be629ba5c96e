"""The first bytes by which files that are never accepted are known, and named in plain words."""

from __future__ import annotations

import re
from typing import NamedTuple

from backoffice.foundation.language import _

LOOK_BYTES = 1024  # a browser looks this far for HTML, a PDF reader for its mark


class Forbidden(NamedTuple):
    """Why a file is refused."""

    code: str
    message: str


_PROGRAMS = (
    (b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa", b"\xce\xfa\xed\xfe")
    + (b"\xcf\xfa\xed\xfe", b"#!", b"dex\n", b"\x00asm", b"L\x00\x00\x00\x01\x14\x02\x00")
)  # fmt: skip
_ARCHIVES = (
    (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
    + (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"MSCF\0", b"\x1f\x9d")
)  # fmt: skip
_ARCHIVE_EXTENSIONS = (".zip", ".rar", ".7z", ".gz", ".tgz", ".bz2", ".xz", ".tar", ".jar", ".cab")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Office before 2007, and what it embeds
_PAGE = re.compile(rb"<\s*(!doctype\s+html|html|script|iframe)[\s>/]", re.IGNORECASE)
_PAGE_START = re.compile(
    rb"[\s\xef\xbb\xbf]*<\s*(head|body|meta|img|div|style|embed)[\s>/]",
    re.IGNORECASE,
)
_SVG = re.compile(rb"<\s*([a-z0-9]+:)?svg[\s>/]", re.IGNORECASE)
# A part of the public test file for anti-virus programs; no real file holds it.
_TEST_VIRUS = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


def forbidden(head: bytes) -> Forbidden | None:
    """Why a file that begins like this is refused whatever its name, or None."""
    start = head[:LOOK_BYTES]
    if start.startswith(_PROGRAMS) or (start.startswith(b"MZ") and b"\0" in start[:128]):
        return Forbidden("program", _("This is a program. Programs are not accepted."))
    if _TEST_VIRUS in start:
        return Forbidden("virus", _("This file carries a virus, or the mark that tests for one."))
    if _SVG.search(start):
        return Forbidden(
            "web_page",
            _("This is an SVG drawing, which can hold programs. Send it as a PDF or PNG."),
        )
    if _PAGE.search(start) or _PAGE_START.match(start):
        return Forbidden("web_page", _("This is a web page. Print it to a PDF and send that."))
    if is_old_office(head):
        return _old_office(head)
    if head[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1", b"ftypavif"):
        return Forbidden(
            "picture_kind", _("This picture is in a format few programs read. Send it as JPEG.")
        )
    return None


def forbidden_archive(head: bytes) -> Forbidden | None:
    """Why an archive of another kind than zip is refused, or None."""
    if head.startswith(_ARCHIVES) or head[257:262] == b"ustar":
        return Forbidden(
            "archive_kind",
            _("Archives are accepted as zip only. Send the files, or a zip of them."),
        )
    return None


def forbidden_in_archive(head: bytes, name: str) -> Forbidden | None:
    """Why a file inside an archive is refused, or None."""
    if forbidden_archive(head) or name.lower().endswith(_ARCHIVE_EXTENSIONS):
        return Forbidden(
            "archive_nested",
            _("This archive holds another archive. Send the files in a single zip."),
        )
    if name.lower().endswith("vbaproject.bin"):
        return Forbidden("macros", _("This file holds macros. Save it without them and send that."))
    if head.startswith(_OLE):
        return Forbidden(
            "embedded", _("This file has another one embedded in it. Send them apart.")
        )
    return forbidden(head)


def is_old_office(head: bytes) -> bool:
    """Whether it is a compound file: Office before 2007, or newer with a password."""
    return head.startswith(_OLE)


def _old_office(head: bytes) -> Forbidden:
    if "EncryptedPackage".encode("utf-16-le") in head:
        return Forbidden(
            "password_protected",
            _("This file is protected by a password. Save it without one and send that."),
        )
    return Forbidden(
        "old_office",
        _("This file is in an old Office format. Save it as .xlsx, .docx or PDF and send that."),
    )
