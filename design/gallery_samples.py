"""Made-up rows for the sample pages of the gallery."""

from design.shell import Person, Place, Shell, initials

QUEUE = [
    ("late", "Late 0 h 42", 0, "Answer: VAT on the van lease?", "Request R-2291 · respond clock", "Acorn Joinery Ltd", "Tom’s OK on your draft, asked 09:05. Nudge him.", "10 min"),
    ("at_risk", "1 h 38 left", 80, "Code bank lines, 1–20 November", "November close · step 4 of 9", "Acorn Joinery Ltd", "You. 26 of 64 lines are still open.", "35 min"),
    ("at_risk", "3 h 05 left", 76, "Agree card statement to books", "October close · step 6 of 9", "Birch Coffee Inc", "Difference of 14.20 on 31 Oct: one fee not coded.", "15 min"),
    ("on_track", "1 d 2 h left", 50, "Reply to review notes (2)", "Returned by Tom, Mon 16:40", "PT Cendana Kreatif", "Two lines lack a document above IDR 5,000,000.", "20 min"),
    ("fixed", "Fixed Fri 27 Nov", 0, "Collect November hours", "Pay run November · input", "Birch Coffee Inc", "Input page sent Mon; Nora opened it, not sent.", "5 min"),
    ("on_track", "2 d 4 h left", 25, "Code bank lines, 1–20 November", "November close · step 4 of 9", "Birch Coffee Inc", "Nothing stops you. 118 lines, 91 suggested.", "55 min"),
    ("paused", "Paused 2 d 3 h", 0, "Code card lines, October", "October close · step 5 of 9", "PT Cendana Kreatif", "Waits on Dewi: 3 questions since Fri 20 Nov, 14:10.", "25 min"),
    ("paused", "Paused 0 d 6 h", 0, "Match supplier refund 312.00", "Question Q-884", "Birch Coffee Inc", "Waits on Nora: credit note. Reminder goes at 15:00.", "5 min"),
    ("not_started", None, 0, "Prepare October pack", "October close · step 8 of 9", "Acorn Joinery Ltd", "Starts when step 7 (review) is signed.", "40 min"),
]

ACCOUNTS = [
    {"id": "1", "code": "5000", "name": "Timber and sheet", "used": 31},
    {"id": "2", "code": "5010", "name": "Ironmongery", "used": 18},
    {"id": "3", "code": "5090", "name": "Carriage in", "used": 4},
    {"id": "4", "code": "6300", "name": "Van fuel", "used": 22},
    {"id": "5", "code": "6500", "name": "Software", "used": 11},
]

LINES = [
    ("2 Nov", "Larkfield Timber", "DD 88120", 184260, None, "5000 Timber and sheet", "20 % · 307.10", "coded", "Coded by you, 09:31"),
    ("3 Nov", "Marsh & Pell", "FPI KITCHEN 0612", None, 480000, "4000 Sales, joinery", "20 % · 800.00", "coded", "Coded by you, 09:31"),
    ("4 Nov", "Brightwire Energy", "DD E-204417", 31890, None, "6210 Power and heat", "5 % · 15.19", "sure", "12 of 12 months"),
    ("4 Nov", "Mossbank Ironmongery", "4417", 9648, None, "5010 Ironmongery", "20 % · 16.08", "sure", "18 of 19 times"),
    ("5 Nov", "Quayside Fuel", "CARD 9920", 7115, None, "6300 Van fuel", "20 % · 11.86", "sure", "Rule by Tom, 14 Mar 2025"),
    ("6 Nov", "Tolbooth Trade Supplies", "20931", 68400, None, "", "", "likely", "Read from the document"),
    ("9 Nov", "HMRC", "PAYE 120PX", 231744, None, "2210 PAYE and NI", "No tax", "sure", "Equals October pay run"),
    ("10 Nov", "R Calder", "CASHPT 10NOV", 25000, None, "", "", "unsure", "First time seen"),
    ("10 Nov", "Pennard Van Leasing", "DD 55102", 41280, None, "6310 Van leasing", "20 % · 68.80", "sure", "22 of 22 times"),
    ("11 Nov", "Brook Primary School", "SHELVES", None, 126000, "4000 Sales, joinery", "20 % · 210.00", "likely", "Invoice 0615: digits swapped?"),
] + [
    (f"{day} Nov", "Saltmarsh Glass", f"BACS {day}381", 54000 + day, None, "5020 Glass", "20 % · 90.00", "sure", "7 of 7 times")
    for day in range(12, 28)
]  # fmt: skip


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
    pinned = [Place(name, "#", "") for name in ("Acorn Joinery Ltd", "Birch Coffee Inc", "PT Cendana Kreatif")]
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
    companies = [Place("Acorn Joinery Ltd", "", "", here=True, key="acorn"), Place("Birch Coffee Inc", "", "", key="birch")]
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
