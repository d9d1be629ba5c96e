"""The `backoffice` command itself: quick help, one object on stdout, three exit statuses."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from backoffice import command_line
from backoffice.command_line import answers, context
from backoffice.foundation.errors import BadInput
from config.settings import Settings, SettingsUnusable

HELP_SECONDS_MAX = 0.3
COMMAND = [sys.executable, "-m", "backoffice.command_line"]


@pytest.fixture(autouse=True)
def speaks_text_again() -> Iterator[None]:
    yield
    answers.speak_json(False)


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A noun that refuses as a reader of files does."""

    @click.command()
    def command() -> None:
        raise BadInput("The amount is not a number.", file="march.csv", line=7, column=3)

    monkeypatch.setattr(command_line.Nouns, "get_command", lambda *_: command)


def status_of(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        command_line.main(words)
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_help_answers_at_once() -> None:
    def seconds() -> float:
        """Of the processor: what the wall clock says depends on who else works here."""
        before = os.times()
        subprocess.run([*COMMAND, "--help"], capture_output=True, check=True)
        after = os.times()
        used_by_it = after.children_user - before.children_user
        return used_by_it + after.children_system - before.children_system

    seconds()  # warm
    assert statistics.median(seconds() for _ in range(5)) <= HELP_SECONDS_MAX


def test_help_imports_no_database_and_no_web() -> None:
    look = "import sys, backoffice.command_line; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, check=True
    )
    heavy = {"sqlalchemy", "alembic", "psycopg", "flask", "redis", "rq", "lxml", "babel"}
    assert not heavy & set(loaded.stdout.split())


def test_every_noun_is_listed_with_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of("--help") == 0
    printed = capsys.readouterr().out
    assert all(f"  {noun} " in printed for noun in command_line.nouns())


def test_what_is_no_command_ends_with_two(capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of("statements") == 2
    assert status_of("--colour") == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "No such command" in captured.err


@pytest.mark.usefixtures("refusing")
def test_a_refusal_is_one_object_under_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of("statement", "--json") == 1
    assert json.loads(capsys.readouterr().out) == {
        "error": {
            "code": "bad_input",
            "message": "The amount is not a number.",
            "file": "march.csv",
            "line": 7,
            "column": 3,
        }
    }


@pytest.mark.usefixtures("refusing")
def test_a_refusal_says_where_to_a_person(capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of("statement") == 1
    captured = capsys.readouterr()
    assert captured.err == "march.csv:7:3: The amount is not a number.\n"
    assert captured.out == ""


def test_settings_that_cannot_be_used_are_refused_with_all_problems(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @click.command()
    def command() -> None:
        raise SettingsUnusable(["A is missing.", "B is no number."])

    monkeypatch.setattr(command_line.Nouns, "get_command", lambda *_: command)
    assert status_of("--json", "check") == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "settings_unusable"
    assert error["message"] == "A is missing.\nB is no number."


def test_a_fault_of_ours_is_still_one_object_and_its_trace_goes_to_the_log(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @click.command()
    def command() -> None:
        raise ZeroDivisionError("made up")

    monkeypatch.setattr(command_line.Nouns, "get_command", lambda *_: command)
    assert status_of("--json", "check") == 1
    captured = capsys.readouterr()
    assert json.loads(captured.out)["error"]["code"] == "unexpected"
    assert "made up" not in captured.out
    assert "ZeroDivisionError: made up" in captured.err


def test_json_after_two_dashes_is_a_word_and_not_an_option(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @click.command()
    @click.argument("word")
    def command(word: str) -> None:
        answers.answer({"word": word}, text=f"word {word}")

    monkeypatch.setattr(command_line.Nouns, "get_command", lambda *_: command)
    assert status_of("check", "--", "--json") == 0
    assert capsys.readouterr().out == "word --json\n"


def test_a_named_database_is_used_as_it_is() -> None:
    named = {"DATABASE_URL": "postgresql://admin@db.example/books"}
    with context.installation(named) as environ:
        assert environ == named


def test_without_one_the_demonstration_s_is_started_with_a_key_of_its_own(tmp_path: Path) -> None:
    with context.installation({"BACKOFFICE_FIRM_NAME": "Elsewhere"}, data=tmp_path) as environ:
        settings = Settings.from_environment(environ, serving=False)
        assert settings.demo
        assert settings.firm_name == "Elsewhere"
        assert settings.key != bytes(32)
        assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    with context.installation({}, data=tmp_path) as again:
        assert Settings.from_environment(again).key == settings.key
    context.embedded.destroy(tmp_path)


def test_a_table_aligns_its_figures() -> None:
    printed = answers.table(["account", "debit"], [["Bank", "10.00"], ["Sales", "9.00"]], right=[1])
    assert printed.splitlines() == ["account  debit", "Bank     10.00", "Sales     9.00"]
