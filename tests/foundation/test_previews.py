"""Pages as pictures: drawn apart, limited, and nothing of the file but its pixels."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from backoffice.foundation import previews
from backoffice.foundation.errors import NotFound
from backoffice.foundation.previews import NoPreview, pages_in, preview, render_page
from tests.foundation.made_files import locked_pdf, pdf, png


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def picture(kind: str, size: tuple[int, int] = (40, 20), **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **more)
    return out.getvalue()


def test_a_page_of_a_pdf_becomes_a_png_and_the_pages_are_counted() -> None:
    shown = preview(pdf(pages=3), "application/pdf", 2)
    assert shown.pages == 3
    assert opened(shown.png).format == "PNG"
    assert max(opened(shown.png).size) <= 1600


def test_pages_are_counted_without_drawing_them() -> None:
    assert pages_in(pdf(pages=12), "application/pdf") == 12
    assert pages_in(picture("PNG"), "image/png") == 1
    with pytest.raises(NoPreview, match="password"):
        pages_in(locked_pdf(opens_without_password=False), "application/pdf")


@pytest.mark.parametrize("page", [0, -1, 4])
def test_a_page_that_is_not_there_is_not_found(page: int) -> None:
    with pytest.raises(NotFound):
        render_page(pdf(pages=3), "application/pdf", page)


def test_a_protected_pdf_is_not_shown() -> None:
    with pytest.raises(NoPreview, match="password"):
        render_page(locked_pdf(opens_without_password=False), "application/pdf", 1)


@pytest.mark.parametrize("damage", [b"", b"%PDF-1.4\nrubbish", b"\x00" * 2000])
def test_what_cannot_be_drawn_is_refused_in_a_sentence(damage: bytes) -> None:
    for media_type in ("application/pdf", "image/png"):
        with pytest.raises(NoPreview, match="could not be drawn safely"):
            render_page(damage, media_type, 1)


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(NoPreview):
        render_page(png(60_000, 60_000), "image/png", 1)


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [("JPEG", "image/jpeg"), ("WEBP", "image/webp"), ("TIFF", "image/tiff")],
)
def test_pictures_are_drawn_anew(kind: str, media_type: str) -> None:
    shown = opened(render_page(picture(kind), media_type, 1))
    assert (shown.format, shown.size) == ("PNG", (40, 20))


def test_a_photo_is_turned_upright_and_keeps_none_of_its_details() -> None:
    details = Image.Exif()
    details[0x0112] = 6  # lying on its side
    details[0x010E] = "the place where it was taken"
    made = render_page(picture("JPEG", exif=details), "image/jpeg", 1)
    assert opened(made).size == (20, 40)
    assert b"the place" not in made
    assert not opened(made).getexif()


def test_the_pages_of_a_tiff_can_be_turned() -> None:
    second = Image.new("RGB", (30, 30), "blue")
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(out, "TIFF", save_all=True, append_images=[second])
    shown = preview(out.getvalue(), "image/tiff", 2)
    assert (shown.pages, opened(shown.png).size) == (2, (30, 30))


def test_other_kinds_have_no_preview() -> None:
    with pytest.raises(NoPreview, match="Open the file instead"):
        render_page(b"a;b", "text/plain", 1)


def test_a_child_that_does_not_end_is_ended(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(previews, "SECONDS_MAX", 0.001)
    with pytest.raises(NoPreview, match="safely"):
        render_page(pdf(), "application/pdf", 1)
