"""What an uploaded file really is, decided by its content; its name only has to agree.

`examine` names the kind of an accepted file and refuses every other with a sentence that says
what to send instead. Nothing is unpacked, decoded or run on the way. Files are sent out later
as attachments only, so no kind is ever shown as a page of ours.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass
from typing import BinaryIO

from backoffice.foundation import formatting
from backoffice.foundation.archives import ends_as_archive, look_into
from backoffice.foundation.errors import BadInput, Refused, TooLarge
from backoffice.foundation.file_names import display_name, extension_of
from backoffice.foundation.images import check_image
from backoffice.foundation.language import _
from backoffice.foundation.pdf_look import PAGES_MAX, pages_of
from backoffice.foundation.signatures import forbidden, forbidden_archive, is_old_office
from backoffice.foundation.text_kinds import text_kind

HEAD_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that is accepted: its media type, the names it may bear, its largest size."""

    name: str
    media_type: str
    extensions: tuple[str, ...]
    size_max: int


@dataclass(frozen=True, slots=True)
class Examined:
    """An accepted file: `kind` is a name in KINDS, `file_name` is safe to show and to send."""

    kind: str
    media_type: str
    file_name: str
    size: int


_MB = 1_000_000
_PICTURE_NAMES = (".jpg", ".jpeg", ".jpe", ".png", ".webp", ".tif", ".tiff")
# Banks name their statements as they please, from .txt to .053; text is told apart by content.
_BANK_NAMES: tuple[str, ...] = (
    ".txt", ".dat", ".sta", ".swi", ".mt940", ".mt942", ".940", ".942", ".stm", ".mta", ".out",
    ".ofx", ".qfx", ".qbo", ".sgml", ".xml", ".camt", ".052", ".053", ".054",
)  # fmt: skip
_OPEN_XML = "application/vnd.openxmlformats-officedocument."

KINDS = {
    kind.name: kind
    for kind in (
        Kind("pdf", "application/pdf", (".pdf",), 25 * _MB),
        Kind("jpeg", "image/jpeg", _PICTURE_NAMES, 25 * _MB),
        Kind("png", "image/png", _PICTURE_NAMES, 25 * _MB),
        Kind("webp", "image/webp", _PICTURE_NAMES, 25 * _MB),
        Kind("tiff", "image/tiff", _PICTURE_NAMES, 25 * _MB),
        Kind("xlsx", _OPEN_XML + "spreadsheetml.sheet", (".xlsx",), 25 * _MB),
        Kind("docx", _OPEN_XML + "wordprocessingml.document", (".docx",), 25 * _MB),
        Kind("ods", "application/vnd.oasis.opendocument.spreadsheet", (".ods",), 25 * _MB),
        Kind("odt", "application/vnd.oasis.opendocument.text", (".odt",), 25 * _MB),
        Kind("zip", "application/zip", (".zip",), 25 * _MB),
        Kind("xml", "application/xml", _BANK_NAMES, 50 * _MB),
        Kind("ofx", "application/x-ofx", _BANK_NAMES, 50 * _MB),
        Kind("mt940", "text/plain", _BANK_NAMES, 50 * _MB),
        Kind("text", "text/plain", (*_BANK_NAMES, ".csv", ".tsv", ".md", ".qif"), 50 * _MB),
    )
}
STATEMENT_KINDS = frozenset({"xml", "ofx", "mt940", "text", "zip"})
_PICTURES = {
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpeg",
    b"II*\x00": "tiff",
    b"MM\x00*": "tiff",
}


def examine(
    stream: BinaryIO, file_name: str | None, *, allowed: Collection[str] = KINDS.keys()
) -> Examined:
    """What the file is; `BadInput` or `TooLarge` when it is not accepted.

    The stream must be seekable, and stands at its start afterwards.
    """
    name = display_name(file_name)
    size = stream.seek(0, os.SEEK_END)
    try:
        kind = KINDS[_kind_of(stream, size)]
        _check_limits(kind, size, allowed)
        name = _agreeing_name(name, kind)
        _check_inside(kind.name, stream)
    except Refused as refusal:
        raise refusal.at(file=name) from None
    finally:
        stream.seek(0)
    return Examined(kind.name, kind.media_type, name, size)


def _kind_of(stream: BinaryIO, size: int) -> str:
    if size == 0:
        raise BadInput(_("This file is empty."), code="file_empty")
    _check_size(size, max(kind.size_max for kind in KINDS.values()))
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    if head.startswith(b"PK\x03\x04"):
        return _zip_kind(stream)
    if is_old_office(head):
        head += stream.read()  # what gives a password away may stand anywhere in these
    refused = forbidden(head) or forbidden_archive(head)
    if refused is not None:
        raise BadInput(refused.message, code=refused.code)
    return _picture_or_pdf(head) or text_kind(stream) or _refuse_unknown(head)


def _picture_or_pdf(head: bytes) -> str | None:
    if head.startswith(b"%PDF-"):
        return "pdf"
    if b"%PDF-" in head[:1024]:
        raise _two_kinds()
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    return next((kind for mark, kind in _PICTURES.items() if head.startswith(mark)), None)


