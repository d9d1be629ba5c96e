"""Receipts as clients send them: a page made by a shop's till, and a photograph by telephone.

Made from words alone, so that the same receipt is the same file, byte by byte, each time.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

LINE_POINTS = 18
PAGE_POINTS = (320, 440)
PHOTO_PIXELS = (720, 960)
TABLE, PAPER, INK = "#6f6254", "#fbfaf5", "#23211d"


def pdf(lines: Sequence[str]) -> bytes:
    """A PDF of one small page, in a type that every reader has."""
    width, height = PAGE_POINTS
    shown = "".join(f"({escaped(line)}) '\n" for line in lines)
    text = f"BT /F1 12 Tf {LINE_POINTS} TL 32 {height - 32} Td\n{shown}ET"
    return assembled(
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}]"
            " /Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R >>",
            f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
        ]
    )


def assembled(objects: Sequence[str]) -> bytes:
    """The objects with the table that says at which byte each begins."""
    file, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(file))
        file += f"{number} 0 obj\n{body}\nendobj\n".encode("cp1252")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    count = len(objects) + 1
    file += f"xref\n0 {count}\n0000000000 65535 f \n{table}".encode() + (
        f"trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{len(file)}\n%%EOF\n".encode()
    )
    return file


def escaped(line: str) -> str:
    """Brackets and backslashes mean something in a PDF."""
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def photograph(lines: Sequence[str]) -> bytes:
    """A PNG: a slip of paper on a table, a little askew."""
    slip = Image.new("RGB", (460, 660), PAPER)
    pen, type_face = ImageDraw.Draw(slip), ImageFont.load_default(size=24)
    for number, line in enumerate(lines):
        pen.text((36, 40 + number * 36), line, fill=INK, font=type_face)
    picture = Image.new("RGB", PHOTO_PIXELS, TABLE)
    turned = slip.rotate(4, expand=True, fillcolor=TABLE, resample=Image.Resampling.BICUBIC)
    picture.paste(turned, ((PHOTO_PIXELS[0] - turned.width) // 2, 110))
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()
