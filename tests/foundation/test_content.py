"""Content: a file is what its bytes say, and what is not accepted is named in plain words."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from backoffice.foundation import content, pdf_look
from backoffice.foundation.content import KINDS, STATEMENT_KINDS, examine
from backoffice.foundation.errors import Refused, TooLarge
from tests.foundation import made_files
from tests.foundation.made_files import locked_pdf, pdf, png, sheet, zipped

CAMT = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!-- by a bank -->\n'
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><A/></Document>'
)
OFX = "OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><BANKMSGSRSV1></OFX>"
MT940 = ":20:STATEMENT\r\n:25:12345/678\r\n:28C:1/1\r\n:60F:C260101EUR1,00\r\n"


def picture(kind: str) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (8, 8)).save(target, kind)
    return target.getvalue()


def refusal_of(data: bytes, name: str = "a") -> Refused:
    stream = io.BytesIO(data)
    with pytest.raises(Refused) as refused:
        examine(stream, name)
    assert stream.tell() == 0
    assert refused.value.message.endswith(".")
    assert refused.value.file is not None
    return refused.value


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (pdf(), "Invoice 17.PDF", "pdf"),
        (pdf(pages=30), "a.pdf", "pdf"),
        (locked_pdf(opens_without_password=True), "a.pdf", "pdf"),
        (png(10, 10), "scan.png", "png"),
        (png(10, 10), "scan.jpg", "png"),
        (picture("JPEG"), "photo.jpeg", "jpeg"),
        (picture("WEBP"), "photo.webp", "webp"),
        (picture("TIFF"), "fax.tif", "tiff"),
        (sheet(), "book.xlsx", "xlsx"),
        (zipped({"[Content_Types].xml": b"", "word/document.xml": b""}), "a.docx", "docx"),
        (zipped({"camt.xml": CAMT.encode()}), "month.zip", "zip"),
        (CAMT.encode(), "statement.053", "xml"),
        (CAMT.encode("utf-8-sig"), "statement.xml", "xml"),
        (CAMT.replace("UTF-8", "UTF-16").encode("utf-16"), "statement.xml", "xml"),
        (CAMT.encode(), "statement.txt", "xml"),
        (OFX.encode(), "bank.qfx", "ofx"),
        (b'<?xml version="1.0"?><?OFX OFXHEADER="200"?><OFX></OFX>', "bank.ofx", "ofx"),
        (MT940.encode(), "bank.sta", "mt940"),
        (b"\x01{1:F01BANK}{4:\r\n" + MT940.encode() + b"-}\x03", "bank.txt", "mt940"),
        (b"date;text;amount\n2026-01-05;caf\xe9;-12,50\n", "bank.csv", "text"),
        ("datum;naam\n".encode("utf-16"), "bank.csv", "text"),
        (b"MZ;amount\n1;2\n", "bank.csv", "text"),
    ],
)
def test_an_accepted_file_is_known_by_its_content(data: bytes, name: str, kind: str) -> None:
    stream = io.BytesIO(data)
    examined = examine(stream, name)
    assert examined.kind == kind
    assert examined.media_type == KINDS[kind].media_type
    assert (examined.file_name, examined.size) == (name, len(data))
    assert stream.tell() == 0


def test_a_file_without_an_extension_gets_that_of_its_kind() -> None:
    assert examine(io.BytesIO(pdf()), "statement").file_name == "statement.pdf"
    assert examine(io.BytesIO(pdf()), "..\\..\\").file_name == "unnamed.pdf"


@pytest.mark.parametrize(
    ("data", "name", "code", "words"),
    [
        (b"", "a.pdf", "file_empty", "empty"),
        (b"<!DOCTYPE html><html><script>", "invoice.pdf", "web_page", "web page"),
        (b"\xef\xbb\xbf \n<HTML >", "a.csv", "web_page", "web page"),
        (b"hello <script>alert(1)</script>", "a.txt", "web_page", "web page"),
        (b"\n<body>hi", "a.txt", "web_page", "web page"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "logo.png", "web_page", "SVG"),
        (b"<?xml version='1.0'?><x:svg xmlns:x='svg'/>", "a.xml", "web_page", "SVG"),
        (b"<?xml version='1.0'?>" + b" " * 2000 + b"<svg/>", "a.xml", "web_page", "drawing"),
        (b"MZ\x90\x00" + bytes(200), "invoice.pdf", "program", "program"),
        (b"\x7fELF" + bytes(200), "a.pdf", "program", "program"),
        (b"#!/bin/sh\n", "a.csv", "program", "program"),
        (b"\xca\xfe\xba\xbe" + bytes(50), "a.pdf", "program", "program"),
        (b"Rar!\x1a\x07\x00", "a.rar", "archive_kind", "zip only"),
        (b"\x1f\x8b\x08" + bytes(50), "a.gz", "archive_kind", "zip only"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xls", "old_office", "xlsx"),
        (b"\0\0\0\x18ftypheic" + bytes(50), "a.heic", "picture_kind", "JPEG"),
        (b"GIF89a" + bytes(50), "a.gif", "kind_not_accepted", "GIF image data"),
        (bytes(1000), "a.txt", "kind_not_accepted", "a PDF"),
        (b"date,amount\n" + b"x" * 70_000 + b"\0", "a.csv", "kind_not_accepted", "a PDF"),
        (b"X5O!" + b"$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!", "a.txt", "virus", "virus"),
        (pdf(), "invoice.jpg", "name_contradicts_content", "Rename"),
        (pdf(), "invoice.exe", "name_contradicts_content", ".exe"),
        (b"date,amount\n", "a.pdf", "name_contradicts_content", "a text or CSV file"),
        (CAMT.encode(), "a.html", "name_contradicts_content", "an XML file"),
        (locked_pdf(opens_without_password=False), "a.pdf", "password_protected", "password"),
        (b"%PDF-1.4\nnothing", "a.pdf", "pdf_damaged", "damaged"),
        (b"<html>\n" + pdf(), "a.pdf", "web_page", "web page"),
        (b"%PDF-1.4\n<script>alert(1)</script>" + pdf()[8:], "a.pdf", "web_page", "web page"),
        (b"junk\n" + pdf(), "a.pdf", "two_kinds_at_once", "two kinds"),
        (pdf() + zipped({"a.txt": b"x"}), "a.pdf", "two_kinds_at_once", "two kinds"),
        (picture("JPEG") + zipped({"a": b"x"}), "a.jpg", "two_kinds_at_once", "two kinds"),
        (png()[:40], "a.png", "picture_damaged", "damaged"),
        (png().replace(b"IDAT", b"IDOT"), "a.png", "picture_damaged", "damaged"),
        (b"\xff\xd8\xff\xe0nothing", "a.jpg", "picture_damaged", "damaged"),
        (b"II*\0\x08\0\0\0", "a.tif", "picture_damaged", "damaged"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "a.webp", "picture_damaged", "damaged"),
        (zipped({"[Content_Types].xml": b"", "ppt/x.xml": b""}), "a.pptx", "kind_not_accepted", ""),
        (zipped({"xl/vbaProject.bin": b"x"}), "a.xlsm", "macros", "macros"),
        (b"<?xml version='1.0' encoding='UTF-7'?><a/>", "a.xml", "xml_encoding", "UTF-8"),
        (b"<?xml version='1.0'?>", "a.xml", "xml_damaged", "damaged"),
    ],
)
def test_what_is_not_accepted_is_refused_in_plain_words(
    data: bytes, name: str, code: str, words: str
) -> None:
    refusal = refusal_of(data, name)
    assert refusal.code == code
    assert words in refusal.message


def test_an_office_file_with_a_password_is_named_plainly() -> None:
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(90_000)
    locked += "EncryptedPackage".encode("utf-16-le")
    assert refusal_of(locked, "a.xlsx").code == "password_protected"


@pytest.mark.parametrize(
    "text",
    [
        '<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        '<!DOCTYPE lolz [<!ENTITY lol "lol">]><lolz>&lol;</lolz>',
        "<?xml version='1.0'?><!-- a --> <?x y?>\n<!-- b --><!DOCTYPE a><a/>",
        "<!ENTITY a 'b'><a/>",
        "<?xml version='1.0'?>" + "<!-- x -->" * 3_000 + "<!DOCTYPE a><a/>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_an_xml_that_brings_its_own_definitions_is_refused_at_once(
    text: str, encoding: str
) -> None:
    began = time.perf_counter()
    assert refusal_of(text.encode(encoding), "camt.xml").code == "xml_dtd"
    assert time.perf_counter() - began < 0.1


def test_an_endless_beginning_of_an_xml_is_refused_at_once() -> None:
    began = time.perf_counter()
    assert refusal_of(b"<?xml?>" + b"<!-- " * 2_000_000, "a.xml").code in {"xml_dtd", "xml_damaged"}
    assert time.perf_counter() - began < 0.5


def test_a_picture_of_sixty_thousand_squared_is_refused_before_it_is_decoded() -> None:
    flood = png(60_000, 60_000, rows=b"\0" * 1000)
    refusal = refusal_of(flood, "a.png")
    assert refusal.code == "picture_too_large"
    assert refusal.http_status == 422
    assert "40 million pixels" in refusal.message


@pytest.mark.parametrize(("width", "height"), [(8_001, 5_000), (12_000, 12_000), (1, 40_000_001)])
def test_a_picture_above_the_limit_is_refused(width: int, height: int) -> None:
    assert refusal_of(png(width, height, rows=b"\0"), "a.png").code == "picture_too_large"


def test_a_picture_at_the_limit_is_accepted() -> None:
    assert examine(io.BytesIO(png(8_000, 5_000)), "a.png").kind == "png"


def test_a_pdf_with_too_many_pages_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "PAGES_MAX", 20)
    assert examine(io.BytesIO(pdf(pages=20)), "a.pdf").kind == "pdf"
    assert refusal_of(pdf(pages=21), "a.pdf").code == "pdf_too_long"


@pytest.mark.parametrize("kind", ["png", "text"])
def test_one_byte_above_the_largest_size_is_refused(kind: str) -> None:
    start = {"png": png(), "text": b"a,b\n"}[kind]
    size_max = KINDS[kind].size_max
    whole = start + b"x" * (size_max - len(start))
    assert examine(io.BytesIO(whole), None).size == size_max
    with pytest.raises(TooLarge, match=f"larger than {size_max // 10**6}\xa0MB") as refusal:
        examine(io.BytesIO(whole + b"x"), None)
    assert refusal.value.http_status == 413


def test_where_only_statements_are_of_use_a_picture_is_refused() -> None:
    with pytest.raises(Refused, match="Accepted are: a zip, an XML file") as refusal:
        examine(io.BytesIO(png()), "a.png", allowed=STATEMENT_KINDS)
    assert refusal.value.code == "kind_not_accepted"
    assert examine(io.BytesIO(CAMT.encode()), "a.xml", allowed=STATEMENT_KINDS).kind == "xml"


def test_the_refusal_names_the_file_as_it_may_be_shown() -> None:
    assert refusal_of(b"", "..\\..\\evil\u202efdp.exe").file == "evilfdp.exe"


@settings(max_examples=300)
@given(
    st.binary(max_size=300),
    st.sampled_from(
        [b"", b"%PDF-", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0"]
    ).flatmap(lambda mark: st.just(mark) if mark != b"%PDF-" else st.just(b"")),
    st.text(max_size=20),
)
def test_any_bytes_are_accepted_or_refused_and_nothing_else(
    data: bytes, mark: bytes, name: str
) -> None:
    stream = io.BytesIO(mark + data)
    with suppress(Refused):
        assert examine(stream, name).kind in KINDS
    assert stream.tell() == 0


@pytest.mark.parametrize(
    ("trap", "instead"),
    [
        ("memory", "bytearray(600 * 1024 * 1024)"),
        ("disk", "__import__('pathlib').Path('x').write_text('x')"),
    ],
)
def test_the_process_that_looks_at_a_pdf_dies_of_its_own_limits(
    tmp_path: Path, trap: str, instead: str
) -> None:
    program = Path(pdf_look.__file__).read_text()
    trapped = program.replace("import pypdfium2\n", f"{instead}\n    import pypdfium2\n")
    assert trapped != program, trap
    path = tmp_path / "pdf_look.py"
    for source, worked in ((program, True), (trapped, False)):
        path.write_text(source)
        command = [sys.executable, "-I", str(path)]
        run = subprocess.run(command, input=pdf(), capture_output=True, timeout=60, cwd=tmp_path)
        assert (run.returncode == 0) is worked
        assert (run.stdout == b"pages 1") is worked


def test_all_made_files_are_whole_where_they_should_be() -> None:
    assert made_files.rc4(b"Key", b"Plaintext").hex() == "bbf316e8d940af0ad3"
