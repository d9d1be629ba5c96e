"""The progress of the play: a line for each client."""

from __future__ import annotations

import io

from backoffice.demo.board import Board

TITLES = {"acorn": "Acorn Joinery Ltd", "birch": "Birch Coffee Inc"}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_without_a_terminal_a_line_is_printed_when_it_changes():
    stream = io.StringIO()
    board = Board(stream, TITLES)
    for words in ("10 of 51 lines coded", "10 of 51 lines coded", "20 of 51 lines coded"):
        board.note("acorn", words)
    board.note("birch", "done")
    assert stream.getvalue().splitlines() == [
        "Acorn Joinery Ltd  10 of 51 lines coded",
        "Acorn Joinery Ltd  20 of 51 lines coded",
        "Birch Coffee Inc   done",
    ]


def test_a_terminal_shows_one_line_for_each_client_and_rewrites_it():
    stream = Terminal()
    board = Board(stream, TITLES)
    board.note("birch", "waits")
    board.note("acorn", "10 of 51 lines coded")
    board.note("acorn", "20 of 51 lines coded")
    drawn = stream.getvalue().split("\x1b[2F\x1b[J")[-1]
    assert drawn.splitlines() == [
        "Acorn Joinery Ltd  20 of 51 lines coded",
        "Birch Coffee Inc   waits",
    ]
