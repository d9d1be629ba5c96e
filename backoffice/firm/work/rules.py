"""What may become of a work item: each legal move is declared here, once."""

from __future__ import annotations

from dataclasses import dataclass

WORK_STATES = ("open", "in_progress", "prepared", "returned", "done", "cancelled")
UNFINISHED = ("open", "in_progress", "prepared", "returned")
IN_HAND = ("open", "in_progress", "returned")
OUTCOMES = ("approved", "returned")


@dataclass(frozen=True)
class Move:
    """From which states a move is legal, and where it leads."""

    name: str
    sources: tuple[str, ...]
    target: str


TAKE = Move("take", IN_HAND, "in_progress")
PREPARE = Move("prepare", IN_HAND, "prepared")
SIGN_OFF = Move("sign_off", ("prepared",), "done")
RETURN = Move("return", ("prepared",), "returned")
VOID = Move("void", ("prepared", "done"), "in_progress")
FINISH = Move("finish", IN_HAND, "done")  # work that needs no second person
CANCEL = Move("cancel", UNFINISHED, "cancelled")
REOPEN = Move("reopen", ("done",), "open")

MOVES = (TAKE, PREPARE, SIGN_OFF, RETURN, VOID, FINISH, CANCEL, REOPEN)

# Kinds of work whose result goes out in the client's name: a second person looks at it.
REVIEWED_KINDS = ("coding",)
