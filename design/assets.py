"""Static files of the look: one style sheet joined from its parts, and a hash in each address.

There is no build tool. The style sheet is joined when the process starts; the hash covers every
file, so an address never changes its meaning and may be cached for a year.
"""

import gzip
import hashlib
import mimetypes
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, abort, request, url_for

STATIC = Path(__file__).parent / "static"
STYLE_SHEET = "design.css"
SECONDS_OF_A_YEAR = 31_536_000
COMPRESSED = (".css", ".js", ".svg")
TYPES = {".woff2": "font/woff2", ".js": "text/javascript", ".svg": "image/svg+xml"}


def blueprint() -> Blueprint:
    """The public route `design.file`; it serves no one's data, so it asks for no sign-in."""
    parts = Blueprint("design", __name__, template_folder="templates")
    parts.add_url_rule("/design/<version_of_page>/<path:name>", "file", file)
    return parts


def address(name: str) -> str:
    """Where a page finds a file of design/static, such as `js/main.js`."""
    return url_for("design.file", version_of_page=version(), name=name)


def file(version_of_page: str, name: str) -> Response:
    """One file; a page drawn by another release gets ours, but may not keep it."""
    if name not in names():
        abort(404)
    small = name.endswith(COMPRESSED) and request.accept_encodings.quality("gzip") > 0
    answer = Response(packed(name) if small else content(name), content_type=type_of(name))
    if small:
        answer.headers["Content-Encoding"] = "gzip"
    answer.vary.add("Accept-Encoding")
    same = version_of_page == version()
    answer.headers["Cache-Control"] = (
        f"public, max-age={SECONDS_OF_A_YEAR}, immutable" if same else "no-cache"
    )
    return answer


@cache
def names() -> frozenset[str]:
    """The files that exist; nothing else is ever opened, so no path can lead outside."""
    files = (path for path in STATIC.rglob("*") if path.is_file())
    return frozenset({STYLE_SHEET, *(path.relative_to(STATIC).as_posix() for path in files)})


@cache
def content(name: str) -> bytes:
    return style_sheet().encode() if name == STYLE_SHEET else (STATIC / name).read_bytes()


@cache
def packed(name: str) -> bytes:
    return gzip.compress(content(name), mtime=0)


@cache
def version() -> str:
    """The same for the same files, in every process and on every machine."""
    whole = hashlib.sha256()
    for name in sorted(names()):
        whole.update(name.encode() + b"\0" + content(name))
    return whole.hexdigest()[:12]


@cache
def style_sheet() -> str:
    """Tabler in a layer of its own, so that ours wins whatever the selectors; then ours."""
    tabler = (STATIC / "vendor" / "tabler.min.css").read_text().removeprefix('@charset "UTF-8";')
    components = sorted((STATIC / "components").glob("*.css"), key=order)
    ours = [path.read_text() for path in (STATIC / "tokens.css", *components)]
    return "\n".join(['@charset "UTF-8";', "@layer tabler {", tabler, "}", *ours])


def order(path: Path) -> tuple[bool, bool, str]:
    """Ground rules first and the shells last; the components do not depend on one another."""
    return (path.stem != "base", path.stem.startswith("shell-"), path.stem)


def type_of(name: str) -> str:
    suffix = Path(name).suffix
    kind = TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") or suffix == ".svg" else kind
