"""The one way to open a picture: its size is known and limited before a single pixel is decoded."""

from __future__ import annotations

from typing import BinaryIO

from PIL import Image

from backoffice.foundation import formatting
from backoffice.foundation.errors import BadInput
from backoffice.foundation.language import _

PIXELS_MAX = 40_000_000  # a 40-megapixel photo; decoded it takes 160 MB
FORMATS = ("PNG", "JPEG", "WEBP", "TIFF")


def open_image(stream: BinaryIO) -> Image.Image:
    """An opened picture whose pixels are still to be decoded; too large ones are refused."""
    stream.seek(0)
    try:
        # Pillow has a limit of its own, twice as lax: above it open() raises by itself.
        picture = Image.open(stream, formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except Exception:  # each format's reader raises whatever it stumbles over
        raise damaged_image() from None
    if picture.width * picture.height > PIXELS_MAX:
        raise _too_many_pixels()
    return picture


def check_image(stream: BinaryIO) -> None:
    """Refuse a picture that is too large or whose structure is broken, without decoding it."""
    picture = open_image(stream)
    try:
        picture.verify()
    except Exception:  # a format's reader raises whatever it stumbles over
        raise damaged_image() from None


def damaged_image() -> BadInput:
    """The refusal of a picture that cannot be read."""
    return BadInput(
        _("This picture is damaged. Take or save it again and send that."), code="picture_damaged"
    )


def _too_many_pixels() -> BadInput:
    return BadInput(
        _(
            "This picture has more than %(limit)s million pixels, the most that is accepted. "
            "Send it smaller.",
            limit=formatting.count(PIXELS_MAX // 1_000_000),
        ),
        code="picture_too_large",
    )
