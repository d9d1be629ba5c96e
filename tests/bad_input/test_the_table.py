"""The documents that say which test proves what name tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"`(tests/[\w/]*(?:\.\w+)?)(?:::(\w+))?`")
DOCUMENTS = ("docs/bad-input.md", "docs/security-checklist.md")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_test_that_is_named_exists(document: str) -> None:
    named = NAMED.findall((ROOT / document).read_text())
    missing = [f"{path}::{name}" for path, name in named if not is_there(ROOT / path, name)]
    assert len(named) > 20
    assert missing == []


def is_there(path: Path, name: str) -> bool:
    """The file or folder, and in it the test where one is named."""
    if not name:
        return path.exists()
    if not path.is_file():
        return False
    functions = [
        node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)
    ]
    return name in functions
