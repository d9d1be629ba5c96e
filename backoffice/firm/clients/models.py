"""Tenants, clients, the people of a client and their sign-in.

What is needed before a client is known (who is this, which companies may they enter) is
provider-owned and holds no name of a client; everything else belongs to the client.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.foundation.database import (
    Base,
    ClientOwned,
    ProviderOwned,
    firm_table,
    one_of,
    owned_key,
)
from backoffice.foundation.identity.columns import Account, OneTimeToken, SignedInSession
from backoffice.foundation.permissions import PEOPLE_ROLES


class Tenant(ProviderOwned, Base):
    """That a client exists. The provider itself is the one tenant of kind `house`.

    The slug is unique over all clients but may speak its name: only its hash is kept here.
    """

    __tablename__ = "tenant"
    __table_args__ = firm_table(
        CheckConstraint(one_of("kind", "house", "client"), name="kind"),
        Index("uq_tenant_house", "kind", unique=True, postgresql_where=text("kind = 'house'")),
    )

    kind: Mapped[str]
    slug_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]


class Client(ClientOwned, Base):
    """A client company and the frame of its books. `id` equals `client_id`."""

    __tablename__ = "client"
    __table_args__ = (
        CheckConstraint("client_id = id", name="is_its_own_tenant"),
        CheckConstraint("country ~ '^[A-Z]{2}$'", name="country"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint("fiscal_year_start ~ '^[0-1][0-9]-[0-3][0-9]$'", name="fiscal_year_start"),
        CheckConstraint("brand_colour IS NULL OR brand_colour ~ '^#[0-9a-f]{6}$'", name="colour"),
    )

    name: Mapped[str]
    name_key: Mapped[str]
    slug: Mapped[str]
    country: Mapped[str]
    currency: Mapped[str]
    zone: Mapped[str]
    fiscal_year_start: Mapped[str]  # MM-DD
    chart: Mapped[str]  # the template that its chart of accounts came from
    brand_colour: Mapped[str | None]
    created_at: Mapped[datetime]


class Person(Account, ProviderOwned, Base):
    """Somebody who speaks for one or more clients. The name is kept by each client, not here."""

    __tablename__ = "person"
    __table_args__ = firm_table()

    created_at: Mapped[datetime]


class PersonCompany(ProviderOwned, Base):
    """Which companies a person may enter; the role there is the client's own row (ClientMember)."""

    __tablename__ = "person_company"
    __table_args__ = firm_table(UniqueConstraint("person_id", "client_id"))

    person_id: Mapped[UUID] = mapped_column(ForeignKey("firm.person.id"))
    client_id: Mapped[UUID] = mapped_column(ForeignKey("firm.tenant.id"), index=True)


class ClientMember(ClientOwned, Base):
    """A person's name and role at one client."""

    __tablename__ = "client_member"
    __table_args__ = (
        CheckConstraint(one_of("role", *PEOPLE_ROLES), name="role"),
        UniqueConstraint("client_id", "person_id"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("firm.person.id"))
    name: Mapped[str]
    email: Mapped[str]
    role: Mapped[str]
    since: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class PersonSession(SignedInSession, ProviderOwned, Base):
    """A browser in which a person is signed in to the portal, and the company it shows."""

    __tablename__ = "person_session"
    __table_args__ = firm_table()

    person_id: Mapped[UUID] = mapped_column(ForeignKey("firm.person.id"), index=True)
    client_id: Mapped[UUID | None] = mapped_column(ForeignKey("firm.tenant.id"))


class Invitation(ClientOwned, Base):
    """Somebody was asked to come in, by whom, with which role."""

    __tablename__ = "invitation"
    __table_args__ = (CheckConstraint(one_of("role", *PEOPLE_ROLES), name="role"),)

    name: Mapped[str]
    email: Mapped[str]
    role: Mapped[str]
    invited_by_kind: Mapped[str]
    invited_by_id: Mapped[UUID | None]
    invited_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class PersonToken(OneTimeToken, ProviderOwned, Base):
    """The hash of a mailed link, and which client's invitation or which person it stands for."""

    __tablename__ = "person_token"
    __table_args__ = firm_table(
        CheckConstraint(one_of("purpose", "invite", "reset", "demo"), name="purpose"),
        CheckConstraint("(purpose = 'invite') = (invitation_id IS NOT NULL)", name="invites"),
        owned_key("invitation_id", "invitation"),
    )

    client_id: Mapped[UUID | None] = mapped_column(ForeignKey("firm.tenant.id"))
    invitation_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("firm.person.id"))
