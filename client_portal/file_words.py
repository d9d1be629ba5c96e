"""What became of a file, in a client's words: safe, still being read, or held back and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import g

from backoffice.firm.documents.held import questions_about
from backoffice.firm.documents.models import Document
from backoffice.firm.work.for_clients import colleagues
from backoffice.foundation import formatting
from backoffice.foundation.language import _, ngettext
from backoffice.foundation.tenancy import ScopedSession
from backoffice.service_lines.banking.queries.for_clients import (
    LineOfDocument,
    ReadFile,
    files_read,
    lines_of_documents,
)

STATES = {"checking": "checking", "kept": "safe", "held": "held", "refused": "held"}


@dataclass(frozen=True, slots=True)
class FileWords:
    """A row about a file. `document_id` is None where nothing of it was kept."""

    name: str
    state: str  # safe | checking | held
    words: str
    lead: str | None = None
    document_id: UUID | None = None
    ask: str = ""  # whom to ask about it, where it is held back and nobody was asked yet
    asked: bool = False  # somebody of ours looks at it already

    @property
    def sentence(self) -> str:
        """The words where no lead stands before them."""
        return self.words[:1].upper() + self.words[1:]


def about(session: ScopedSession, documents: Sequence[Document]) -> list[FileWords]:
    """A row for each document, in their order."""
    ids = [one.id for one in documents]
    read, lines = files_read(session, ids), lines_of_documents(session, ids)
    asked = questions_about(session, ids)
    ask = whom_to_ask(session)
    rows = []
    for one in documents:
        if STATES[one.state] == "held":
            rows.append(_of_held(one, asked=one.id in asked, ask=ask))
        else:
            words = _of_good(one, read.get(one.id), lines.get(one.id, []))
            rows.append(FileWords(one.name, STATES[one.state], words, None, one.id))
    return rows


def not_kept(name: str, reason: str) -> FileWords:
    """A row about a file of which nothing was kept."""
    return FileWords(name, "held", reason, lead=_("Not taken:"))


def whom_to_ask(session: ScopedSession) -> str:
    """The first name of who prepares the company's books, for “ask Priya”."""
    name = colleagues(session, zone=g.zone).to_ask
    return name.split()[0] if name else _("us")


def _of_held(document: Document, *, asked: bool, ask: str) -> FileWords:
    reason = _after_colon(document.held_reason or "")
    if document.state == "refused":
        return FileWords(document.name, "held", reason, _("Not used:"), document.id)
    if asked:
        reason = _("%(reason)s %(name)s looks at it.", reason=reason, name=ask)
    ask = "" if asked or not g.me.may("documents.send") else ask
    return FileWords(document.name, "held", reason, _("Held back:"), document.id, ask, asked)


def _of_good(document: Document, read: ReadFile | None, lines: list[LineOfDocument]) -> str:
    if document.state == "checking":
        return _("All of it is here; we are reading it now.")
    if read is not None:
        return _of_statement(read)
    if lines:
        days = formatting.listed([formatting.day(line.booked_on) for line in lines[:3]])
        return ngettext(
            "Put on the line of %(days)s.", "Put on the lines of %(days)s.", len(lines), days=days
        )
    return _("Safe with us. We sort it and tell you if anything is missing.")


def _of_statement(read: ReadFile) -> str:
    if read.state == "undone":
        return _("Read as a bank statement, then taken back. It is not in your books.")
    if not read.new or read.first is None or read.last is None:
        return _("Bank statement; all of its lines were here already.")
    span = formatting.period_of_days(read.first, read.last)
    lines = ngettext("%(number)s line", "%(number)s lines", read.new)
    if read.coded >= read.new:
        return _("Bank statement, %(lines)s, %(span)s. All in your books.", lines=lines, span=span)
    if not read.coded:
        return _("Bank statement, %(lines)s, %(span)s. We code it next.", lines=lines, span=span)
    return _(
        "Bank statement, %(lines)s, %(span)s. %(coded)s are in your books so far.",
        lines=lines,
        span=span,
        coded=read.coded,
    )


def _after_colon(sentence: str) -> str:
    """A sentence that goes on after a colon; an abbreviation keeps its capitals."""
    if sentence[1:2].isupper():
        return sentence
    return sentence[:1].lower() + sentence[1:]
