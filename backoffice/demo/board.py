"""How far the play is: one line for each client, rewritten in place where a terminal can do it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TextIO

UP_AND_CLEAR = "\x1b[{lines}F\x1b[J"


class Board:
    """Lines by key, each with its title; a line is shown when it changes."""

    def __init__(self, stream: TextIO, titles: Mapping[str, str]) -> None:
        self.stream = stream
        self.titles = titles
        self.width = max(map(len, titles.values()), default=0)
        self.notes: dict[str, str] = {}
        self.lines_shown = 0

    def note(self, key: str, words: str) -> None:
        if self.notes.get(key) == words:
            return
        self.notes[key] = words
        if self.stream.isatty():
            self.draw()
        else:
            print(self.line(key), file=self.stream, flush=True)

    def draw(self) -> None:
        shown = [self.line(key) for key in self.titles if key in self.notes]
        back = UP_AND_CLEAR.format(lines=self.lines_shown) if self.lines_shown else ""
        self.stream.write(back + "".join(f"{line}\n" for line in shown))
        self.stream.flush()
        self.lines_shown = len(shown)

    def line(self, key: str) -> str:
        return f"{self.titles[key].ljust(self.width)}  {self.notes[key]}"
