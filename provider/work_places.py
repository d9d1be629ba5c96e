"""Where a piece of work is done: the page that its line in a queue opens."""

from __future__ import annotations

from uuid import UUID

from flask import url_for

from backoffice.firm.work.queries import QueueRow


def place_of(row: QueueRow) -> str:
    """The same for a line of a queue."""
    return address_of_work(
        client_id=row.client_id,
        item_id=row.id,
        kind=row.kind,
        state=row.state,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
    )


def address_of_work(
    *,
    client_id: UUID,
    item_id: UUID,
    kind: str,
    state: str,
    subject_kind: str | None,
    subject_id: UUID | None,
) -> str:
    """The page for what the item needs now; the client's own page where it has none."""
    if state == "prepared":
        return url_for("review.show", client=client_id, item=item_id)
    match subject_kind:
        case "bank_account":
            return url_for("coding.grid", client=client_id, account=subject_id)
        case "bank_import":
            return url_for("imports.show", client=client_id, one=subject_id)
        case "document":
            return url_for("documents.show", client=client_id, document=subject_id)
        case "batch_item":
            return url_for("batches.show_all")
    if kind == "sorting":
        return url_for("documents.show_all", client=client_id)
    return url_for("clients.show", client=client_id)
