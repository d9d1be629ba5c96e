"""Static files: joined, hashed, cached for a year, and nothing else than them."""

import gzip

import pytest
from flask import Flask
from flask.testing import FlaskClient

from design import assets
from design.icon_sprite import icon_names


def address(gallery: Flask, name: str) -> str:
    with gallery.test_request_context():
        return assets.address(name)


def test_the_style_sheet_holds_tokens_tabler_and_every_component() -> None:
    sheet = assets.style_sheet()
    assert sheet.index("@layer tabler") < sheet.index("--accent-soft") < sheet.index(".toast")
    for part in (assets.STATIC / "components").glob("*.css"):
        assert part.read_text() in sheet


def test_a_hashed_address_may_be_kept(gallery: Flask, visitor: FlaskClient) -> None:
    answer = visitor.get(address(gallery, "design.css"))
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"


def test_a_page_of_another_release_gets_the_file_but_may_not_keep_it(visitor: FlaskClient) -> None:
    answer = visitor.get("/design/0123456789ab/design.css")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


def test_text_goes_compressed(gallery: Flask, visitor: FlaskClient) -> None:
    packed = visitor.get(address(gallery, "js/main.js"), headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == assets.content("js/main.js")


@pytest.mark.parametrize(
    "name", ["../headers.py", "..%2fheaders.py", "components", "no.css", "%00"]
)
def test_nothing_else_is_served(visitor: FlaskClient, name: str) -> None:
    assert visitor.get(f"/design/{assets.version()}/{name}").status_code == 404


def test_every_icon_of_the_list_is_in_the_sprite() -> None:
    sprite = assets.content("icons.svg").decode()
    assert [name for name in icon_names() if f'<symbol id="{name}"' not in sprite] == []
