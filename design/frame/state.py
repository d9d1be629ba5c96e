"""What the frame keeps for an app, and finds again from within a request."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import cast
from uuid import UUID

from flask import current_app

from backoffice.firm.clients.queries import Card, card_of, house_of
from backoffice.foundation.identity.sessions import Limits
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import SYSTEM
from design.frame.audience import Audience


@dataclass
class Frame:
    """One per app."""

    audience: Audience
    runtime: Runtime
    names: dict[UUID, Card] = field(default_factory=dict)

    @cached_property
    def house_id(self) -> UUID:
        """The provider's own client, where refusals are audited."""
        with self.runtime.doors.firm_wide(because="which client is the house") as session:
            return house_of(session)

    @cached_property
    def house(self) -> Card:
        """The provider's name and colour, for each page."""
        with self.runtime.doors.acting_for(self.house_id, by=SYSTEM) as session:
            return card_of(session)

    @property
    def limits(self) -> Limits:
        settings = self.runtime.settings
        return Limits(settings.session_idle_seconds, settings.session_seconds_max)


def frame() -> Frame:
    """The frame of the app that answers."""
    return cast(Frame, current_app.extensions["frame"])
