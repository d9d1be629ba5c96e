"""File names as people give them: made safe to show and to send, never used as a path.

Files lie in the storage under their hash; the name is kept for people only.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from backoffice.foundation.language import _

LETTERS_MAX = 120
READ_MAX = 4096  # letters looked at; nobody names a file with more
EXTENSION_LETTERS_MAX = 10
# Names that open a device instead of a file on Windows, with any extension.
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")
_FORBIDDEN_ON_WINDOWS = str.maketrans(dict.fromkeys('<>:"|?*', "_"))


def display_name(given: str | None) -> str:
    """One line that names the file: no folders, no hidden or turning signs, 120 letters at most.

    The extension survives the cut. A name of which nothing is left becomes "unnamed".
    """
    name = unicodedata.normalize("NFC", _visible((given or "")[:READ_MAX]))
    name = re.split(r"[/\\]", name.rstrip("/\\ ."))[-1].translate(_FORBIDDEN_ON_WINDOWS)
    name = _shortened(" ".join(name.split()).lstrip(". ").rstrip(". "))
    if not name:
        return _("unnamed")
    return f"_{name}" if _DEVICES.fullmatch(name) else name


def extension_of(name: str) -> str:
    """The extension in lower case with its dot, or nothing: `.pdf`."""
    match = re.search(rf"\.[A-Za-z0-9]{{1,{EXTENSION_LETTERS_MAX}}}\Z", name)
    return match.group().lower() if match and match.start() > 0 else ""


def content_disposition(name: str, *, inline: bool = False) -> str:
    """The header's value (RFC 6266): plain ASCII for old readers, the full name for the others."""
    safe = display_name(name)
    plain = unicodedata.normalize("NFKD", safe).encode("ascii", "ignore").decode()
    plain = re.sub(r'["\\%;]', "_", plain).strip(". ")
    if not plain or plain == extension_of(safe).lstrip("."):
        plain = "file" + extension_of(safe)
    disposition = "inline" if inline else "attachment"
    return f"{disposition}; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe='')}"


def _visible(text: str) -> str:
    """Without controls, format signs (among them those that turn the direction) and surrogates."""
    return "".join(
        " " if sign in "\t\r\n\u2028\u2029" else sign
        for sign in text
        if sign in "\t\r\n\u2028\u2029" or unicodedata.category(sign)[0] != "C"
    )


def _shortened(name: str) -> str:
    if len(name) <= LETTERS_MAX:
        return name
    extension = extension_of(name)
    return name[: LETTERS_MAX - len(extension) - 1].rstrip(". ") + "…" + extension
