"""`db.session` sees no client: only sign-in and the frame may use it, for schema firm."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.lints.sources import Finding, Sources

MAY_USE_IT = {
    "design/frame/database.py",  # makes the doors of it
    "design/frame/permits.py",  # asks whether a client is one of the reader's
    "design/frame/signing_in.py",  # who is it that reads
}


def check(sources: Sources) -> Iterator[Finding]:
    for source in sources.python:
        if source.path in MAY_USE_IT:
            continue
        for node in ast.walk(source.tree):
            is_session = isinstance(node, ast.Attribute) and node.attr == "session"
            if is_session and isinstance(node.value, ast.Name) and node.value.id == "db":
                yield Finding(source.path, node.lineno, "db.session: open a door instead")
