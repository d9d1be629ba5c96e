"""What a zip may be before a byte of it is unpacked.

Nothing that the archive says of itself is trusted: sizes are checked again while unpacking
(`zipped`), and members may neither overlap nor lead outside.
"""

from __future__ import annotations

import re
import stat
import struct
import zipfile
from typing import NoReturn

from backoffice.foundation.language import _

from .limits import (
    ZIP_DIRECTORY_BYTES_MAX,
    ZIP_MEMBERS_MAX,
    ZIP_RATIO_FROM_BYTES,
    ZIP_RATIO_MAX,
    ZIP_UNPACKED_BYTES_MAX,
)
from .refusals import UnsafeArchive, shown

_END_RECORD = b"PK\x05\x06"
_END_RECORD_FORMAT = struct.Struct("<4s4H2LH")
_END_SEARCH_BYTES = 65_535 + _END_RECORD_FORMAT.size  # the longest comment behind it
_LOCAL_HEADER_BYTES = 30  # without the name, which is counted apart
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_LEADS_OUTSIDE = re.compile(r"^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)|[\x00-\x1f]")


def check_directory(data: bytes) -> None:
    """Refuse an archive with too many members before they are listed, which takes memory too."""
    at = data.rfind(_END_RECORD, max(0, len(data) - _END_SEARCH_BYTES))
    if at < 0 or at + _END_RECORD_FORMAT.size > len(data):
        refuse_archive(_("The zip has no directory: it has been cut off."))
    *_disks, members, directory_bytes, _start, _comment = _END_RECORD_FORMAT.unpack_from(data, at)
    if members > ZIP_MEMBERS_MAX or directory_bytes > ZIP_DIRECTORY_BYTES_MAX:
        refuse_archive(_("The zip holds more than %(members)s files.", members=ZIP_MEMBERS_MAX))


def check_members(members: list[zipfile.ZipInfo]) -> None:
    """Refuse names that lead outside, links, encryption, overlaps and bombs."""
    if len(members) > ZIP_MEMBERS_MAX:
        refuse_archive(_("The zip holds more than %(members)s files.", members=ZIP_MEMBERS_MAX))
    for member in members:
        _check_member(member)
    if len({member.filename for member in members}) < len(members):
        refuse_archive(_("Two files in the zip have the same name."))
    if sum(member.file_size for member in members) > ZIP_UNPACKED_BYTES_MAX:
        refuse_too_large()
    _check_overlap(members)


def _check_member(member: zipfile.ZipInfo) -> None:
    name = shown(member.filename)
    if _LEADS_OUTSIDE.search(member.orig_filename) or _LEADS_OUTSIDE.search(member.filename):
        refuse_archive(_("The zip holds a file whose name leads outside: “%(name)s”.", name=name))
    mode = member.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        refuse_archive(_("“%(name)s” in the zip is a link, not a file.", name=name))
    if member.flag_bits & _ENCRYPTED:
        refuse_archive(_("“%(name)s” in the zip is locked with a password.", name=name))
    if member.compress_type not in _METHODS:
        refuse_archive(_("“%(name)s” is packed in a way that is not known here.", name=name))
    if (
        member.file_size > ZIP_RATIO_FROM_BYTES
        and member.file_size > ZIP_RATIO_MAX * member.compress_size
    ):
        refuse_too_large()


def _check_overlap(members: list[zipfile.ZipInfo]) -> None:
    """Members that share bytes unpack to far more than the archive holds."""
    end_before = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        if member.header_offset < end_before:
            refuse_archive(_("Files in the zip overlap one another."))
        end_before = member.header_offset + _LOCAL_HEADER_BYTES + member.compress_size


def refuse_too_large() -> NoReturn:
    """Refuse what unpacks to more than any set of statements needs."""
    refuse_archive(
        _(
            "The zip unpacks to more than %(megabytes)s MB, or to over %(ratio)s times its size.",
            megabytes=ZIP_UNPACKED_BYTES_MAX // (1024 * 1024),
            ratio=ZIP_RATIO_MAX,
        )
    )


def refuse_archive(reason: str) -> NoReturn:
    """Refuse the archive as a whole, and say what to do."""
    raise UnsafeArchive(reason + " " + _("Unpack it and upload the statements themselves."))
