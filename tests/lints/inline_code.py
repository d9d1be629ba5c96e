"""Templates hold no inline code: the policy of the pages would refuse it in the browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.lints.sources import Finding, Sources

RULES = {
    re.compile(r"(?<![\w-])style\s*=", re.IGNORECASE): "a style attribute: use a class",
    re.compile(r"(?<![\w:-])on[a-z]{3,}\s*=\s*[\"']", re.IGNORECASE): "an event handler in markup",
    re.compile(r"\bhx-on\b|\bhx-vals\s*=\s*[\"']js:|javascript:", re.IGNORECASE): "code for eval",
    re.compile(r"<style(?![^>]*nonce=)", re.IGNORECASE): "a style element without the nonce",
    re.compile(
        r"<script(?![^>]*(?:\bsrc=|nonce=|type=\"application/json\"))", re.IGNORECASE
    ): "a script element without the nonce",
    re.compile(r"(?:src|href)=\"(?:https?:)?//", re.IGNORECASE): "a foreign origin",
}


def check(sources: Sources) -> Iterator[Finding]:
    for template in sources.templates:
        if not template.path.endswith(".html"):
            continue
        for number, line in enumerate(template.text.splitlines(), 1):
            for rule, words in RULES.items():
                if rule.search(line):
                    yield Finding(template.path, number, words)
