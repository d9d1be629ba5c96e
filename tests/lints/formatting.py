"""Amounts, numbers and dates are formatted by foundation/formatting.py and by nothing else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.lints.sources import Finding, Source, Sources

# What would format a number or a date in a template without knowing the reader's language.
IN_TEMPLATES = re.compile(
    r"\|\s*(round|format|filesizeformat|float)\b|\.strftime\(|\.isoformat\(|['\"]%[-+0-9.]*[df]\b"
)
# Who may write dates as machines read them, or for people.
MAY_FORMAT_DATES = {"backoffice/foundation/formatting.py"}


def check(sources: Sources) -> Iterator[Finding]:
    for template in sources.templates:
        for number, line in enumerate(template.text.splitlines(), 1):
            found = IN_TEMPLATES.search(line)
            if found and "<time" not in line:  # its datetime attribute is for machines
                message = f"formats by itself ({found.group().strip()}): use the formatter's filter"
                yield Finding(template.path, number, message)
    for source in sources.python:
        if source.path not in MAY_FORMAT_DATES:
            yield from dates_formatted_in(source)


def dates_formatted_in(source: Source) -> Iterator[Finding]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr == "strftime":
            yield Finding(source.path, node.lineno, "strftime: dates go through the formatter")
