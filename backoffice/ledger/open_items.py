"""Open items: what is owed on a posted line, and what settles it.

An allocation pairs a debit item with a credit item. It is no posting and changes no balance; the
database keeps each item's residual and refuses what would turn its sign.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import case, func, or_, select

from backoffice.foundation import audit
from backoffice.foundation.clock import real_now
from backoffice.foundation.errors import BadInput, NotFound
from backoffice.foundation.ids import new_id
from backoffice.foundation.language import _
from backoffice.foundation.tenancy import ScopedSession
from backoffice.ledger.item_models import Allocation, OpenItem, Party
from backoffice.ledger.models import Posting
from backoffice.ledger.refusals import in_words

PARTY_KINDS = ("customer", "supplier", "employee", "authority", "other")


def add_party(session: ScopedSession, *, name: str, kind: str) -> Party:
    """Somebody the client owes or is owed by."""
    if kind not in PARTY_KINDS:
        raise BadInput(_("There is no such kind of party."), field="kind")
    party = Party(id=new_id(), name=name, name_key=name.casefold(), kind=kind)
    session.add(party)
    session.flush()
    audit.record(session, "ledger.party_added", subject=party, kind=kind)
    return party


def open_item(
    session: ScopedSession, posting_id: UUID, *, reference: str, due_on: date | None = None
) -> OpenItem:
    """Keep a posted line of a party open until it is settled."""
    line = session.get(Posting, (session.client_id, posting_id))
    if line is None or line.party_id is None:
        raise NotFound(_("There is no such line of a party."))
    item = OpenItem(
        id=new_id(),
        posting_id=line.id,
        account_id=line.account_id,
        party_id=line.party_id,
        on_date=line.accounting_date,
        due_on=due_on,
        reference=reference,
        currency=line.currency,
        original_minor=line.amount_minor,
    )
    session.add(item)
    with in_words():
        session.flush()
    return item


def allocate(
    session: ScopedSession,
    *,
    debit_item_id: UUID,
    credit_item_id: UUID,
    amount_minor: int,
    on: date,
    offset_reason: str | None = None,
) -> Allocation:
    """Let a debit and a credit item settle one another by so much, as of a day.

    `offset_reason` is needed where they are of two parties. Raises `NotSettled`.
    """
    if amount_minor <= 0:
        raise BadInput(_("An allocation is more than zero."), field="amount")
    allocation = _added(
        session, debit_item_id, credit_item_id, amount_minor, on, offset_reason, None
    )
    audit.record(session, "ledger.allocated", subject=allocation, on=on)
    return allocation


def undo_allocation(session: ScopedSession, allocation_id: UUID, *, on: date) -> Allocation:
    """Take an allocation back as of a day; the items are open again by as much."""
    undone = session.get(Allocation, (session.client_id, allocation_id))
    if undone is None or undone.undoes_id is not None:
        raise NotFound(_("There is no such allocation."))
    allocation = _added(
        session,
        undone.debit_item_id,
        undone.credit_item_id,
        -undone.amount_minor,
        on,
        undone.offset_reason,
        undone.id,
    )
    audit.record(session, "ledger.allocation_undone", subject=allocation, on=on)
    return allocation


def _added(
    session: ScopedSession,
    debit_item_id: UUID,
    credit_item_id: UUID,
    amount_minor: int,
    on: date,
    offset_reason: str | None,
    undoes_id: UUID | None,
) -> Allocation:
    allocation = Allocation(
        id=new_id(),
        debit_item_id=debit_item_id,
        credit_item_id=credit_item_id,
        amount_minor=amount_minor,
        allocated_on=on,
        offset_reason=offset_reason,
        undoes_id=undoes_id,
        actor_kind=session.actor.kind,
        actor_id=session.actor.id,
        recorded_at=real_now(),
    )
    session.add(allocation)
    with in_words():
        session.flush()
    for item_id in (debit_item_id, credit_item_id):
        item = session.get(OpenItem, (session.client_id, item_id))
        session.expire(item)  # the trigger changed it
    return allocation


def residuals(
    session: ScopedSession, as_of: date, *, party_id: UUID | None = None
) -> Sequence[tuple[OpenItem, int]]:
    """Each item dated up to a day, and what was still open of it then, by allocation dates."""
    signed = case(
        (Allocation.debit_item_id == OpenItem.id, -Allocation.amount_minor),
        else_=Allocation.amount_minor,
    )
    allocated = (
        select(func.coalesce(func.sum(signed), 0))
        .where(
            Allocation.client_id == OpenItem.client_id,
            or_(Allocation.debit_item_id == OpenItem.id, Allocation.credit_item_id == OpenItem.id),
            Allocation.allocated_on <= as_of,
        )
        .correlate(OpenItem)
        .scalar_subquery()
    )
    question = (
        select(OpenItem, OpenItem.original_minor + allocated)
        .where(OpenItem.client_id == session.client_id, OpenItem.on_date <= as_of)
        .order_by(OpenItem.due_on, OpenItem.id)
    )
    if party_id is not None:
        question = question.where(OpenItem.party_id == party_id)
    return [(item, int(left)) for item, left in session.execute(question)]
