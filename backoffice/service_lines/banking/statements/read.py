"""Reading a statement file: finds out what it is and hands it to the reader of its format.

Whatever is wrong with any part of it refuses the whole file: nothing partial is ever returned.
"""

from __future__ import annotations

from backoffice.foundation.errors import Refused
from backoffice.foundation.language import _

from .detect import family_of
from .limits import ENTRIES_MAX, MIB, STATEMENT_BYTES_MAX
from .records import StatementFile
from .refusals import UnreadableStatement, refuse_too_many_entries


def read(data: bytes, *, name: str) -> StatementFile:
    """The file's statements; `Refused` with file, line and column where it cannot be read."""
    try:
        if len(data) > STATEMENT_BYTES_MAX:
            _refuse_too_large()
        if family_of(data) == "zip":
            return _read_zip(data, name)
        return _read_one(data, name)
    except Refused as refused:
        raise refused.at(file=name) from refused.__cause__


def _read_one(data: bytes, name: str) -> StatementFile:
    """One statement file. Each reader is imported when its first file comes."""
    match family_of(data):
        case "camt":
            from .camt import read_camt

            return read_camt(data, name=name)
        case "ofx":
            from .ofx import read_ofx

            return read_ofx(data, name=name)
        case "mt940":
            from .encodings import text_of
            from .mt940 import read_mt940

            return read_mt940(text_of(data), name=name)
        case "zip":
            raise UnreadableStatement(
                _("The zip holds another zip. Unpack it and upload the statements themselves."),
                code="archive_nested",
            )


def _read_zip(data: bytes, name: str) -> StatementFile:
    """All members as one file; one that cannot be read refuses them all, and is named."""
    from .zipped import members_of

    files = []
    for member, content in members_of(data):
        try:
            files.append(_read_one(content, f"{name}/{member}"))
        except Refused as refused:
            raise refused.at(file=f"{name}/{member}") from refused.__cause__
    return _together(files, name)


def _together(files: list[StatementFile], name: str) -> StatementFile:
    """One file of many: of their format where they share one, else of format `zip`."""
    if not files:
        raise UnreadableStatement(
            _("The zip is empty. Upload the statements themselves."), code="empty"
        )
    statements = tuple(statement for file in files for statement in file.statements)
    if sum(len(statement.entries) for statement in statements) > ENTRIES_MAX:
        refuse_too_many_entries(ENTRIES_MAX)
    formats = {file.format for file in files}
    versions = {file.version for file in files}
    return StatementFile(
        name=name,
        format=formats.pop() if len(formats) == 1 else "zip",
        version=versions.pop() if len(formats) <= 1 and len(versions) == 1 else None,
        statements=statements,
        securities_left_out=sum(file.securities_left_out for file in files),
    )


def _refuse_too_large() -> None:
    raise UnreadableStatement(
        _(
            "The file is larger than %(megabytes)s MB. Ask the bank for shorter periods.",
            megabytes=STATEMENT_BYTES_MAX // MIB,
        ),
        code="too_large",
    )
