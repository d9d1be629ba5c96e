"""Who a command acts as, and for which client: the operator, and a slug or an id."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from backoffice.foundation.tenancy import Actor

if TYPE_CHECKING:
    from backoffice.firm.clients.queries import Card
    from backoffice.foundation.runtime import Runtime


def operator_id(runtime: Runtime) -> UUID:
    """The member of staff that stands for whoever runs commands on this installation."""
    from backoffice.firm.staff.queries import operator_id as found_in

    with runtime.doors.firm_wide(because="the operator acts") as session:
        return found_in(session)


def operator(runtime: Runtime) -> Actor:
    """The operator, as an actor."""
    return Actor("staff", operator_id(runtime))


def client_of(runtime: Runtime, slug_or_id: str) -> Card:
    """The client a command names; refused where there is none."""
    from backoffice.firm.clients.queries import client_named

    with runtime.doors.across(operator_id(runtime)) as session:
        return client_named(session, slug_or_id)
