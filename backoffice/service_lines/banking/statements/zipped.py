"""The members of a zip of statements, unpacked in memory once the whole archive has been checked.

The checks are those of every upload (`foundation.archives`): sizes, ratio, number, names, links,
overlaps, archives within the archive, whatever the archive says of itself.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO

from backoffice.foundation.archives import UnsafeArchive, look_into
from backoffice.foundation.language import _

from .limits import MIB, ZIP_UNPACKED_BYTES_MAX

# What a Mac and Windows put into an archive beside the files that were meant.
_LITTER_FOLDER = "__MACOSX/"
_LITTER = (".DS_Store", "Thumbs.db", "desktop.ini")


def members_of(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file in the archive's order; all are checked before the first."""
    contents = look_into(BytesIO(data))
    if contents.unpacked > ZIP_UNPACKED_BYTES_MAX:
        raise UnsafeArchive(
            _(
                "The zip unpacks to more than %(megabytes)s MB. Unpack it and upload the "
                "statements themselves.",
                megabytes=ZIP_UNPACKED_BYTES_MAX // MIB,
            ),
            code="archive_too_large",
        )
    with zipfile.ZipFile(BytesIO(data)) as archive:
        for name in contents.names:
            if not _is_litter(name):
                yield name, archive.read(name)


def _is_litter(name: str) -> bool:
    return name.startswith(_LITTER_FOLDER) or name.rpartition("/")[2] in _LITTER
