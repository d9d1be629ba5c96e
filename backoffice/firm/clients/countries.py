"""What is customary in a country: its currency, a time zone, the start of the fiscal year.

What we know is written down; for the rest the currency comes from Unicode's CLDR (by Babel) and
the zone from the time zone database's own list of countries. All of it is only offered.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

from babel.numbers import get_territory_currencies

from backoffice.firm.clients.rules import CUSTOMARY, Customary

CALENDAR_YEAR = "01-01"  # by far the most common where we know no better
FISCAL_YEARS = {"AU": "07-01", "IN": "04-01", "NZ": "04-01", "ZA": "03-01"}

# Where the list's first zone is not the one in which most companies sit.
BUSIEST_ZONES = {
    "AR": "America/Argentina/Buenos_Aires", "AU": "Australia/Sydney", "BR": "America/Sao_Paulo",
    "CA": "America/Toronto", "CD": "Africa/Kinshasa", "CL": "America/Santiago",
    "CN": "Asia/Shanghai", "EC": "America/Guayaquil", "ES": "Europe/Madrid",
    "FM": "Pacific/Pohnpei", "GL": "America/Nuuk", "KZ": "Asia/Almaty", "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City", "MY": "Asia/Kuala_Lumpur", "PG": "Pacific/Port_Moresby",
    "PT": "Europe/Lisbon", "RU": "Europe/Moscow", "UA": "Europe/Kyiv", "UZ": "Asia/Tashkent",
}  # fmt: skip


def customary(country: str) -> Customary | None:
    """What to offer for an ISO 3166 country; None where the code is nobody's."""
    if country in CUSTOMARY:
        return CUSTOMARY[country]
    zone, currencies = zones().get(country), get_territory_currencies(country)
    if zone is None or not currencies:
        return None
    return Customary(currencies[0], zone, FISCAL_YEARS.get(country, CALENDAR_YEAR))


@cache
def zones() -> dict[str, str]:
    """The zone to offer for each country."""
    listed = resources.files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in listed.splitlines() if not line.startswith("#")]
    found = dict(BUSIEST_ZONES)
    for country, _place, zone, *_note in rows:
        found.setdefault(country, zone)
    return found
