"""What banking offers to the rest of the house: its files, its batches, its checks."""

from __future__ import annotations

import re
from uuid import UUID

from backoffice.foundation.errors import Refused
from backoffice.foundation.language import _
from backoffice.foundation.registry import BatchKind, Check, DocumentKind, registry
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import ScopedSession
from backoffice.service_lines.banking.actions.importing import (
    BATCH_KIND,
    living_import,
    start_import,
)
from backoffice.service_lines.banking.batches import batch_finished, item_failed, run_item
from backoffice.service_lines.banking.checks import CHECKS
from backoffice.service_lines.banking.statements.detect import family_of
from backoffice.service_lines.banking.statements.refusals import SecuritiesStatement

# The name of a zip's first member stands right behind its 30 bytes of header.
_MEMBER = re.compile(
    rb"\.(xml|sta|swi|94[02]|mt94[02]|05[234]|camt|ofx|qfx|txt|dat)$", re.IGNORECASE
)


def recognises(head: bytes, name: str) -> bool:
    """Whether the first bytes are those of a bank statement, or of a zip of some."""
    try:
        family = family_of(head)
    except SecuritiesStatement:
        return True  # so that whoever sent it reads what to send instead
    except Refused:
        return False
    return family != "zip" or (name.casefold().endswith(".zip") and _holds_statements(head))


def received(session: ScopedSession, document_id: UUID, _runtime: Runtime) -> None:
    """A statement came: read it, unless it was read and stands."""
    if living_import(session, document_id) is None:
        start_import(session, document_id, by=session.actor)


def _holds_statements(head: bytes) -> bool:
    length = int.from_bytes(head[26:28], "little")
    return _MEMBER.search(head[30 : 30 + length]) is not None


registry.add(DocumentKind("bank_statement", recognises, received))
registry.add(
    BatchKind(
        BATCH_KIND,
        title=lambda: _("Statement import"),
        run=run_item,
        finished=batch_finished,
        failed=item_failed,
        claim_max=1,  # a file or 2,000 lines: seconds, and each may be another worker's
    )
)
for name, find in CHECKS.items():
    registry.add(Check(name, find))
