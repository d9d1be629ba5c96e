"""Logs: one line of JSON with ids, and no value of anybody's in it."""

from __future__ import annotations

import io
import json
import logging
import threading
import warnings
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from backoffice.foundation.logs import (
    TEXT_MAX,
    JsonLines,
    add_to_context,
    current_context,
    log_context,
    set_up_logs,
)
from backoffice.foundation.secret import Secret

ACORN = UUID("01920000-0000-7000-8000-000000000001")
CANARY = "GB33BUKB20201555555555"
logger = logging.getLogger("backoffice.test")


class Lines(io.StringIO):
    """What was logged."""

    def all(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]

    def last(self) -> dict[str, Any]:
        return self.all()[-1]


@pytest.fixture
def lines() -> Iterator[Lines]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    root.handlers.clear()
    stream = Lines()
    set_up_logs(stream=stream)
    yield stream
    logging.captureWarnings(False)
    root.handlers[:] = before
    root.setLevel(level)


def test_a_line_says_when_where_and_what(lines: Lines) -> None:
    logger.info("imported %d lines", 12, extra={"fields": {"import_id": ACORN, "known": 3}})
    line = lines.last()
    assert line["message"] == "imported 12 lines"
    assert (line["level"], line["logger"]) == ("info", "backoffice.test")
    assert (line["import_id"], line["known"]) == (str(ACORN), 3)
    assert datetime.fromisoformat(line["at"]).utcoffset() is not None


def test_the_ids_of_the_context_are_in_every_line_inside_and_none_outside(lines: Lines) -> None:
    with log_context(request_id="r1"):
        add_to_context(client_id=ACORN)
        with log_context(actor_id="priya"):
            logger.info("inner")
        logger.info("outer")
    logger.info("after")
    ids = [(line["request_id"], line["client_id"], line["actor_id"]) for line in lines.all()]
    assert ids == [("r1", str(ACORN), "priya"), ("r1", str(ACORN), None), (None, None, None)]


def test_another_thread_does_not_carry_the_ids(lines: Lines) -> None:
    with log_context(request_id="r1", client_id=ACORN):
        thread = threading.Thread(target=lambda: logger.info("elsewhere"))
        thread.start()
        thread.join()
        assert current_context().request_id == "r1"
    assert lines.last()["request_id"] is None


def test_the_ids_end_with_the_request_even_when_it_fails() -> None:
    with pytest.raises(KeyError), log_context(request_id="r1"):
        raise KeyError
    assert current_context().request_id is None


class Person:
    """An object of ours whose text is personal."""

    def __repr__(self) -> str:
        return CANARY


def test_no_value_gets_into_a_line_by_its_type(lines: Lines) -> None:
    secret, person, error = Secret(CANARY), Person(), ValueError(CANARY)
    logger.warning("a %s b %r c %s", secret, person, error)
    logger.warning("%(one)s", {"one": person})
    logger.warning("f", extra={"fields": {"a": secret, "b": person, "c": [secret, person]}})
    logger.warning("g", extra={"fields": {"d": {"iban": CANARY}}})
    logger.warning(f"h {secret}")
    assert CANARY not in lines.getvalue()
    assert lines.all()[0]["message"] == "a •••• b '<Person>' c <ValueError>"


def test_an_exception_is_logged_by_its_place_and_never_by_its_message(lines: Lines) -> None:
    def fails() -> None:
        try:
            raise LookupError(f"Key (iban)=({CANARY}) already exists")
        except LookupError as error:
            raise RuntimeError(f"while saving {CANARY}") from error

    try:
        fails()
    except RuntimeError:
        logger.exception("the item failed")
    line = lines.last()
    assert CANARY not in lines.getvalue()
    assert line["exception"]["type"] == "builtins.RuntimeError"
    assert line["exception"]["at"][-1].endswith(" fails")
    assert line["exception"]["at"][-1].startswith("tests/foundation/test_logs.py:")
    assert line["exception"]["because"]["type"] == "builtins.LookupError"


def test_a_value_cannot_begin_a_line_colour_a_terminal_or_fill_the_disk(lines: Lines) -> None:
    logger.info('a\n{"level": "forged"}\x1b[31m\u2028 %s', "x" * 10_000)
    assert len(lines.getvalue().splitlines()) == 1
    assert lines.getvalue().isascii()
    assert "\x1b" not in lines.getvalue()
    assert len(lines.last()["message"]) <= TEXT_MAX + 1


def test_a_field_cannot_pass_for_the_frame_of_the_line(lines: Lines) -> None:
    logger.info("real", extra={"fields": {"level": "forged", "client_id": "forged", "n": 1}})
    assert lines.last()["level"] == "info"
    assert lines.last()["client_id"] is None
    assert lines.last()["n"] == 1


@pytest.mark.parametrize(("text", "arguments"), [("%d lines", ("many",)), ("100% done", ())])
def test_a_message_whose_arguments_do_not_fit_is_logged_all_the_same(
    text: str, arguments: tuple[object, ...]
) -> None:
    record = logging.makeLogRecord({"msg": text, "args": arguments})
    assert json.loads(JsonLines().format(record))["message"] == text


def test_pythons_warnings_take_the_same_form(lines: Lines) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old way", DeprecationWarning, stacklevel=1)
    assert lines.last()["logger"] == "py.warnings"


def test_below_the_level_nothing_is_written(lines: Lines) -> None:
    logger.debug("detail")
    assert lines.getvalue() == ""
