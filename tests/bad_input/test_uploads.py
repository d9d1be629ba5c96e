"""Files that must not be kept, sent through the portal: nothing of them is left."""

from __future__ import annotations

import re
import socket
import time

import pytest

from backoffice.foundation.ids import new_id
from tests.bad_input.sending import (
    headers_of,
    kept,
    refusals_of_uploads,
    send,
    stored_files,
    work,
)
from tests.foundation.made_files import overlapping_zip, pdf, png, zipped
from tests.service_lines.banking.files import bought, statement
from tests.service_lines.banking.statements.test_hostile_xml import ATTACKS
from tests.service_lines.banking.statements.written import as_camt
from tests.support.browser import served
from tests.support.browsers import Tab, Web
from tests.support.cast import Cast

DEEP = zipped({"inner.zip": zipped({"a.xml": b"<a/>"})})
ZIPS = {
    "bomb": (zipped({"a.xml": bytes(60_000_000)}), "archive_bomb"),
    "overlap": (overlapping_zip(3), "archive_bomb"),
    "nested": (DEEP, "archive_nested"),
    "climbs": (zipped({"../../etc/cron.d/x": b"<a/>"}), "archive_names"),
    "absolute": (zipped({"/etc/cron.d/x": b"<a/>"}), "archive_names"),
}


@pytest.fixture
def martin(web: Web) -> Tab:
    return web.signed_in("martin")


def nothing_kept(cast: Cast) -> bool:
    found = kept(cast)
    return not any(vars(found).values())


@pytest.mark.parametrize("attack", sorted(set(ATTACKS) - {"late"}))
def test_a_document_type_is_refused_at_the_door(cast: Cast, martin: Tab, attack: str) -> None:
    answer = send(martin, ATTACKS[attack].encode())
    assert answer.status_code == 422
    assert "DOCTYPE" in answer.text
    assert refusals_of_uploads(cast) == ["xml_dtd"]
    assert nothing_kept(cast)


def test_a_document_type_beyond_the_first_bytes_is_read_by_nobody(cast: Cast, martin: Tab) -> None:
    """It is kept as what it is, a text; the reader of statements would refuse it as well."""
    assert send(martin, ATTACKS["late"].encode()).status_code == 200
    work(cast)
    found = kept(cast)
    assert (found.documents, found.imports, found.lines) == (1, 0, 0)


@pytest.mark.parametrize("trap", ZIPS)
def test_a_trap_of_an_archive_is_refused_and_leaves_nothing(
    cast: Cast, martin: Tab, trap: str
) -> None:
    data, code = ZIPS[trap]
    answer = send(martin, data, "statements.zip")
    assert answer.status_code in (413, 422)
    assert refusals_of_uploads(cast) == [code]
    assert nothing_kept(cast)


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(
    cast: Cast, martin: Tab
) -> None:
    data = png(60_000, 60_000, rows=bytes(1000))
    began = time.perf_counter()
    answer = send(martin, data, "receipt.png")
    assert time.perf_counter() - began < 5  # decoded it would be 450 megabytes
    assert answer.status_code == 422
    assert refusals_of_uploads(cast) == ["picture_too_large"]
    assert nothing_kept(cast)


NAMES = {
    "climbs": "..\\..\\x.pdf",
    "turns round": "invoice\u202efdp.exe.pdf",
    "ten thousand letters": "x" * 10_000 + ".pdf",
    "line end": "a\r\nSet-Cookie: portal=1.pdf",
    "device": "NUL.pdf",
    "empty": "",
    "half a letter": "\ud800.pdf",
    "markup": "<script>alert(1)</script>.pdf",
}


@pytest.mark.parametrize("case", NAMES)
def test_a_hostile_name_is_shown_tamed_and_never_used(cast: Cast, martin: Tab, case: str) -> None:
    answer = send(martin, pdf(), NAMES[case])
    assert answer.status_code == 200, answer.text
    [document] = re.findall(r"/documents/([0-9a-f-]{36})", answer.text)[:1]
    page = martin.get(f"/documents/{document}")
    assert "\u202e" not in page.text
    assert "<script>alert" not in page.text
    assert "..\\" not in page.text
    link = martin.get(f"/documents/{document}/copy")
    copy = martin.get(link.location)
    head = copy.headers["Content-Disposition"]
    assert copy.status_code == 200
    assert re.fullmatch(
        r"attachment; filename=\"[^\"\\%;]{1,200}\"; filename\*=UTF-8''[A-Za-z0-9._~%-]{1,800}",
        head,
    )
    assert "portal=1" not in " ".join(copy.headers.getlist("Set-Cookie"))
    assert copy.data == pdf()
    assert stored_files(cast) == 1


@pytest.mark.parametrize("told", [1, 10_000_000])
def test_a_length_that_is_not_the_files_is_refused(cast: Cast, martin: Tab, told: int) -> None:
    data = as_camt([statement(bought(2, -5))]).encode()
    headers = headers_of(martin, "november.xml") | {"X-File-Size": str(told)}
    answer = martin.bare("POST", "/upload/file", data=data, headers=headers)
    assert answer.status_code == 422
    assert refusals_of_uploads(cast) == ["upload_incomplete"]
    assert nothing_kept(cast)


def test_an_upload_cut_in_half_leaves_nothing_and_the_same_key_may_try_again(
    cast: Cast, martin: Tab
) -> None:
    data = as_camt([statement(*(bought(day, -day) for day in range(1, 29)))]).encode()
    key = new_id().hex
    with served(martin.app) as address:
        answer = cut_after(address, martin, headers_of(martin, "november.xml", key), data)
    assert answer.split(b"\r\n")[0].split()[1] in (b"400", b"422")
    assert nothing_kept(cast)
    assert send(martin, data, key=key).status_code == 200
    assert send(martin, data, key=key).status_code == 200
    assert kept(cast).documents == 1


def cut_after(address: str, tab: Tab, headers: dict[str, str], data: bytes) -> bytes:
    """Half of the body, then the end of the line; what the server answers."""
    host, port = address.removeprefix("http://").split(":")
    cookies = "; ".join(f"{c.key}={c.value}" for c in tab.client._cookies.values())
    own_host = tab.base.removeprefix("http://")
    lines = [f"{name}: {value}" for name, value in headers.items()]
    head = [
        "POST /upload/file HTTP/1.1", f"Host: {own_host}", f"Cookie: {cookies}",
        f"Content-Length: {len(data)}", "Sec-Fetch-Site: same-origin", *lines, "", "",
    ]  # fmt: skip
    with socket.create_connection((host, int(port)), timeout=20) as line:
        line.sendall("\r\n".join(head).encode() + data[: len(data) // 2])
        line.shutdown(socket.SHUT_WR)
        return line.recv(65536)


def test_an_amount_that_could_be_misread_names_its_line_and_posts_nothing(
    cast: Cast, martin: Tab
) -> None:
    good = as_camt([statement(bought(2, -512), bought(3, -700))])
    for number, amount in enumerate(("NaN", "1e9", "1.234,56", "٣", "1" * 19), start=1):
        bad = good.replace(">7.00<", f">{amount}<")
        assert bad != good
        answer = send(martin, bad.encode(), f"november-{number}.xml")
        work(cast)
        document = re.search(r"/documents/([0-9a-f-]{36})", answer.text)
        assert document is not None, answer.text
        told = martin.get(f"/documents/{document[1]}").text
        assert f"line {good[: good.index('>7.00<')].count(chr(10)) + 1}" in told.lower()
    found = kept(cast)
    assert (found.imports, found.lines, found.entries) == (5, 0, 0)
