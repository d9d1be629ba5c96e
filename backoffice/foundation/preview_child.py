"""The child process that draws one page: `python -m … MEDIA_TYPE PAGE < file > answer`.

It gives up its rights before it has seen a byte of the file. Its answer is one line (`pages 12`,
`missing`, `password`) and, after `pages`, the picture as a PNG. Started by `previews` alone.
"""

from __future__ import annotations

import ctypes
import io
import os
import resource
import sys
from typing import Any

import pypdfium2
from PIL import Image, ImageOps

from backoffice.foundation.images import open_image
from backoffice.foundation.pdf_look import ERROR_PASSWORD, MEMORY_MAX, PAGES_MAX

LONGER_SIDE = 1_600  # pixels: an A4 page can be read at this size
PDF_UNITS_PER_INCH = 72
CPU_SECONDS = 20
OPEN_FILES_MAX = 32  # its pipes, and fonts that a PDF does not bring along
CLONE_NEWUSER = 0x10000000  # from <linux/sched.h>
CLONE_NEWNET = 0x40000000


class NoSuchPage(Exception):
    """The page is not among those of the document."""


def main(media_type: str, page: int) -> None:
    """Draw the page that is asked for and write the answer."""
    confine()
    file = io.BytesIO(sys.stdin.buffer.read())
    sys.stdout.buffer.write(_answer(file, media_type, page))
    sys.stdout.buffer.flush()


def _answer(file: io.BytesIO, media_type: str, page: int) -> bytes:
    try:
        picture, pages = _page_of_pdf(file, page) if "pdf" in media_type else _frame(file, page)
    except NoSuchPage:
        return b"missing\n"
    except pypdfium2.PdfiumError as error:
        protected = getattr(error, "err_code", None) == ERROR_PASSWORD
        return b"password\n" if protected else b"unsafe\n"
    return b"pages %d\n" % pages + _as_png(picture)


def confine() -> None:
    """Leave the network where the kernel allows it, and take the limits."""
    libc = ctypes.CDLL(None)
    libc.unshare(CLONE_NEWNET if os.geteuid() == 0 else CLONE_NEWUSER | CLONE_NEWNET)
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY_MAX),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_NOFILE, OPEN_FILES_MAX),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        _soft, hard = resource.getrlimit(kind)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (allowed, allowed))


def _page_of_pdf(file: io.BytesIO, page: int) -> tuple[Image.Image, int]:
    document = pypdfium2.PdfDocument(file.getvalue())
    pages = len(document)
    if not 1 <= page <= min(pages, PAGES_MAX):
        raise NoSuchPage
    drawn = document[page - 1]
    width, height = drawn.get_size()
    scale = LONGER_SIDE / max(width, height, PDF_UNITS_PER_INCH)
    return drawn.render(scale=scale, may_draw_forms=False).to_pil(), pages


def _frame(file: io.BytesIO, page: int) -> tuple[Image.Image, int]:
    """A picture is a document of one page; a TIFF may have more."""
    picture = open_image(file)
    frames = min(getattr(picture, "n_frames", 1), PAGES_MAX)
    if not 1 <= page <= frames:
        raise NoSuchPage
    if page > 1:
        picture.seek(page - 1)
        if picture.width * picture.height > Image.MAX_IMAGE_PIXELS:  # type: ignore[operator]
            raise NoSuchPage
    picture.draft("RGB", (LONGER_SIDE, LONGER_SIDE))
    return picture, frames


def _as_png(picture: Image.Image) -> bytes:
    """New pixels on white, the right way up, without anything else that the file held."""
    upright: Any = ImageOps.exif_transpose(picture)
    upright.thumbnail((LONGER_SIDE, LONGER_SIDE))
    paper = Image.new("RGB", upright.size, "white")
    shown = upright.convert("RGBA")
    paper.paste(shown, mask=shown.getchannel("A"))
    out = io.BytesIO()
    paper.save(out, "PNG", compress_level=6)
    return out.getvalue()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
