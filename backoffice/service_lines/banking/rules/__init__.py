"""Decisions of the bank line without a database: fingerprints, suggestions, what adds up."""

from __future__ import annotations

IMPORT_STATES = ("reading", "held", "shown", "released", "undone", "refused")
LINE_STATES = ("open", "coded", "conflict", "left_out")
CODING_KINDS = ("code", "split", "transfer")
DIRECTIONS = ("in", "out", "any")
CONFIDENCES = ("sure", "likely", "unsure")
REASONS = ("rule", "history", "transfer", "twin", "first_time")

# From which states an import may take each step, and where it leads.
IMPORT_MOVES = {
    "show": (("reading", "held"), "shown"),
    "hold": (("reading",), "held"),
    "refuse": (("reading",), "refused"),
    "read_again": (("refused",), "reading"),
    "release": (("shown",), "released"),
    "undo": (("shown", "released", "held"), "undone"),
}

# From which states a line may take each step.
LINE_MOVES = {
    "code": (("open",), "coded"),
    "uncode": (("coded",), "open"),
    "keep": (("conflict",), "open"),
    "leave_out": (("conflict",), "left_out"),
}


def direction_of(amount_minor: int) -> str:
    """`in` for money that came, `out` for money that went."""
    return "in" if amount_minor > 0 else "out"
