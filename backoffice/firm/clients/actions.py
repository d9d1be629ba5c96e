"""Adding a client, which opens everything that belongs to it; and the house, which is one too."""

from __future__ import annotations

import hashlib
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from backoffice.firm.clients.countries import customary
from backoffice.firm.clients.models import Client, Tenant
from backoffice.firm.clients.rules import is_slug, name_key, slug_candidates
from backoffice.foundation import audit
from backoffice.foundation.audit import AuditHead
from backoffice.foundation.client_keys import make_key
from backoffice.foundation.clock import business_now, business_today
from backoffice.foundation.encryption import Keyring
from backoffice.foundation.errors import BadInput, Conflict
from backoffice.foundation.ids import new_id
from backoffice.foundation.language import _
from backoffice.foundation.tenancy import SYSTEM, Doors, ScopedSession
from backoffice.ledger import open_books

NAME_LENGTH_MAX = 120


class SlugTaken(Conflict):
    code = "slug_taken"


def add_client(
    session: ScopedSession,
    keyring: Keyring,
    *,
    name: str,
    country: str,
    currency: str = "",
    zone: str = "",
    fiscal_year_start: str = "",
    chart: str = "",
    slug: str = "",
    kind: str = "client",
) -> Client:
    """Add a client with its key, its audit chain and its open books.

    The session acts for the id that the client will have (`acting_for(new_id(), by=…)`). What
    is left empty is what is customary in the country.
    """
    country = _country(country.strip().upper())
    usual = customary(country)
    zone = _zone(zone or (usual.zone if usual else ""))
    client = Client(
        id=session.client_id,
        name=_name(name),
        name_key=name_key(name),
        slug=_take_slug(session, kind=kind, name=name, wanted=slug),
        country=country,
        currency=_given("currency", currency.upper(), usual.currency if usual else ""),
        zone=zone,
        fiscal_year_start=_given(
            "fiscal_year_start", fiscal_year_start, usual.fiscal_year_start if usual else ""
        ),
        brand_colour=None,
        created_at=business_now(session),
    )
    session.add(AuditHead())
    make_key(session, keyring)
    books = open_books(
        session,
        country=client.country,
        currency=client.currency,
        fiscal_year_start=client.fiscal_year_start,
        chart=chart or None,
        today=business_today(session, zone),
    )
    client.chart = books.chart
    session.add(client)
    session.flush()
    audit.record(session, "client.added", subject=client, country=client.country, kind=kind)
    return client


def ensure_house(doors: Doors, keyring: Keyring, *, name: str, country: str) -> UUID:
    """The provider's own client; added on the first start, and found ever after."""
    with doors.firm_wide(because="is there a house yet") as session:
        found = session.scalar(select(Tenant.id).where(Tenant.kind == "house"))
    if found is not None:
        return found
    house_id = new_id()
    with doors.acting_for(house_id, by=SYSTEM) as session:
        add_client(session, keyring, name=name, country=country, kind="house")
    return house_id


def change_brand(session: ScopedSession, *, colour: str | None) -> None:
    """Give the client its colour, as #rrggbb."""
    client = session.get_one(Client, (session.client_id, session.client_id))
    client.brand_colour = colour
    audit.record(session, "client.brand_changed", subject=client)


def _take_slug(session: ScopedSession, *, kind: str, name: str, wanted: str) -> str:
    """Reserve the slug, which no other client has; only its hash stands where all are listed."""
    if wanted and not is_slug(wanted):
        raise BadInput(
            _("Write the short name in small letters, digits and hyphens, such as acorn-joinery."),
            field="slug",
        )
    for slug in [wanted] if wanted else slug_candidates(name):
        if _reserve(session, kind, slug):
            return slug
    raise SlugTaken(
        _("The short name “%(slug)s” is taken. Choose another.", slug=wanted or name), field="slug"
    )


def _reserve(session: ScopedSession, kind: str, slug: str) -> bool:
    """Insert the tenant, unless somebody has the slug (or has just taken it)."""
    taken = session.scalar(
        insert(Tenant)
        .values(
            id=session.client_id,
            kind=kind,
            slug_hash=slug_hash(slug),
            created_at=business_now(session),
        )
        .on_conflict_do_nothing(index_elements=["slug_hash"])
        .returning(Tenant.id)
    )
    return taken is not None


def slug_hash(slug: str) -> bytes:
    """Unique over all clients without telling their names to who may read the list."""
    return hashlib.sha256(b"backoffice slug\0" + slug.encode()).digest()


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise BadInput(_("Write the company's name."), field="name")
    if len(name) > NAME_LENGTH_MAX:
        raise BadInput(
            _("A name has at most %(count)s characters.", count=NAME_LENGTH_MAX), field="name"
        )
    return name


def _country(country: str) -> str:
    if len(country) != 2 or not (country.isascii() and country.isalpha()):
        raise BadInput(_("Write the country in two letters, such as GB."), field="country")
    return country


def _zone(zone: str) -> str:
    if zone not in available_timezones():
        raise BadInput(_("Choose a time zone, such as Europe/London."), field="zone")
    return ZoneInfo(zone).key


def _given(field: str, value: str, usual: str) -> str:
    """What was written, else what is customary; one of the two must be there."""
    if value or usual:
        return value or usual
    sentence = {
        "currency": _("Write the currency in three letters, such as EUR."),
        "fiscal_year_start": _("Write the first day of the fiscal year as MM-DD."),
    }[field]
    raise BadInput(sentence, field=field)
