"""Small files made for the tests: whole ones, broken ones and traps. None is stored."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib

PDF_PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


def pdf(*, pages: int = 1, encryption: bytes = b"") -> bytes:
    """A whole PDF of empty pages."""
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(pages))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, pages),
        *[b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>"] * pages,
    ]
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    trailer = b"<</Size %d/Root 1 0 R/ID[<00><00>]%s>>" % (count, encryption)
    end = b"trailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (trailer, len(body))
    return body + b"xref\n0 %d\n" % count + table + end


def locked_pdf(*, opens_without_password: bool) -> bytes:
    """A PDF with RC4 encryption of 40 bits: with a user's password, or an owner's only."""
    owner = b"O" * 32
    key = hashlib.md5(
        PDF_PADDING + owner + struct.pack("<i", -4) + b"\0", usedforsecurity=False
    ).digest()[:5]
    user = rc4(key, PDF_PADDING) if opens_without_password else b"U" * 32
    return pdf(
        encryption=b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>"
        % (owner.hex().encode(), user.hex().encode())
    )


def rc4(key: bytes, data: bytes) -> bytes:
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    i, j, out = 0, 0, bytearray()
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def png(width: int = 1, height: int = 1, *, rows: bytes | None = None) -> bytes:
    """A grey PNG that says it has this size; its rows are one bit deep."""
    rows = (b"\0" + bytes((width + 7) // 8)) * height if rows is None else rows
    header = struct.pack(">2I5B", width, height, 1, 0, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


def zipped(files: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def sheet(**more: bytes) -> bytes:
    """The skeleton of an Excel file."""
    files = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}
    return zipped(files | {name.replace("__", "/"): content for name, content in more.items()})


def overlapping_zip(entries: int) -> bytes:
    """Many directory entries that all lead to the same packed bytes."""
    one = zipped({"a": bytes(100) * 100})
    directory_at = one.index(b"PK\x01\x02")
    end_at = one.index(b"PK\x05\x06")
    entry = bytearray(one[directory_at:end_at])
    directory = b""
    for number in range(entries):
        entry[46:47] = bytes([ord("0") + number])
        directory += bytes(entry)
    end = struct.pack(
        "<4s4H2LH", b"PK\x05\x06", 0, 0, entries, entries, len(directory), directory_at, 0
    )
    return one[:directory_at] + directory + end


def lying_zip(content: bytes, *, size: int) -> bytes:
    """A zip whose headers tell another unpacked size than the data have."""
    data = bytearray(zipped({"a.xml": content}))
    struct.pack_into("<L", data, 22, size)
    struct.pack_into("<L", data, data.index(b"PK\x01\x02") + 24, size)
    return bytes(data)
