"""What happened to a document, told from the audit: sent, read, asked about, opened, by whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backoffice.firm.documents.models import Document
from backoffice.firm.insight.queries import Act, acts_on
from backoffice.foundation.language import _
from backoffice.foundation.tenancy import ScopedSession

ACTS_MAX = 40
# Done by our machines in the name of whoever began it: that name would mislead.
NOBODYS = ("document.held_back", "statement.import_started", "statement.shown")


@dataclass(frozen=True, slots=True)
class Chapter:
    """One thing that happened: when, in words, and who did it (None: our machines)."""

    at: datetime
    words: str
    who: str | None


def story(
    session: ScopedSession,
    document_id: UUID,
    *,
    also: Sequence[tuple[str, UUID]] = (),
    words: Mapping[str, str] | None = None,
) -> list[Chapter]:
    """Newest first. `also` are subjects that followed from it, `words` the acts done to them."""
    told = document_words() | dict(words or {})
    subjects = [(Document.__tablename__, document_id), *also]
    return [
        Chapter(act.business_at, told[act.action], _who(act))
        for act in acts_on(session, subjects, limit=ACTS_MAX)
        if act.action in told
    ]


def _who(act: Act) -> str | None:
    return None if act.actor_kind == "system" or act.action in NOBODYS else act.actor


def document_words() -> dict[str, str]:
    """The acts on a document, as people say them."""
    return {
        "document.received": _("Sent"),
        "document.sent_again": _("Sent once more; nothing was added"),
        "document.held_back": _("Held back"),
        "document.asked_about": _("Sent as it is, with a question"),
        "document.released": _("Looked at, and used as it is"),
        "document.put_aside": _("Put aside"),
        "document.opened": _("Opened"),
        "document.seen": _("Looked at"),
    }
