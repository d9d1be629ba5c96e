"""What lints read: the project's files, each parsed once, and the findings they yield."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
OURS = ("backoffice", "client_portal", "config", "design", "migrations", "provider", "worker")


@dataclass(frozen=True)
class Source:
    """One file; `path` is relative to the project, with slashes."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @property
    def package(self) -> str:
        return self.path.partition("/")[0]


@dataclass(frozen=True, order=True)
class Finding:
    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Sources:
    python: tuple[Source, ...]
    templates: tuple[Source, ...]

    @classmethod
    def of_project(cls) -> Sources:
        return cls(tuple(read("*.py")), tuple(read("*.html")) + tuple(read("*.txt.jinja")))


def read(pattern: str) -> Iterator[Source]:
    for package in OURS:
        for file in sorted((PROJECT / package).rglob(pattern)):
            path = file.relative_to(PROJECT).as_posix()
            if "/static/" not in path:
                yield Source(path, file.read_text())
