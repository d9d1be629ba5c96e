"""Martin sends files in a real browser: by mouse, by keyboard, over a bad line, without scripts."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from backoffice.firm.clients.sign_in import demo_link
from backoffice.foundation.registry import registry
from tests.client_portal.sending import bytes_used, documents_of, files_on_disk, statement_file
from tests.foundation.made_files import pdf
from tests.support.browser import axe, chromium, complaints, served
from tests.support.browsers import Web
from tests.support.cast import Cast
from worker.run_batch import Runner

pytestmark = pytest.mark.journey

FILES = "#upload-files"
ROW = "[data-upload-rows] .upload-row"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def address(web: Web) -> Iterator[str]:
    with served(web.app("portal")) as place:
        yield place.replace("127.0.0.1", "portal.localhost")


@pytest.fixture
def martin(cast: Cast, browser: Browser, address: str) -> Iterator[Page]:
    page = browser.new_page(base_url=address, viewport={"width": 1440, "height": 900})
    come_in(cast, page)
    yield page
    page.close()


def come_in(cast: Cast, page: Page) -> None:
    runtime = cast.database["portal"]
    with runtime.doors.firm_wide(because="a demo link") as session:
        token = demo_link(session, demo=True, person_id=cast["martin"]).token
    page.goto(f"/demo/{token}")
    page.get_by_role("button").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Martin")


def statement(cast: Cast, folder: Path, *, lacking: int = 0) -> Path:
    return saved(folder, *statement_file(cast, lacking=lacking))


def saved(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def read_by_the_worker(cast: Cast) -> None:
    Runner(cast.database["worker"], registry).drain()


def row(page: Page, name: str):  # type: ignore[no-untyped-def]
    return page.locator(ROW).filter(has_text=name)


def test_several_files_at_once_each_with_what_became_of_it(
    cast: Cast, martin: Page, tmp_path: Path
) -> None:
    heard = complaints(martin)
    martin.get_by_role("link", name="Upload").first.click()
    sheet = statement(cast, tmp_path)
    receipt = saved(tmp_path, "Receipt.pdf", pdf())
    program = saved(tmp_path, "setup.exe", b"MZ" + bytes(300))
    martin.set_input_files(FILES, [sheet, receipt, program])

    expect(row(martin, "Receipt.pdf")).to_contain_text("Safe with us.")
    expect(row(martin, "setup.exe")).to_contain_text("Not taken: This is a program.")
    expect(row(martin, sheet.name)).to_contain_text("we are reading it now")
    summary = martin.locator("[data-upload-summary]")
    expect(summary).to_have_text("1 safe · 1 on its way · 1 held back")
    assert axe(martin) == []

    read_by_the_worker(cast)
    expect(row(martin, sheet.name)).to_contain_text("Bank statement,", timeout=15_000)
    expect(summary).to_have_text("2 safe · 1 held back")
    expect(martin.locator("[data-upload-status]")).to_contain_text("Bank statement,")
    assert [text for text in heard if "422" not in text] == []  # the refusal of the program


def test_a_statement_that_does_not_add_up_is_held_back_with_its_figures(
    cast: Cast, martin: Page, tmp_path: Path
) -> None:
    martin.goto("/upload")
    sheet = statement(cast, tmp_path, lacking=30_00)
    martin.set_input_files(FILES, sheet)
    expect(row(martin, sheet.name)).to_contain_text("we are reading it now")
    read_by_the_worker(cast)
    held = row(martin, sheet.name)
    expect(held).to_contain_text("Held back: the figures do not add up. Opening", timeout=15_000)
    expect(held).to_contain_text("A line of 30.00 is probably missing")
    with martin.expect_file_chooser():
        held.get_by_role("button", name="Send another file").click()
    held.get_by_role("button", name="Send as it is, ask Priya").click()
    expect(held).to_contain_text("Priya looks at it.")
    martin.goto("/")
    expect(martin.locator("main")).to_contain_text(f"Your question about {sheet.name}")
    assert axe(martin) == []


def test_a_line_that_is_cut_is_tried_again_and_gives_one_document(
    cast: Cast, martin: Page, address: str, tmp_path: Path
) -> None:
    tries: list[str] = []
    place = urlsplit(address)

    def cut(route: Route) -> None:
        """The first try never arrives; of the second the answer is lost; the third goes well."""
        tries.append(route.request.headers["x-file-key"])
        if len(tries) == 2:
            # Playwright asks by itself here, and knows no names under localhost.
            route.fetch(
                url=f"http://127.0.0.1:{place.port}/upload/file",
                headers={**route.request.all_headers(), "host": place.netloc},
            )
        if len(tries) < 3:
            route.abort("connectionreset")
        else:
            route.continue_()

    martin.goto("/upload")
    martin.route("**/upload/file", cut)
    martin.set_input_files(FILES, saved(tmp_path, "Receipt.pdf", pdf()))
    expect(row(martin, "Receipt.pdf")).to_contain_text("The line was lost.")
    expect(row(martin, "Receipt.pdf")).to_contain_text("Safe with us.", timeout=15_000)
    assert len(tries) == 3
    assert len(set(tries)) == 1
    assert [one.name for one in documents_of(cast)] == ["Receipt.pdf"]
    assert bytes_used(cast) == len(pdf())


def test_a_socket_that_breaks_half_way_leaves_nothing(
    cast: Cast, martin: Page, address: str
) -> None:
    data = pdf(pages=2_000)
    martin.goto("/upload")
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in martin.context.cookies())
    guards = martin.evaluate("JSON.parse(document.body.dataset.guards)")
    place = urlsplit(address)
    head = {
        "Host": f"{place.hostname}:{place.port}",
        "Cookie": cookies,
        "Content-Length": str(len(data)),
        "Content-Type": "application/octet-stream",
        "X-File-Name": "long.pdf",
        "X-File-Key": "half",
        **guards,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    with socket.create_connection(("127.0.0.1", place.port or 80)) as line:
        line.sendall(f"POST /upload/file HTTP/1.1\r\n{lines}\r\n".encode())
        line.sendall(data[: len(data) // 2])
    settled(cast)
    assert documents_of(cast) == []
    assert files_on_disk(cast) == []


def settled(cast: Cast) -> None:
    """Wait until the server has noticed that the line is gone: it holds no temporary file."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and files_on_disk(cast):
        time.sleep(0.05)


