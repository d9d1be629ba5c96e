"""Staff, where they stand in the firm, and which clients they are assigned to."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.foundation.database import Base, ProviderOwned, firm_table, one_of
from backoffice.foundation.identity.columns import Account, OneTimeToken, SignedInSession
from backoffice.foundation.permissions import STAFF_ROLES

DUTIES = ("preparer", "reviewer", "account_manager")


class Staff(Account, ProviderOwned, Base):
    """A member of staff. The operator is a row without a password: the command line acts as it."""

    __tablename__ = "staff"
    __table_args__ = firm_table(
        CheckConstraint(one_of("role", *STAFF_ROLES), name="role"),
        Index("uq_staff_operator", "role", unique=True, postgresql_where=text("role = 'operator'")),
    )

    name: Mapped[str]
    role: Mapped[str]
    zone: Mapped[str] = mapped_column(default="Europe/London")
    created_at: Mapped[datetime]
    deactivated_at: Mapped[datetime | None]


class Department(ProviderOwned, Base):
    """A department of the firm, with its head."""

    __tablename__ = "department"
    __table_args__ = firm_table()

    name: Mapped[str] = mapped_column(unique=True)
    head_id: Mapped[UUID | None] = mapped_column(ForeignKey("firm.staff.id"))


class Team(ProviderOwned, Base):
    """A team of a department, with its lead."""

    __tablename__ = "team"
    __table_args__ = firm_table(UniqueConstraint("department_id", "name"))

    department_id: Mapped[UUID] = mapped_column(ForeignKey("firm.department.id"))
    name: Mapped[str]
    lead_id: Mapped[UUID | None] = mapped_column(ForeignKey("firm.staff.id"))


class Membership(ProviderOwned, Base):
    """Who is in which team, from when until when (both days included)."""

    __tablename__ = "membership"
    __table_args__ = firm_table(
        CheckConstraint("until IS NULL OR until >= since", name="ends_after_it_begins")
    )

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("firm.staff.id"), index=True)
    team_id: Mapped[UUID] = mapped_column(ForeignKey("firm.team.id"), index=True)
    since: Mapped[date]
    until: Mapped[date | None]


class Assignment(ProviderOwned, Base):
    """Who works for which client, and as what. What staff may see follows from these rows."""

    __tablename__ = "assignment"
    __table_args__ = firm_table(
        CheckConstraint(one_of("duty", *DUTIES), name="duty"),
        CheckConstraint("until IS NULL OR until >= since", name="ends_after_it_begins"),
        Index(
            "uq_assignment_open",
            "staff_id",
            "client_id",
            "duty",
            unique=True,
            postgresql_where=text("until IS NULL"),
        ),
    )

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("firm.staff.id"))
    client_id: Mapped[UUID] = mapped_column(ForeignKey("firm.tenant.id"), index=True)
    duty: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]


class StaffSession(SignedInSession, ProviderOwned, Base):
    """A browser in which a member of staff is signed in to the workbench."""

    __tablename__ = "staff_session"
    __table_args__ = firm_table()

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("firm.staff.id"), index=True)


class StaffToken(OneTimeToken, ProviderOwned, Base):
    """An invitation, a new password or a demo link for a member of staff."""

    __tablename__ = "staff_token"
    __table_args__ = firm_table(
        CheckConstraint(one_of("purpose", "invite", "reset", "demo"), name="purpose")
    )

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("firm.staff.id"), index=True)
