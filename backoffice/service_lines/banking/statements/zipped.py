"""The members of a zip of statements, unpacked in memory and never beyond the limits."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from backoffice.foundation.language import _

from .limits import ZIP_UNPACKED_BYTES_MAX
from .zip_safety import check_directory, check_members, refuse_archive, refuse_too_large

# What a Mac and Windows put into an archive beside the files that were meant.
_LITTER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


def members_of(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file in the archive's order; all are checked before the first."""
    check_directory(data)
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        refuse_archive(_("The zip is damaged."))
    with archive:
        members = archive.infolist()
        check_members(members)
        left = ZIP_UNPACKED_BYTES_MAX
        for member in members:
            if member.is_dir() or _is_litter(member.filename):
                continue
            content = _unpacked(archive, member, left)
            left -= len(content)
            yield member.filename, content


def _is_litter(name: str) -> bool:
    return name.startswith(_LITTER[0]) or name.rpartition("/")[2] in _LITTER


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> bytes:
    """The content, stopped at what is left of the limit and at what the member declares."""
    allowed = min(left, member.file_size)
    try:
        with archive.open(member) as stream:
            content = stream.read(allowed + 1)
            complete = not stream.read(1) if len(content) <= allowed else False
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError):
        refuse_archive(_("“%(name)s” in the zip is damaged.", name=member.filename))
    if not complete or len(content) > allowed:
        refuse_too_large()
    return content
