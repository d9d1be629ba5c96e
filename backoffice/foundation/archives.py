"""A look into a zip before anything is unpacked: bombs and traps are refused, nothing is written.

Office files (xlsx, docx, ods) are zips and pass the same look. The directory is not believed:
entries must lie one after the other in the file, and each is unpacked once, in pieces, into
nothing, to see that it is what the directory says.
"""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO, NoReturn

from backoffice.foundation import formatting
from backoffice.foundation.errors import BadInput, TooLarge
from backoffice.foundation.language import _
from backoffice.foundation.signatures import forbidden_in_archive

ENTRIES_MAX = 1_000
UNPACKED_MAX = 200_000_000  # bytes of all entries together
RATIO_MAX = 100  # unpacked to packed; deflate cannot exceed 1,032, office files stay below 50
RATIO_COUNTS_FROM = 64_000  # bytes: a small entry may be all zeros and still do no harm
DIRECTORY_BYTES_MAX = 4_000_000
PIECE_BYTES = 64 * 1024
_END = struct.Struct("<4s4H2LH")  # the "end of central directory" record
_LOCAL = struct.Struct("<4s5H3L2H")  # the header before each entry's data
_ENCRYPTED = 0x1
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in an archive that may be unpacked: its names in order, and the size of it all."""

    names: tuple[str, ...]
    unpacked: int


class UnsafeArchive(BadInput):
    """The archive would harm whoever unpacks it, or cannot be read."""

    code = "archive_unsafe"


def look_into(stream: BinaryIO) -> Contents:
    """The contents of a zip, or a refusal that says in plain words what is wrong with it."""
    _check_end(stream)
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
            _check_directory(entries)
            _check_places(stream, entries, archive.start_dir)
            for entry in entries:
                _check_content(archive, entry)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error):
        _refuse_damaged()
    names = tuple(entry.filename for entry in entries if not entry.is_dir())
    return Contents(names, sum(entry.file_size for entry in entries))


def ends_as_archive(stream: BinaryIO) -> bool:
    """Whether the file, whatever its beginning, can also be opened as a zip."""
    found = _end_record(stream)
    if found is None:
        return False
    position, record = found
    stream.seek(max(0, position - record[5]))
    return stream.read(4) == b"PK\x01\x02" or record[4] == 0


def _check_end(stream: BinaryIO) -> None:
    """One disk, no zip64, nothing after the end: else two readers may see two different zips."""
    found = _end_record(stream)
    if found is None:
        _refuse_damaged()
    position, record = found
    _mark, disk, start_disk, here, total, directory_size, start, comment = record
    size = stream.seek(0, os.SEEK_END)
    if total > ENTRIES_MAX or directory_size > DIRECTORY_BYTES_MAX:
        _refuse_count()
    if disk or start_disk or here != total or position + _END.size + comment != size:
        _refuse_damaged()
    if start + directory_size != position:
        _refuse_damaged()
    if total == 0:
        raise UnsafeArchive(_("There is nothing in this archive."), code="archive_empty")


def _end_record(stream: BinaryIO) -> tuple[int, tuple[int, ...]] | None:
    size = stream.seek(0, os.SEEK_END)
    tail_at = max(0, size - _END.size - 65_535)
    stream.seek(tail_at)
    tail = stream.read()
    found = tail.rfind(b"PK\x05\x06")
    if found < 0 or len(tail) - found < _END.size:
        return None
    return tail_at + found, _END.unpack_from(tail, found)


def _check_directory(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > ENTRIES_MAX:
        _refuse_count()
    for entry in entries:
        _check_name(entry)
        _check_kind(entry)
        if (
            entry.file_size > RATIO_COUNTS_FROM
            and entry.file_size > RATIO_MAX * entry.compress_size
        ):
            raise _bomb()
    if sum(entry.file_size for entry in entries) > UNPACKED_MAX:
        raise TooLarge(
            _(
                "Unpacked, this archive is larger than %(limit)s, the most that is accepted.",
                limit=formatting.file_size(UNPACKED_MAX),
            ),
            code="archive_too_large",
        )
    if len({entry.filename.casefold() for entry in entries}) < len(entries):
        raise UnsafeArchive(
            _("Two files in this archive have the same name."), code="archive_names"
        )


def _check_name(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename  # as written; `filename` is already cut at a NUL
    parts = name.replace("\\", "/").split("/")
    if (
        ".." in parts
        or name.startswith(("/", "\\"))
        or ":" in parts[0]
        or any(ord(sign) < 32 for sign in name)
        or not name.strip("/")
    ):
        raise UnsafeArchive(
            _("A file in this archive has a name that leads out of its folder."),
            code="archive_names",
        )


def _check_kind(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & _ENCRYPTED:
        raise UnsafeArchive(
            _("This archive is protected by a password. Send it without one."),
            code="password_protected",
        )
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise UnsafeArchive(
            _("This archive holds links or devices, not only files."), code="archive_links"
        )
    if entry.compress_type not in _METHODS:
        raise UnsafeArchive(
            _("This archive is packed in an unusual way. Make it anew as an ordinary zip."),
            code="archive_method",
        )


def _check_places(stream: BinaryIO, entries: list[zipfile.ZipInfo], directory_at: int) -> None:
    """Entries lie one after another from the first byte on: none shares another's bytes."""
    spans = sorted(_span(stream, entry) for entry in entries)
    if spans[0][0] != 0 or spans[-1][1] > directory_at:
        _refuse_damaged()
    if any(end > start for (_start, end), (start, _end) in pairwise(spans)):
        raise _bomb()


def _span(stream: BinaryIO, entry: zipfile.ZipInfo) -> tuple[int, int]:
    stream.seek(entry.header_offset)
    header = _LOCAL.unpack(stream.read(_LOCAL.size))
    if header[0] != b"PK\x03\x04" or header[2] & _ENCRYPTED != entry.flag_bits & _ENCRYPTED:
        _refuse_damaged()
    data_at = entry.header_offset + _LOCAL.size + header[9] + header[10]
    return entry.header_offset, data_at + entry.compress_size


def _check_content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Unpack once into nothing; zipfile stops at the declared size and compares the checksum."""
    with archive.open(entry) as content:
        head = content.read(PIECE_BYTES)
        forbidden = forbidden_in_archive(head, entry.filename)
        if forbidden is not None:
            raise UnsafeArchive(forbidden.message, code=forbidden.code)
        size = len(head)
        while piece := content.read(PIECE_BYTES):
            size += len(piece)
    if size != entry.file_size:
        _refuse_damaged()


def _bomb() -> UnsafeArchive:
    return UnsafeArchive(
        _("Unpacked, this archive would be far larger than it looks. It was not unpacked."),
        code="archive_bomb",
    )


def _refuse_count() -> NoReturn:
    raise UnsafeArchive(
        _(
            "This archive holds more than %(limit)s files. Send it in parts.",
            limit=formatting.count(ENTRIES_MAX),
        ),
        code="archive_entries",
    )


def _refuse_damaged() -> NoReturn:
    raise UnsafeArchive(
        _("This archive is damaged. Make it anew and send it again."), code="archive_damaged"
    )
