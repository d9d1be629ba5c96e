"""The README says what is so: every variable that is read, every command, every link."""

from __future__ import annotations

import re

import pytest

from backoffice.command_line import nouns
from config import settings
from tests.support.databases import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
READ = re.findall(
    r'read\.\w+\(\s*"([A-Z_]+)"', (ROOT / "config/settings.py").read_text(encoding="utf-8")
)
LINKS = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)


def explained() -> set[str]:
    """The variables of the table; `BACKOFFICE_WORK_HOST`, `_PORTAL_HOST` stands for both."""
    found = set()
    for cell in re.findall(r"^\| (`[A-Z].*?) \|", README, re.MULTILINE):
        first, *others = re.findall(r"`([A-Z_]+)`", cell)
        prefix = "BACKOFFICE" if first.startswith("BACKOFFICE") else "DATABASE_URL"
        found |= {first} | {prefix + other for other in others}
    return found


def test_every_variable_is_explained_and_none_that_is_not_read():
    roles = {f"DATABASE_URL_{role.upper()}" for role in settings.ROLES}
    assert explained() == set(READ) | roles | {"DATABASE_URL", "BACKOFFICE_DATA"}


@pytest.mark.parametrize("link", sorted(set(LINKS)))
def test_every_link_leads_somewhere(link):
    assert (ROOT / link).exists()


def test_the_two_commands_and_the_tour_are_there():
    targets = (ROOT / "Makefile").read_text()
    for target in ("demo", "demo-reset", "test", "check", "help", "setup", "tour"):
        assert re.search(rf"^{target}:", targets, re.MULTILINE)


def test_commands_that_are_named_exist():
    named = set(re.findall(r"`backoffice (\w+)|bin/backoffice (\w+)", README))
    assert {one or other for one, other in named} <= set(nouns())
