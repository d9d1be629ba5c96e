"""A zip of statements: read as one file, or refused as one."""

from __future__ import annotations

import io
import stat
import struct
import zipfile

import pytest

from backoffice.service_lines.banking.statements.read import read
from tests.service_lines.banking.statements.reading import figures, only_entry, refusal_of
from tests.service_lines.banking.statements.test_camt import WHOLE as CAMT
from tests.service_lines.banking.statements.test_mt940 import page
from tests.service_lines.banking.statements.test_ofx import ENTRY, one

MT940 = page(":61:260115D10,00NTRFA").encode()
OFX = one(ENTRY).encode()
PAGE = ("100.00", "90.00", 1, "-10.00", True)


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_the_members_are_one_file_in_the_archives_order(method: int):
    file = read(zipped({"b/2.sta": MT940, "a/1": MT940}, method), name="year.zip")
    assert (file.name, file.format, file.version) == ("year.zip", "mt940", None)
    assert figures(file) == [PAGE, PAGE]


def test_a_zip_of_one_version_has_that_version():
    file = read(zipped({"1.xml": CAMT.encode(), "2.xml": CAMT.encode()}), name="year.zip")
    assert (file.format, file.version) == ("camt.053", "001.08")


def test_members_of_different_formats_are_read_together():
    file = read(zipped({"a.sta": MT940, "b.ofx": OFX, "c.xml": CAMT.encode()}), name="mixed.zip")
    assert (file.format, file.version) == ("zip", None)
    assert figures(file) == [PAGE, (None, "90.00", 1, "-10.00", None), PAGE]


def test_folders_and_what_a_mac_adds_are_passed_over():
    members = {
        "jan/": b"",
        "jan/a.sta": MT940,
        "__MACOSX/jan/._a.sta": b"\0",
        "jan/.DS_Store": b"x",
    }
    assert figures(read(zipped(members), name="mac.zip")) == [PAGE]


def test_one_unreadable_member_refuses_them_all_and_is_named():
    bad = MT940.replace(b"D10,00", b"D1O,00")
    refused = refusal_of(zipped({"a.sta": MT940, "b.sta": bad}), name="year.zip")
    assert (refused.code, refused.file, refused.line) == ("amount_unreadable", "year.zip/b.sta", 5)
    refused = refusal_of(zipped({"a.sta": MT940, "readme.txt": b"Hello"}), name="year.zip")
    assert (refused.code, refused.file) == ("format_unknown", "year.zip/readme.txt")


def test_a_member_with_a_document_type_is_refused_for_it():
    bomb = b'<!DOCTYPE d [<!ENTITY a "b">]><BkToCstmrStmt/>'
    assert refusal_of(zipped({"a.xml": bomb})).code == "xml_dtd"


def linked() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        link = zipfile.ZipInfo("a.sta")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    return made.getvalue()


def overlapping() -> bytes:
    """Two entries of the directory that lead to the same bytes."""
    whole = zipped({"a.sta": MT940, "b.sta": MT940})
    second = whole.rindex(b"PK\x01\x02")
    return whole[: second + 42] + struct.pack("<L", 0) + whole[second + 46 :]


def lying() -> bytes:
    """A megabyte that is declared as ten bytes."""
    whole = bytearray(zipped({"a.sta": b" " * 1_000_000}))
    struct.pack_into("<L", whole, whole.rindex(b"PK\x01\x02") + 24, 10)
    return bytes(whole)


HOSTILE = {
    "bomb": zipped({"a.xml": b" " * (20 << 20)}),
    "nested": zipped({"a.zip": zipped({"a.sta": MT940})}),
    "many": zipped({f"{number}.sta": b"" for number in range(1_001)}),
    "traversal": zipped({"../../a.sta": MT940}),
    "absolute": zipped({"/etc/a.sta": MT940}),
    "windows": zipped({"..\\a.sta": MT940}),
    "drive": zipped({"C:\\a.sta": MT940}),
    "link": linked(),
    "overlap": overlapping(),
    "lie": lying(),
    "cut": zipped({"a.sta": MT940})[:-30],
    "empty": zipped({}),
    "start alone": b"PK\x03\x04",
    "unknown method": zipped({"a.sta": MT940}, zipfile.ZIP_LZMA),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_archive_is_refused_in_words(kind: str):
    refused = refusal_of(HOSTILE[kind], name="x.zip")
    assert refused.code.startswith(("archive_", "too_large"))
    assert refused.file == "x.zip" or refused.file == "x.zip/a.zip"
    assert len(refused.message) > 20


def test_members_beyond_the_memory_of_one_file_are_refused(monkeypatch: pytest.MonkeyPatch):
    module = "backoffice.service_lines.banking.statements.zipped"
    monkeypatch.setattr(f"{module}.ZIP_UNPACKED_BYTES_MAX", 2 * len(MT940) - 1)
    assert refusal_of(zipped({"a.sta": MT940, "b.sta": MT940})).code == "archive_too_large"
    assert only_entry(read(zipped({"a.sta": MT940}), name="x")).line == 5
