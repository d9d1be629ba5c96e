"""Markup that nobody escapes is made in one place."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.lints.sources import Finding, Sources

SAFE = re.compile(r"\|\s*safe\b|\{%-?\s*autoescape\s+false")
MAY_MAKE_MARKUP = {
    "design/assets.py",
    "design/charts.py",
    "design/frame/guards.py",
    "design/icon_sprite.py",
}


def check(sources: Sources) -> Iterator[Finding]:
    for template in sources.templates:
        for number, line in enumerate(template.text.splitlines(), 1):
            if SAFE.search(line):
                yield Finding(template.path, number, "switches escaping off")
    for source in sources.python:
        if source.path in MAY_MAKE_MARKUP:
            continue
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and "Markup" in {
                getattr(node.func, "id", ""),
                getattr(node.func, "attr", ""),
            }:
                yield Finding(source.path, node.lineno, "Markup(): escaping is switched off")
