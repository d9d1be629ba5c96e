"""Runs every lint over the project; exits 1 when any finds something."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator

from tests import lints
from tests.lints.sources import Finding, Sources


def findings(sources: Sources) -> Iterator[Finding]:
    for module in pkgutil.iter_modules(lints.__path__):
        check = getattr(importlib.import_module(f"tests.lints.{module.name}"), "check", None)
        if check:
            yield from check(sources)


if __name__ == "__main__":
    found = sorted(findings(Sources.of_project()))
    for finding in found:
        print(finding)
    sys.exit(1 if found else 0)