def test_all_of_it_by_keyboard(cast: Cast, martin: Page, tmp_path: Path) -> None:
    martin.goto("/upload")
    with martin.expect_file_chooser() as chooser:
        martin.get_by_role("button", name="Choose files").press("Enter")
    chooser.value.set_files(saved(tmp_path, "Receipt.pdf", pdf()))
    expect(row(martin, "Receipt.pdf")).to_contain_text("Safe with us.")
    expect(martin.locator("[data-upload-status]")).to_contain_text("Receipt.pdf: Safe with us.")
    martin.get_by_role("link", name="Receipt.pdf").press("Enter")
    expect(martin.get_by_role("heading", level=1)).to_have_text("Receipt.pdf")
    with martin.expect_download() as download:
        martin.get_by_role("link", name="Take a copy").press("Enter")
    assert download.value.path().read_bytes() == pdf()
    assert axe(martin) == []


def test_on_a_phone_the_photo_comes_first(
    cast: Cast, browser: Browser, address: str, tmp_path: Path
) -> None:
    context = browser.new_context(
        base_url=address, viewport={"width": 390, "height": 844}, has_touch=True
    )
    page = context.new_page()
    come_in(cast, page)
    page.locator(".tabbar").get_by_text("Upload").tap()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Photo").tap()
    chooser.value.set_files(saved(tmp_path, f"{'long' * 25}.pdf", pdf()))
    expect(row(page, "longlong")).to_contain_text("Safe with us.")
    [document] = documents_of(cast)
    for place in ("/", "/upload", "/documents", f"/documents/{document.id}", "/books"):
        page.goto(place)
        assert axe(page) == []
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, f"{place} scrolls sideways: {wide}"
    context.close()


def test_without_scripts_a_plain_form_takes_the_files(
    cast: Cast, browser: Browser, address: str, tmp_path: Path
) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    come_in(cast, page)
    page.goto("/upload")
    expect(page.get_by_role("button", name="Choose files")).to_be_hidden()
    files = [saved(tmp_path, f"{number}.pdf", pdf(pages=number)) for number in (1, 2)]
    page.get_by_label("Files").set_input_files(files)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("main")).to_contain_text("2 files")
    assert sorted(one.name for one in documents_of(cast)) == ["1.pdf", "2.pdf"]
    context.close()
