"""Slowing down guessing: failures are counted per address of mail and per network address."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from backoffice.foundation.database import Base, ProviderOwned, firm_table


class SignInThrottle(ProviderOwned, Base):
    """Failures of one key (a hash of audience and address) within a window of real time."""

    __tablename__ = "sign_in_throttle"
    __table_args__ = firm_table()

    key_hash: Mapped[bytes] = mapped_column(unique=True)
    failures: Mapped[int] = mapped_column(default=0)
    window_started_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]
