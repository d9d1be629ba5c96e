"""Compares what we read in a folder of statement files with figures that others computed.

    python -m tests.corpus.statements FOLDER EXPECTED [--at-least 0.95]

EXPECTED is a folder with one JSON a file (`x.ofx` → `x.ofx.json`), or one JSON of path → figures.
Compared are, statement by statement in order, the number of entries, their sum, the opening and
closing balance and the balance flag, and how many statements there are; nothing else. A file that
is expected to be unreadable counts when it is refused, and one of securities accounts alone when
it is refused with that word. The last line is `N of M equal`; M counts every file asked for.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from backoffice.foundation.errors import Refused
from backoffice.service_lines.banking.statements.summary import read_as_json

# Our figure, and the names that it goes by in the expectations; the first that is there counts.
FIGURES = {
    "entries": ("entries", "transactions"),
    "sum": ("sum",),
    "opening": ("opening",),
    "closing": ("closing", "ledger_balance"),
    "balances": ("balance_ok", "balances"),
}
AMOUNTS = ("sum", "opening", "closing")
SECURITIES = "INVSTMTRS"
UNREADABLE = ("error", "refused", "unreadable")


def main(arguments: list[str] | None = None) -> int:
    """Print each difference and the score; 1 where the score is below what was asked for."""
    options = _options(arguments)
    expectations = expectations_in(options.expected)
    equal = 0
    for path, expected in expectations.items():
        found = list(differences(find(options.folder, path), expected))
        for difference in found:
            print(f"{path}: {difference}")
        equal += not found
    print(f"{equal} of {len(expectations)} equal")
    return int(equal < options.at_least * len(expectations))


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.corpus.statements")
    parser.add_argument("folder", type=Path, help="where the statement files lie")
    parser.add_argument("expected", type=Path, help="a folder of JSON, or one JSON file")
    parser.add_argument("--at-least", type=float, default=0.0, help="the share that must be equal")
    options = parser.parse_args(arguments)
    for path in (options.folder, options.expected):
        if not path.exists():
            parser.error(f"{path} does not exist")
    return options


def expectations_in(expected: Path) -> dict[str, Any]:
    """Path of each file, as seen from its folder, with the figures expected of it."""
    if expected.is_dir():
        return {
            str(path.relative_to(expected))[: -len(".json")]: json.loads(path.read_bytes())
            for path in sorted(expected.rglob("*.json"))
        }
    found = json.loads(expected.read_bytes())
    if not isinstance(found, dict):
        raise SystemExit(f"{expected} is not a JSON object of path to figures")
    return found


def find(folder: Path, path: str) -> Path:
    """The file; the expectations may name it from a folder further up."""
    parts = Path(path).parts
    tails = (folder.joinpath(*parts[start:]) for start in range(len(parts)))
    return next((tail for tail in tails if tail.is_file()), folder / path)


def differences(path: Path, expected: Any) -> Iterator[str]:
    """`field: expected X, got Y` for each figure that is not as expected."""
    if not path.is_file():
        yield "file: expected it to be there, got none"
        return
    try:
        statements: list[Any] = list(read_as_json(path)["statements"])
    except Refused as refused:
        if not may_be_refused(expected, refused):
            yield f"file: expected it to be read, got {refused.code}: {refused.message}"
        return
    if must_be_refused(expected):
        yield f"file: expected it to be refused, got {len(statements)} statements"
        return
    yield from statement_differences(bank_statements(expected), statements)


def statement_differences(expected: list[Any], statements: list[Any]) -> Iterator[str]:
    """The figures of each statement in order; with another number of them, that alone."""
    if len(expected) != len(statements):
        yield f"statements: expected {len(expected)}, got {len(statements)}"
        return
    for number, (figures, statement) in enumerate(zip(expected, statements, strict=True)):
        for field in FIGURES:
            for wanted in _named(figures, field):
                if not same(field, wanted, statement[field]):
                    place = f"statements[{number}].{field}"
                    yield f"{place}: expected {shown(wanted)}, got {shown(statement[field])}"


def _named(figures: dict[str, Any], field: str) -> Iterator[Any]:
    """The expected figure, if it is among them; a list of balances is not the flag."""
    for name in FIGURES[field]:
        if name in figures and not isinstance(figures[name], list):
            yield figures[name]
            return


def same(field: str, expected: Any, got: Any) -> bool:
    """Whether two figures are equal; amounts by value, a decimal comma taken for a point."""
    if field not in AMOUNTS or expected is None or got is None:
        return bool(expected == got)
    try:
        return Decimal(str(expected).replace(",", ".")) == Decimal(got)
    except InvalidOperation:
        return False


def shown(value: Any) -> str:
    """The figure as JSON would have it, without quotes."""
    return value if isinstance(value, str) else json.dumps(value)


def statements_in(expected: Any) -> list[Any]:
    """The expected statements, whether alone or under their name."""
    found = expected.get("statements") if isinstance(expected, dict) else expected
    return found if isinstance(found, list) else []


def bank_statements(expected: Any) -> list[Any]:
    """Those of bank accounts."""
    return [figures for figures in statements_in(expected) if figures.get("type") != SECURITIES]


def must_be_refused(expected: Any) -> bool:
    """Whether the file is expected to be unreadable, or of securities accounts alone."""
    if expected is None or isinstance(expected, str):
        return True
    if isinstance(expected, dict) and (
        any(expected.get(word) for word in UNREADABLE) or expected.get("statements", ()) is None
    ):
        return True
    return bool(statements_in(expected)) and not bank_statements(expected)


def may_be_refused(expected: Any, refused: Refused) -> bool:
    """Whether this refusal is what was expected; a part that nobody could read is one reason."""
    if statements_in(expected) and not bank_statements(expected):
        return "securities" in refused.message.lower()
    unread = ("bad", "unparseable_amounts")
    return must_be_refused(expected) or any(
        figures.get(name) for figures in statements_in(expected) for name in unread
    )


if __name__ == "__main__":
    sys.exit(main())
