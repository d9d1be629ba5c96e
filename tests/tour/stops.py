"""Where the tour stops: every page of both apps, who opens it, and what is left out and why.

`{acorn}` and the like are ids of the play (see things.py).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stop:
    """A page as it is listed: its name, its address, and what is pressed before the picture."""

    name: str
    path: str
    press: str | None = None  # keys, such as "Control+k"
    shows: str | None = None  # what appears then
    status: int = 200


# Nobody is signed in.
AT_THE_DOOR = {
    "workbench": (
        Stop("sign-in", "/sign-in"),
        Stop("forgotten", "/forgotten"),
        Stop("new-password", "/new-password/{staff_reset}"),
        Stop("welcome", "/welcome/{staff_invitation}"),
        Stop("demo-link", "/demo/{staff_demo}"),
    ),
    "portal": (
        Stop("sign-in", "/sign-in"),
        Stop("forgotten", "/forgotten"),
        Stop("new-password", "/new-password/{person_reset}"),
        Stop("come-in", "/come-in/{invitation}"),
        Stop("demo-link", "/demo/{person_demo}"),
    ),
}

# By the person who opens the pages.
INSIDE = {
    "workbench": {
        "Priya Nair": (
            Stop("today", "/"),
            Stop("find", "/", press="Control+k", shows="dialog[open]"),
            Stop("keys", "/", press="?", shows="dialog[open]"),
            Stop("clients", "/clients"),
            Stop("client", "/clients/{acorn}"),
            Stop("coding", "/clients/{acorn}/bank-accounts/{account}/lines"),
            Stop("coding-idr", "/clients/{cendana}/bank-accounts/{rupiah}/lines"),
            Stop(
                "line-split",
                "/clients/{acorn}/bank-accounts/{account}/lines",
                press="s",
                shows=".editor",
            ),
            Stop(
                "line-transfer",
                "/clients/{acorn}/bank-accounts/{account}/lines",
                press="r",
                shows=".editor",
            ),
            Stop(
                "line-document",
                "/clients/{acorn}/bank-accounts/{account}/lines",
                press="d",
                shows=".editor",
            ),
            Stop(
                "line-rule",
                "/clients/{acorn}/bank-accounts/{account}/lines",
                press="m",
                shows=".editor",
            ),
            Stop("imports", "/clients/{acorn}/imports"),
            Stop("import", "/clients/{acorn}/imports/{import}"),
            Stop("import-held-back", "/clients/{cendana}/imports/{held}"),
            Stop("documents", "/clients/{acorn}/documents"),
            Stop("document", "/clients/{acorn}/documents/{photograph}"),
            Stop("books-of-all", "/books"),
            Stop("books", "/clients/{acorn}/books"),
            Stop("trial-balance", "/clients/{acorn}/books/trial-balance"),
            Stop("profit-and-loss", "/clients/{acorn}/books/profit-and-loss"),
            Stop("balance-sheet", "/clients/{acorn}/books/balance-sheet"),
            Stop("general-ledger", "/clients/{acorn}/books/general-ledger"),
            Stop("account", "/clients/{acorn}/books/accounts/{ledger_account}"),
            Stop("entry", "/clients/{acorn}/books/entries/{entry}"),
            Stop("batches", "/batches"),
            Stop("settings", "/settings"),
            Stop("not-mine", "/clients/{birch}", status=404),
        ),
        "Tom Adeyemi": (
            Stop("today-of-a-lead", "/"),
            Stop("review", "/clients/{acorn}/work/{work}/review"),
        ),
        "Daniel Okafor": (
            Stop("client-add", "/clients/add"),
            Stop("people", "/clients/{acorn}/people"),
            Stop("people-invite", "/clients/{acorn}/people/invite"),
            Stop("people-assign", "/clients/{acorn}/people/assign"),
            Stop("client-audit", "/clients/{acorn}/audit"),
        ),
        "Helen Marsh": (
            Stop("staff", "/staff"),
            Stop("staff-invite", "/staff/invite"),
            Stop("department-make", "/staff/departments/make"),
            Stop("team-make", "/staff/teams/make"),
            Stop("audit", "/audit"),
        ),
    },
    "portal": {
        "Martin Bell": (
            Stop("home", "/"),
            Stop("upload", "/upload"),
            Stop("documents", "/documents"),
            Stop("document", "/documents/{photograph}"),
            Stop("books", "/books"),
            Stop("books-month", "/books/{month}"),
            Stop("books-lines", "/books/{month}/{ledger_account}"),
            Stop("people", "/people"),
            Stop("people-invite", "/people/invite"),
            Stop("account", "/account"),
            Stop("second-factor", "/account/second-factor"),
            Stop("audit", "/audit"),
            Stop("no-such-page", "/documents/{acorn}", status=404),
        ),
        "Dewi Lestari": (
            Stop("home-idr", "/"),
            Stop("document-held-back", "/documents/{held_document}"),
            Stop("books-month-idr", "/books/{month}"),
        ),
        "Ray Castillo": (Stop("home-read-only", "/"),),
    },
}

# Addresses that are no page of their own.
LEFT_OUT = {
    "workbench": {
        "design.file": "a file of the look",
        "health.healthz": "for machines",
        "health.readyz": "for machines",
        "health.metrics": "for machines",
        "audit.verify": "a part of the audit page",
        "audit.verify_house": "a part of the audit page",
        "audit.export": "a file",
        "audit.export_house": "a file",
        "coding.line": "a row of the grid",
        "coding.side": "the side of the grid",
        "coding_edits.split_form": "under S in the grid",
        "coding_edits.transfer_form": "under R in the grid",
        "coding_edits.document_form": "under D in the grid",
        "coding_edits.rule_form": "under M in the grid",
        "documents.picture": "a picture",
        "documents.copy": "leads to the file",
        "documents.file": "a file",
        "previews.picture": "a picture",
        "reports.trial_balance_file": "a file",
        "reports.profit_and_loss_file": "a file",
        "reports.balance_sheet_file": "a file",
        "reports.account_file": "a file",
        "search.find": "found under the keys Control+K",
    },
    "portal": {
        "design.file": "a file of the look",
        "health.healthz": "for machines",
        "health.readyz": "for machines",
        "health.metrics": "for machines",
        "audit.verify": "a part of the audit page",
        "audit.export": "a file",
        "documents.copy": "leads to the file",
        "documents.file": "a file",
        "uploads.row": "a row of the upload page",
        "own_account.take_off": "shown to who has a second factor",
        "sign_in.second_factor": "shown to who has a second factor",
    },
}
