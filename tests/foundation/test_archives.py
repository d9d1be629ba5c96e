"""Archives: traps are refused before anything is unpacked, honest ones are read."""

from __future__ import annotations

import io
import random
import stat
import struct
import tracemalloc
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice.foundation import archives
from backoffice.foundation.archives import ends_as_archive, look_into
from backoffice.foundation.errors import BadInput, Refused
from tests.foundation import made_files
from tests.foundation.made_files import zipped


def refusal_of(data: bytes) -> Refused:
    with pytest.raises(Refused) as refused:
        look_into(io.BytesIO(data))
    assert refused.value.message.endswith(".")
    return refused.value


def entry(name: str, *, mode: int = stat.S_IFREG | 0o644, content: bytes = b"x") -> bytes:
    target = io.BytesIO()
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(info, content)
    return target.getvalue()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_honest_archive_is_read(method: int) -> None:
    files = {"jan.xml": b"<a/>" * 1000, "folder/feb.sta": b":20:X", "empty.txt": b""}
    contents = look_into(io.BytesIO(zipped(files, method=method)))
    assert contents.names == tuple(files)
    assert contents.unpacked == sum(map(len, files.values()))


def test_folders_in_an_archive_are_no_files() -> None:
    assert look_into(io.BytesIO(zipped({"a/": b"", "a/b.txt": b"x"}))).names == ("a/b.txt",)


def test_an_archive_written_as_a_stream_is_read() -> None:
    class Pipe(io.RawIOBase):
        kept = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, piece: bytes) -> int:  # type: ignore[override]
            self.kept += piece
            return len(piece)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type]
        archive.writestr("a.txt", b"x" * 1000)
        archive.writestr("b.txt", b"y" * 1000)
    assert look_into(io.BytesIO(bytes(pipe.kept))).names == ("a.txt", "b.txt")


def test_a_flat_bomb_is_refused_by_its_ratio_in_little_memory() -> None:
    bomb = zipped({"a.xml": b" " * 150_000_000})
    tracemalloc.start()
    try:
        assert refusal_of(bomb).code == "archive_bomb"
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000


def test_entries_that_share_their_bytes_are_refused() -> None:
    assert refusal_of(made_files.overlapping_zip(10)).code == "archive_bomb"


def test_more_than_fits_in_all_is_refused_though_each_is_small() -> None:
    noisy = bytes(range(256)) * 20_000
    files = {f"{number}.bin": noisy for number in range(45)}
    refusal = refusal_of(zipped(files, method=zipfile.ZIP_STORED))
    assert refusal.code == "archive_too_large"
    assert "200\xa0MB" in refusal.message


def test_too_many_entries_are_refused_and_the_most_are_not() -> None:
    most = zipped({f"{number}": b"" for number in range(1_000)})
    assert len(look_into(io.BytesIO(most)).names) == 1_000
    refusal = refusal_of(zipped({f"{number}": b"" for number in range(1_001)}))
    assert refusal.code == "archive_entries"
    assert "1,000 files" in refusal.message


def test_a_count_that_lies_is_not_believed() -> None:
    data = bytearray(zipped({f"{number}": b"" for number in range(3_000)}))
    end = data.rindex(b"PK\x05\x06")
    struct.pack_into("<2H", data, end + 8, 5, 5)
    assert refusal_of(bytes(data)).code == "archive_entries"


@pytest.mark.parametrize("size", [10, 600_000])
def test_a_size_that_lies_is_not_believed(size: int) -> None:
    content = random.Random(1).randbytes(500_000)
    assert refusal_of(made_files.lying_zip(content, size=size)).code == "archive_damaged"


@pytest.mark.parametrize(
    "inner",
    [zipped({"a": b"x"}), b"\x1f\x8b\x08\0\0\0\0\0", b"Rar!\x1a\x07\x00", b"7z\xbc\xaf\x27\x1c"],
)
def test_an_archive_in_an_archive_is_refused(inner: bytes) -> None:
    assert refusal_of(zipped({"inner.dat": inner})).code == "archive_nested"


