"""Every act that the code records has words for the page."""

from __future__ import annotations

import re
from pathlib import Path

from design.frame.act_words import WORDS, act_words

PROJECT = Path(__file__).resolve().parents[2]
FOLDERS = ("backoffice", "design", "provider", "client_portal", "worker")
RECORDED = re.compile(r'(?:\brecord\(\s*[^"()]*|\bseen=)"([a-z_]+\.[a-z_]+)"')


def recorded() -> set[str]:
    sources = (file for folder in FOLDERS for file in (PROJECT / folder).rglob("*.py"))
    return {act for source in sources for act in RECORDED.findall(source.read_text("utf-8"))}


def test_every_recorded_act_has_words() -> None:
    assert len(recorded()) > 50
    assert recorded() - WORDS.keys() == set()


def test_an_act_without_words_shows_as_it_is_called() -> None:
    assert act_words("pay_run.sent_back") == "pay run: sent back"
