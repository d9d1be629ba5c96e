"""The kinds of chips: for each its colour, its shape and the words it has of its own.

A shape is the name of an icon, `ring` for the share of time used, or nothing where the words
are enough. Words are asked for at each call, because the reader's language differs.
"""

from collections.abc import Callable
from dataclasses import dataclass

from backoffice.foundation.language import _


@dataclass(frozen=True)
class Kind:
    """How one state looks; `words` is absent where only the caller knows them."""

    colour: str = ""
    shape: str = ""
    words: Callable[[], str] | None = None


CLOCKS = {
    "on_track": Kind("outline", "ring"),
    "at_risk": Kind("warn", "ring"),
    "late": Kind("bad", "alert-triangle", lambda: _("Late")),
    "paused": Kind("wait", "player-pause", lambda: _("Paused")),
    "fixed": Kind("outline", "calendar-event"),
    "fixed_at_risk": Kind("warn", "calendar-event"),
    "fixed_late": Kind("bad", "calendar-event"),
    "met": Kind("ok", "check", lambda: _("Met")),
    "done_late": Kind("bad", "check", lambda: _("Done late")),
    "not_started": Kind("dashed", "clock", lambda: _("Not started")),
    "due": Kind("warn", "clock"),
}
STATES = {
    "draft": Kind(words=lambda: _("Draft")),
    "open": Kind(words=lambda: _("Open")),
    "in_review": Kind("accent", words=lambda: _("In review")),
    "approved": Kind("ok", words=lambda: _("Approved")),
    "returned": Kind("warn", words=lambda: _("Returned")),
    "held": Kind("bad", "lock", lambda: _("Held")),
    "closed": Kind("ok", "lock", lambda: _("Closed")),
    "coded": Kind(words=lambda: _("Coded")),
    "agreed": Kind("ok", "check", lambda: _("Agreed")),
    "asked": Kind("wait", "message-2-question", lambda: _("Asked")),
    "not_certified": Kind("dashed", "lock-open", lambda: _("Not certified")),
    "waiting": Kind("dashed", "clock", lambda: _("Waiting")),
    "running": Kind("accent", "player-play", lambda: _("Running")),
    "done": Kind("ok", "check", lambda: _("Done")),
    "failed": Kind("bad", "alert-circle", lambda: _("Failed")),
    "undone": Kind("dashed", "arrow-back-up", lambda: _("Undone")),
    "on_time": Kind("ok", words=lambda: _("On time")),
}
KINDS = CLOCKS | STATES
