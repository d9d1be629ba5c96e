"""Where the demonstration plays: both apps' logins, and who acts for whom.

What staff do goes through the workbench's login, what clients do through the portal's, each with
the acting person: row-level security and the audit see what they would see from the pages.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from backoffice.firm.clients.queries import house_of
from backoffice.firm.staff.queries import operator_id
from backoffice.foundation.identity.sessions import Browser
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import Actor, ScopedSession

BROWSER = Browser(name="Demo", address="127.0.0.1")
WaitUntil = Callable[[Callable[[], bool]], None]
Acting = AbstractContextManager[ScopedSession]


@dataclass(frozen=True)
class Stage:
    """`wait_until` returns when the workers have made something true, or raises."""

    workbench: Runtime
    portal: Runtime
    wait_until: WaitUntil
    note: Callable[[str, str], None]  # a client's slug, and how far its play is

    @cached_property
    def house(self) -> UUID:
        with self.workbench.doors.firm_wide(because="which client is the house") as session:
            return house_of(session)

    @cached_property
    def operator(self) -> UUID:
        with self.workbench.doors.firm_wide(because="the operator acts") as session:
            return operator_id(session)

    def at_house(self, staff: UUID) -> Acting:
        """A colleague at what concerns the firm."""
        return self.as_staff(staff, self.house)

    def as_staff(self, staff: UUID, client: UUID) -> Acting:
        """A colleague at a client's pages of the workbench."""
        return self.workbench.doors.acting_for(client, by=Actor("staff", staff))

    def as_person(self, person: UUID, client: UUID) -> Acting:
        """Somebody of the client in the portal."""
        return self.portal.doors.acting_for(client, by=Actor("person", person))
