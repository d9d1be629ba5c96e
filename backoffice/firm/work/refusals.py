"""What is refused about work items, in sentences that say what to do instead."""

from __future__ import annotations

from datetime import datetime

from backoffice.foundation import formatting
from backoffice.foundation.errors import BadInput, Conflict, NotFound, NotPermitted
from backoffice.foundation.language import _


def no_such_item() -> NotFound:
    return NotFound(_("There is no such work."))


def moved_on(state: str) -> Conflict:
    return Conflict(
        _(
            "This work is %(state)s by now. Load the page again to see it.",
            state=state_words(state),
        ),
        code="moved_on",
    )


def with_somebody_else(name: str) -> Conflict:
    return Conflict(
        _("%(name)s has this already. Ask for it, or take the next.", name=name), code="taken"
    )


def needs_no_review() -> BadInput:
    return BadInput(_("This work needs no second person. Finish it instead."))


def not_prepared() -> Conflict:
    return Conflict(
        _("Nothing waits for review here: it was changed or sent back since. Load the page again."),
        code="not_prepared",
    )


def own_work() -> NotPermitted:
    return NotPermitted(
        _("Whoever prepared this may not sign it off. Another person has to look."),
        code="preparer_may_not_review",
    )


def may_not_review() -> NotPermitted:
    return NotPermitted(_("You may not sign off work. Ask your team's lead."))


def already_answered(outcome: str, name: str, at: datetime, zone: str) -> Conflict:
    when = formatting.moment(at, zone)
    if outcome == "approved":
        message = _("%(name)s signed this off already, %(when)s.", name=name, when=when)
        return Conflict(message, code="already_approved")
    message = _("%(name)s sent this back already, %(when)s.", name=name, when=when)
    return Conflict(message, code="already_returned")


def changed_since_seen() -> Conflict:
    return Conflict(
        _("This was changed after you opened it. Load the page and look again."),
        code="changed_since_seen",
    )


def say_why() -> BadInput:
    return BadInput(_("Say in a few words what has to be put right."), field="reason")


def nobody() -> NotFound:
    return NotFound(_("There is no such colleague."))


def state_words(state: str) -> str:
    """A state as people say it."""
    return {
        "open": _("open"),
        "in_progress": _("in hand"),
        "prepared": _("in review"),
        "returned": _("sent back"),
        "done": _("done"),
        "cancelled": _("cancelled"),
    }[state]
