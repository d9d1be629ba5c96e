"""The one business clock, which the demo may move, and the real one.

Actions take their time from `business_now`. Leases, sessions, tokens and webhook ages use
`real_now`: they protect something, and nobody may shorten or lengthen them by playing a month.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from backoffice.foundation.database import Base, firm_table


class BusinessClock(Base):
    """One row: how many seconds the business clock runs ahead of the real one."""

    __tablename__ = "business_clock"
    __table_args__ = firm_table(CheckConstraint("id = 1", name="one_row"))

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ahead_seconds: Mapped[int] = mapped_column(default=0)


class ClockMayNotMove(RuntimeError):
    """Outside the demo and development the business clock is the real one."""


def real_now() -> datetime:
    """The real instant, in UTC."""
    return datetime.now(UTC)


def business_now(session: Session) -> datetime:
    """The instant at which the business acts, in UTC; one reading serves a whole session."""
    if "ahead" not in session.info:
        session.info["ahead"] = session.scalar(select(BusinessClock.ahead_seconds)) or 0
    return real_now() + timedelta(seconds=session.info["ahead"])


def business_today(session: Session, zone: str) -> date:
    """The local date, in an IANA zone, at which the business acts."""
    return business_now(session).astimezone(ZoneInfo(zone)).date()


def move_business_clock(session: Session, *, to: datetime, may_move: bool) -> None:
    """Set the business clock to an instant. `may_move` is the setting of the installation."""
    if not may_move:
        raise ClockMayNotMove(
            "The business clock may be moved in the demo and in development only."
        )
    clock = session.get_one(BusinessClock, 1, with_for_update=True)
    clock.ahead_seconds = round((to - real_now()).total_seconds())
    session.info.pop("ahead", None)
