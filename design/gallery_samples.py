"""Made-up rows for the sample pages of the gallery."""

import json
from pathlib import Path

from design.shell import Person, Place, Shell, initials

ROWS = json.loads(Path(__file__).with_suffix(".json").read_text())
CLIENTS = ("Acorn Joinery Ltd", "Birch Coffee Inc", "PT Cendana Kreatif")


def workbench_shell() -> Shell:
    places = [
        Place("Today", "/workbench/today", "list-check", 9, here=True, key="t"),
        Place("Team", "#team", "users-group"),
        Place("Clients", "#clients", "building-store", key="c"),
        Place("Books", "/workbench/grid", "building-bank", 64, key="b"),
        Place("Payroll", "#payroll", "cash", 2, key="p"),
        Place("Requests", "#requests", "message-2-question", 7),
        Place("Deliverables", "#deliverables", "report"),
        Place("Billing", "#billing", "file-invoice"),
        Place("Batches", "#batches", "stack-2", 1),
    ]
    pinned = [Place(name, "#", "") for name in CLIENTS]
    return Shell(
        places=places,
        pinned=pinned,
        person=person("Priya Nair", "Bookkeeper"),
        sign_out="#",
        home="/workbench/today",
        now="Tue 24 Nov 2026, 09:42",
        search="/find",
        settings="#settings",
        notices="#notices",
        running="0:18 on Acorn, October close",
    )


def portal_shell() -> Shell:
    places = [
        Place("Home", "/portal/home", "home", here=True),
        Place("Messages", "/portal/task", "message-2", 1),
        Place("Upload", "/portal/upload", "upload"),
        Place("Documents", "#documents", "file-text"),
        Place("Invoices", "#invoices", "receipt"),
    ]
    companies = [Place(name, "", "", here=name == CLIENTS[0], key=name) for name in CLIENTS[:2]]
    return Shell(
        places=places,
        person=person("Martin Bell", "Owner"),
        sign_out="#",
        home="/portal/home",
        company="Acorn Joinery Ltd",
        companies=companies,
        switch_company="#",
        notices="#notices",
    )


def person(name: str, role: str) -> Person:
    return Person(name, role, initials(name))
