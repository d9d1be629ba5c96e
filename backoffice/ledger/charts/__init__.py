"""Charts of accounts to start from, one per country, as two tables of data beside this file.

`<name>_accounts.csv`: code, name, kind, code of the parent, role (a `heading` only groups),
control account or not, and other words under which people look for it.
`<name>_tax_codes.csv`: code, name, rate as a fraction, direction, the accounts of output and input
tax, the box of the return, and from when until when it is in force.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files

from backoffice.foundation.errors import BadInput
from backoffice.foundation.language import _

HEADINGS = ("heading", "bank_parent")
FOR_ANY_COUNTRY = "international"


@dataclass(frozen=True)
class ChartAccount:
    """An account of a template."""

    code: str
    name: str
    kind: str
    parent: str | None
    role: str | None
    is_parent: bool
    is_control: bool
    description: str


@dataclass(frozen=True)
class ChartTaxCode:
    """A tax code of a template; the accounts are given by their codes."""

    code: str
    name: str
    rate: Decimal
    direction: str
    output: str | None
    input: str | None
    box: str | None
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True)
class Chart:
    """A template by its name: `gb`, `us`, `id` or `international`."""

    name: str
    title: str

    @property
    def accounts(self) -> tuple[ChartAccount, ...]:
        """In the order of the file: a parent comes before its accounts, or after."""
        return tuple(_account(row) for row in _rows(f"{self.name}_accounts.csv"))

    @property
    def tax_codes(self) -> tuple[ChartTaxCode, ...]:
        """In the order in which people choose from them."""
        return tuple(_tax_code(row) for row in _rows(f"{self.name}_tax_codes.csv"))


def charts() -> list[Chart]:
    """All templates; the last one suits any country."""
    return [
        Chart("gb", _("United Kingdom: limited company with VAT")),
        Chart("us", _("United States: company with sales and use tax")),
        Chart("id", _("Indonesia: perseroan terbatas with PPN")),
        Chart(FOR_ANY_COUNTRY, _("Any country: without tax codes of its own")),
    ]


def chart_named(name: str) -> Chart:
    """The template of that name."""
    found = next((chart for chart in charts() if chart.name == name), None)
    if found is None:
        raise BadInput(
            _("There is no chart of accounts named “%(name)s”.", name=name[:40]),
            code="chart_unknown",
            field="chart",
        )
    return found


def chart_for(country: str) -> str:
    """The name of the template for a country (ISO 3166, two letters)."""
    names = [chart.name for chart in charts()]
    return country.lower() if country.lower() in names else FOR_ANY_COUNTRY


@cache
def _rows(file: str) -> tuple[dict[str, str], ...]:
    text = files(__name__).joinpath(file).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def _account(row: dict[str, str]) -> ChartAccount:
    role = row["role"] or None
    return ChartAccount(
        code=row["code"],
        name=row["name"],
        kind=row["kind"],
        parent=row["parent"] or None,
        role=None if role == "heading" else role,
        is_parent=role in HEADINGS,
        is_control=row["control"] == "yes",
        description=row["description"] or "",
    )


def _tax_code(row: dict[str, str]) -> ChartTaxCode:
    until = row["valid_until"]
    return ChartTaxCode(
        code=row["code"],
        name=row["name"],
        rate=Decimal(row["rate"]),
        direction=row["direction"],
        output=row["output"] or None,
        input=row["input"] or None,
        box=row["box"] or None,
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_until=date.fromisoformat(until) if until else None,
    )
