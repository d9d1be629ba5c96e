"""Who plays: the firm Harbour Lane Back Office, its people, its clients and theirs.

Made-up names throughout. `.example` is a domain that can never exist (RFC 2606).
"""

from __future__ import annotations

from dataclasses import dataclass

FIRM_DOMAIN = "harbourlane.example"


@dataclass(frozen=True)
class Colleague:
    """A member of staff. `leads` names the team or department that they lead, if any."""

    name: str
    role: str
    team: str | None = None

    @property
    def email(self) -> str:
        return f"{self.name.split()[0].lower()}@{FIRM_DOMAIN}"


@dataclass(frozen=True)
class Insider:
    """A person of a client."""

    name: str
    email: str
    role: str


@dataclass(frozen=True)
class DemoAccount:
    """An account at the client's bank, what was in it before the first month, and its recipe."""

    number: str
    opening_minor: int
    recipe: str


@dataclass(frozen=True)
class DemoClient:
    """A client company, whose statement comes in which format, and who works for it."""

    name: str
    slug: str
    colour: str
    country: str
    zone: str
    fiscal_year_start: str
    format: str
    bank: str
    accounts: tuple[DemoAccount, ...]
    people: tuple[Insider, ...]
    preparer: str
    reviewer: str
    account_manager: str


MANAGER = Colleague("Helen Marsh", "backoffice_manager")

STAFF = (
    MANAGER,
    Colleague("Omar Haddad", "department_head", "Ledgers"),
    Colleague("Tom Adeyemi", "team_lead", "Ledgers"),
    Colleague("Priya Nair", "associate", "Ledgers"),
    Colleague("Ines Duarte", "associate", "Ledgers"),
    Colleague("Leah Morgan", "department_head", "Pay runs"),
    Colleague("Kofi Mensah", "team_lead", "Pay runs"),
    Colleague("Sofia Lindqvist", "department_head", "Client desk"),
    Colleague("Daniel Okafor", "account_manager", "Client desk"),
    Colleague("Mei Tan", "account_manager", "Client desk"),
)

# department: (its head, {team: its lead})
DEPARTMENTS = {
    "Bookkeeping": ("Omar Haddad", {"Ledgers": "Tom Adeyemi"}),
    "Payroll": ("Leah Morgan", {"Pay runs": "Kofi Mensah"}),
    "Client Services": ("Sofia Lindqvist", {"Client desk": "Daniel Okafor"}),
}

CLIENTS = (
    DemoClient(
        name="Acorn Joinery Ltd",
        slug="acorn",
        colour="#8a4b12",
        country="GB",
        zone="Europe/London",
        fiscal_year_start="04-01",
        format="camt",
        bank="Harbour Bank",
        accounts=(
            DemoAccount("GB49HLBO40117820934417", 14_382_55, "acorn"),
            DemoAccount("GB02HLBO40117890210044", 6_000_00, "acorn-reserve"),
        ),
        people=(
            Insider("Martin Bell", "martin@acornjoinery.example", "owner"),
            Insider("Judith Cole", "judith@acornjoinery.example", "finance"),
        ),
        preparer="Priya Nair",
        reviewer="Tom Adeyemi",
        account_manager="Daniel Okafor",
    ),
    DemoClient(
        name="Birch Coffee Inc",
        slug="birch",
        colour="#1f6f54",
        country="US",
        zone="America/Los_Angeles",
        fiscal_year_start="01-01",
        format="ofx",
        bank="Pacific Mutual",
        accounts=(DemoAccount("5520192210", 41_906_18, "birch"),),
        people=(
            Insider("Nora Whitfield", "nora@birchcoffee.example", "owner"),
            Insider("Ray Castillo", "ray@birchcoffee.example", "read_only"),
        ),
        preparer="Ines Duarte",
        reviewer="Tom Adeyemi",
        account_manager="Mei Tan",
    ),
    DemoClient(
        name="PT Cendana Kreatif",
        slug="cendana",
        colour="#7b2d6b",
        country="ID",
        zone="Asia/Jakarta",
        fiscal_year_start="01-01",
        format="mt940",
        bank="Bank Samudra",
        accounts=(DemoAccount("0847719302", 186_450_000_00, "cendana"),),
        people=(
            Insider("Dewi Lestari", "dewi@cendanakreatif.example", "owner"),
            Insider("Rizky Pratama", "rizky@cendanakreatif.example", "hr"),
        ),
        preparer="Priya Nair",
        reviewer="Omar Haddad",
        account_manager="Mei Tan",
    ),
)
