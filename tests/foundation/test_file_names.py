"""File names: safe to show, safe in a header, never a path."""

from __future__ import annotations

import re
import unicodedata
from email.message import Message
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.foundation.file_names import (
    LETTERS_MAX,
    content_disposition,
    display_name,
    extension_of,
)

NAUGHTY = [
    ("..\\..\\x", "x"),
    ("../../etc/passwd", "passwd"),
    ("C:\\Users\\Tom\\Invoice.pdf", "Invoice.pdf"),
    ("C:x", "C_x"),
    ("invoice\u202efdp.exe", "invoicefdp.exe"),
    ("a\r\nSet-Cookie: x=1", "a Set-Cookie_ x=1"),
    ("a\0b.pdf", "ab.pdf"),
    ("\x1b[31mred.pdf", "[31mred.pdf"),
    ("NUL", "_NUL"),
    ("nul.pdf", "_nul.pdf"),
    ("COM1.txt", "_COM1.txt"),
    ("nullable.pdf", "nullable.pdf"),
    ("", "unnamed"),
    (None, "unnamed"),
    ("   ", "unnamed"),
    ("...", "unnamed"),
    ("/", "unnamed"),
    ("\u200b\u200b", "unnamed"),
    (".bashrc", "bashrc"),
    ("a  b\t c.pdf", "a b c.pdf"),
    ("trailing. . .", "trailing"),
    ("Ünïcode – résumé.pdf", "Ünïcode – résumé.pdf"),
    ("e\u0301.pdf", "\u00e9.pdf"),
    ("\ud800x.pdf", "x.pdf"),
    ('a"b<c>|?*.pdf', "a_b_c____.pdf"),
    ("请款单.pdf", "请款单.pdf"),
    ("folder/", "folder"),
]


@pytest.mark.parametrize(("given_name", "shown"), NAUGHTY)
def test_a_name_is_made_safe_to_show(given_name: str | None, shown: str) -> None:
    assert display_name(given_name) == shown


def test_a_name_of_ten_kilobytes_keeps_its_extension() -> None:
    shown = display_name("x" * 3_000 + ".pdf")
    assert len(shown) == LETTERS_MAX
    assert shown.endswith("….pdf")
    assert len(display_name("x" * 10_240 + ".pdf")) == LETTERS_MAX


@given(st.text() | st.text(st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zs", "Po"])))
def test_any_name_becomes_one_short_visible_line(given_name: str) -> None:
    shown = display_name(given_name)
    assert 0 < len(shown) <= LETTERS_MAX + 1
    assert not any(unicodedata.category(sign)[0] == "C" for sign in shown)
    assert not set("/\\\r\n\0:") & set(shown)
    assert shown == shown.strip(" .")
    assert display_name(shown) == shown


@pytest.mark.parametrize(
    ("name", "extension"),
    [("a.PDF", ".pdf"), ("a.tar.gz", ".gz"), ("a", ""), (".pdf", ""), ("a.", ""), ("a.b c", "")],
)
def test_the_extension_is_what_follows_the_last_point(name: str, extension: str) -> None:
    assert extension_of(name) == extension


@given(st.text())
def test_the_header_can_be_read_back_and_never_broken(given_name: str) -> None:
    header = content_disposition(given_name)
    assert re.fullmatch(r"attachment; filename=\"[ -~]*\"; filename\*=UTF-8''[!-~]+", header)
    assert header.count('"') == 2
    assert unquote(header.partition("UTF-8''")[2]) == display_name(given_name)
    message = Message()
    message["Content-Disposition"] = header
    assert message.get_content_disposition() == "attachment"
    assert message.get_param("filename", header="content-disposition")


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("a.pdf", "attachment; filename=\"a.pdf\"; filename*=UTF-8''a.pdf"),
        (
            "résumé.pdf",
            "attachment; filename=\"resume.pdf\"; filename*=UTF-8''r%C3%A9sum%C3%A9.pdf",
        ),
        ("请.pdf", "attachment; filename=\"file.pdf\"; filename*=UTF-8''%E8%AF%B7.pdf"),
        ("50%;x.pdf", "attachment; filename=\"50__x.pdf\"; filename*=UTF-8''50%25%3Bx.pdf"),
    ],
)
def test_the_header_has_a_plain_and_a_full_name(name: str, header: str) -> None:
    assert content_disposition(name) == header


def test_a_picture_may_be_shown_in_place() -> None:
    assert content_disposition("a.png", inline=True).startswith("inline; ")
