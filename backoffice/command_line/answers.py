"""How a command speaks: one JSON object on stdout, or text for a person.

answer({"clients": clients}, text=table(clients))
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import click

_speaks_json = False


def speak_json(wanted: bool) -> None:
    """Set once, before the command runs."""
    global _speaks_json
    _speaks_json = wanted


def speaks_json() -> bool:
    return _speaks_json


def answer(found: Mapping[str, object], *, text: str) -> None:
    """Print the result: the object under --json, else the text. Call it once, at the end."""
    click.echo(json.dumps(found, ensure_ascii=False) if _speaks_json else text)


def progress(text: str) -> None:
    """Say how far a long command is; never on stdout, which belongs to the answer."""
    click.echo(text, err=True)


def error(what: Mapping[str, str | int | None]) -> None:
    """Say why a command was refused, and where in the file when that is known."""
    if _speaks_json:
        click.echo(json.dumps({"error": what}, ensure_ascii=False))
        return
    place = [str(what[key]) for key in ("file", "line", "column") if what.get(key) is not None]
    click.echo(": ".join([*([":".join(place)] if place else []), str(what["message"])]), err=True)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> str:
    """Columns as wide as their widest cell; those in `right` are aligned for figures."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (head, *rows)
    )
