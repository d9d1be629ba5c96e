"""Our work for a company, in its people's words: what, who has it, how far, until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import g

from backoffice.firm.documents.queries import names_of
from backoffice.firm.work.for_clients import Colleagues, Promise, colleagues
from backoffice.foundation import formatting
from backoffice.foundation.clock import business_today
from backoffice.foundation.language import _
from backoffice.foundation.tenancy import ScopedSession
from backoffice.service_lines.banking.queries.for_clients import Progress, progress_of


@dataclass(frozen=True, slots=True)
class Told:
    """A line of “What we are doing for you”; `whole` is 0 where nothing is counted."""

    title: str
    words: str
    chip: str  # on_time | late | met, or "" where no day was promised
    done: int = 0
    whole: int = 0


def told(session: ScopedSession, found: Sequence[Promise]) -> list[Told]:
    """Each promise in words, in its order."""
    who = colleagues(session, zone=g.zone)
    today = business_today(session, g.zone)
    coding = [(one.subject_id, one.period) for one in found if one.kind == "coding"]
    progress = progress_of(session, [(a, month) for a, month in coding if a and month])
    several = len({far.account for far in progress.values()}) > 1
    files = names_of(session, [one.subject_id for one in found if one.kind == "held_document"])
    lines = []
    for one in found:
        if one.kind == "coding":
            far = progress.get((one.subject_id, one.period))  # type: ignore[arg-type]
            lines.append(_coding(one, far, who, today, several=several))
        elif one.kind == "sorting":
            lines.append(_sorting(one, who, today))
        else:
            lines.append(_question(one, files.get(one.subject_id, ""), who, today))
    return lines


def _coding(
    one: Promise, far: Progress | None, who: Colleagues, today: date, *, several: bool
) -> Told:
    span = formatting.period_of_days(far.first, far.last) if far else formatting.period(one.period)
    done, whole = (far.coded, far.lines) if far else (0, 0)
    words = _state_of_coding(one, who, done, whole)
    title = _("Bank lines, %(span)s", span=span)
    if several and far:
        title = _("%(account)s, %(span)s", account=far.account, span=span)
    return Told(title, words, _chip(one, today), done, whole)


def _state_of_coding(one: Promise, who: Colleagues, done: int, whole: int) -> str:
    if one.state == "done":
        return _("Coded and reviewed; the figures are in your books.")
    if one.state == "prepared":
        return _("All coded. %(name)s reviews them.", name=_first(who.reviewer))
    name = _first(one.who or who.preparer)
    if one.state == "open" and not done:
        return _("%(name)s codes them next: %(whole)s lines.", name=name, whole=whole)
    return _("%(name)s is coding: %(done)s of %(whole)s done.", name=name, done=done, whole=whole)


def _sorting(one: Promise, who: Colleagues, today: date) -> Told:
    day = formatting.day(one.opened_at.date())
    if one.state == "done":
        words = _("Sorted.")
    else:
        words = _("%(name)s sorts them.", name=_first(one.who or who.preparer))
    return Told(_("Files you sent, %(day)s", day=day), words, _chip(one, today))


def _question(one: Promise, file: str, who: Colleagues, today: date) -> Told:
    if one.state == "done":
        words = _("Looked at.")
    else:
        words = _("%(name)s looks at it.", name=_first(one.who or who.preparer))
    return Told(_("Your question about %(file)s", file=file), words, _chip(one, today))


def _chip(one: Promise, today: date) -> str:
    if one.state == "done":
        return "met"
    if one.due_on is None:
        return ""
    return "late" if one.due_on < today else "on_time"


def _first(name: str | None) -> str:
    """The first name; nobody in particular is a colleague."""
    return name.split()[0] if name else _("A colleague")