def _zip_kind(stream: BinaryIO) -> str:
    names = look_into(stream).names
    if "[Content_Types].xml" in names:
        if "xl/workbook.xml" in names:
            return "xlsx"
        if "word/document.xml" in names:
            return "docx"
        return _refuse_unknown(b"")
    if "mimetype" in names and "content.xml" in names:
        return _open_document_kind(stream)
    return "zip"


def _open_document_kind(stream: BinaryIO) -> str:
    # An OpenDocument file says its type uncompressed, as the first entry.
    stream.seek(0)
    head = stream.read(200)
    for kind in ("ods", "odt"):
        if KINDS[kind].media_type.encode() in head:
            return kind
    return _refuse_unknown(b"")


def _check_limits(kind: Kind, size: int, allowed: Collection[str]) -> None:
    if kind.name not in allowed:
        raise BadInput(
            _(
                "This kind of file is not of use here. Accepted are: %(kinds)s.",
                kinds=_listed(allowed),
            ),
            code="kind_not_accepted",
        )
    _check_size(size, kind.size_max)


def _check_size(size: int, size_max: int) -> None:
    if size > size_max:
        limit = formatting.file_size(size_max)
        raise TooLarge(
            _("This file is larger than %(limit)s, the most that is accepted.", limit=limit)
        )


def _agreeing_name(name: str, kind: Kind) -> str:
    """The name, given the kind's extension where it has none; one that contradicts is refused."""
    extension = extension_of(name)
    if not extension:
        return f"{name}{kind.extensions[0]}"
    if extension in kind.extensions or extension not in _KNOWN_EXTENSIONS:
        return name
    raise BadInput(
        _(
            "This file is named %(extension)s but its content is %(kind)s. "
            "Rename it if it is the right one, and send it again.",
            extension=extension,
            kind=_called(kind.name),
        ),
        code="name_contradicts_content",
    )


def _check_inside(kind: str, stream: BinaryIO) -> None:
    if kind in ("png", "jpeg", "webp", "tiff", "pdf") and ends_as_archive(stream):
        raise _two_kinds()
    if kind == "pdf":
        _check_pdf(stream)
    elif kind in ("png", "jpeg", "webp", "tiff"):
        check_image(stream)


def _check_pdf(stream: BinaryIO) -> None:
    try:
        pages = pages_of(stream)
    except PermissionError:
        message = _("This PDF is protected by a password. Save it without one and send that.")
        raise BadInput(message, code="password_protected") from None
    except ValueError:
        message = _("This PDF is damaged. Save or scan it again and send that.")
        raise BadInput(message, code="pdf_damaged") from None
    if pages > PAGES_MAX:
        limit = formatting.count(PAGES_MAX)
        raise BadInput(
            _("This PDF has more than %(limit)s pages. Send it in parts.", limit=limit),
            code="pdf_too_long",
        )


def _refuse_unknown(head: bytes) -> str:
    raise BadInput(
        _(
            "This kind of file is not accepted%(described)s. Accepted are: %(kinds)s.",
            described=_described(head),
            kinds=_listed(KINDS),
        ),
        code="kind_not_accepted",
    )


def _described(head: bytes) -> str:
    """What libmagic takes the file for, in brackets, where it knows."""
    if not head:
        return ""
    # Imported late: needed for this one sentence only, and it loads a system library.
    import magic

    description = str(magic.from_buffer(head)).split(",")[0][:60]
    return "" if description == "data" else f" ({description})"


def _two_kinds() -> BadInput:
    return BadInput(
        _("This file pretends to be two kinds of file at once. Save it anew and send that."),
        code="two_kinds_at_once",
    )


def _called(kind: str) -> str:
    """A kind of file as people call it."""
    return {
        "pdf": _("a PDF"),
        "jpeg": _("a JPEG picture"),
        "png": _("a PNG picture"),
        "webp": _("a WebP picture"),
        "tiff": _("a TIFF picture"),
        "xlsx": _("an Excel sheet"),
        "docx": _("a Word document"),
        "ods": _("an OpenDocument sheet"),
        "odt": _("an OpenDocument text"),
        "zip": _("a zip"),
        "xml": _("an XML file"),
        "ofx": _("an OFX statement"),
        "mt940": _("an MT940 statement"),
        "text": _("a text or CSV file"),
    }[kind]


def _listed(kinds: Collection[str]) -> str:
    return formatting.listed([_called(kind) for kind in KINDS if kind in kinds])


_KNOWN_EXTENSIONS = {name for kind in KINDS.values() for name in kind.extensions} | {
    ".exe", ".com", ".bat", ".cmd", ".js", ".vbs", ".ps1", ".sh", ".msi", ".scr", ".jar", ".html",
    ".htm", ".xhtml", ".svg", ".hta", ".php", ".lnk", ".xls", ".doc", ".xlsm", ".docm", ".gif",
    ".heic", ".rar", ".7z", ".gz", ".tar",
}  # fmt: skip