def test_an_archive_in_an_archive_is_known_by_its_name_too() -> None:
    assert refusal_of(zipped({"x/INNER.ZIP": b"cut"})).code == "archive_nested"


@pytest.mark.parametrize(
    "name",
    ["../x", "a/../../x", "/etc/passwd", "..\\x", "\\x", "C:\\x", "C:x", "a\nb", "..", "a/.."],
)
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    assert refusal_of(entry(name)).code == "archive_names"


def test_a_name_that_hides_its_end_behind_a_nul_is_refused() -> None:
    assert refusal_of(entry("ab.txt").replace(b"ab.txt", b"a\0.txt")).code == "archive_names"


def test_two_entries_of_one_name_are_refused() -> None:
    data = zipped({"a1.txt": b"first", "a2.txt": b"second"}).replace(b"a2.txt", b"A1.txt")
    assert refusal_of(data).code == "archive_names"


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK])
def test_links_and_devices_are_refused(kind: int) -> None:
    assert refusal_of(entry("a", mode=kind | 0o777, content=b"/etc/passwd")).code == "archive_links"


def test_a_password_is_named_plainly() -> None:
    data = bytearray(zipped({"a.txt": b"x"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    refusal = refusal_of(bytes(data))
    assert refusal.code == "password_protected"
    assert "password" in refusal.message


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_unusual_way_of_packing_is_refused(method: int) -> None:
    assert refusal_of(zipped({"a": b"x" * 100}, method=method)).code == "archive_method"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x7fELF\x02\x01\x01" + bytes(100), "program"),
        (b"MZ\x90\x00" + bytes(100), "program"),
        (b"#!/bin/sh\nrm -rf /\n", "program"),
        (b"<!DOCTYPE html><script>", "web_page"),
        (b"X5O!" + b"$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!", "virus"),
    ],
)
def test_what_is_not_accepted_is_not_accepted_inside_an_archive(content: bytes, code: str) -> None:
    assert refusal_of(zipped({"a.txt": content})).code == code


def test_macros_and_embedded_files_of_an_office_file_are_refused() -> None:
    macros = zipped({"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"})
    assert refusal_of(macros).code == "macros"
    embedded = zipped({"word/embeddings/o.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"})
    assert refusal_of(embedded).code == "embedded"


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:-1],
        lambda data: data + b"x",
        lambda data: b"x" + data,
        lambda data: data[: len(data) // 2],
        lambda data: data.replace(b"hello", b"jello"),
        lambda _data: b"",
        lambda data: data[10:],
    ],
)
def test_a_damaged_archive_is_refused(change: object) -> None:
    data = zipped({"a.txt": b"hello world"}, method=zipfile.ZIP_STORED)
    assert refusal_of(change(data)).code == "archive_damaged"  # type: ignore[operator]


def test_an_empty_archive_is_refused() -> None:
    assert refusal_of(zipped({})).code == "archive_empty"


@settings(max_examples=300)
@given(st.data())
def test_a_zip_with_any_bytes_changed_is_read_or_refused_and_nothing_else(
    data: st.DataObject,
) -> None:
    whole = bytearray(zipped({"a.txt": b"x" * 500, "b.txt": b"y" * 70_000}))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with suppress(Refused):
        assert look_into(io.BytesIO(bytes(whole))).unpacked <= archives.UNPACKED_MAX


def test_another_file_that_can_be_opened_as_a_zip_is_noticed() -> None:
    archive = zipped({"a.txt": b"x"})
    assert ends_as_archive(io.BytesIO(archive))
    assert ends_as_archive(io.BytesIO(b"%PDF-1.4 ..." + archive))
    assert not ends_as_archive(io.BytesIO(b"%PDF-1.4 PK\x05\x06"))
    assert not ends_as_archive(io.BytesIO(b"%PDF-1.4 PK\x05\x06" + b"\xff" * 40))
    assert not ends_as_archive(io.BytesIO(b""))
    assert isinstance(refusal_of(b"%PDF-1.4 ..." + archive), BadInput)
