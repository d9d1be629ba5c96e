"""An import in words: its state as a chip, and the one sentence about what to do next."""

from __future__ import annotations

from backoffice.foundation import formatting
from backoffice.foundation.language import _, ngettext
from backoffice.service_lines.banking.models import BankImport
from backoffice.service_lines.banking.queries.imports import ImportDetail

CHIPS = {
    "reading": "running",
    "held": "held",
    "shown": "due",
    "released": "approved",
    "undone": "undone",
    "refused": "failed",
}


def state_words(bank_import: BankImport) -> tuple[str, str]:
    """The kind of chip, and its words."""
    words = {
        "reading": _("Being read"),
        "held": _("Held back"),
        "shown": _("To be released"),
        "released": _("Released"),
        "undone": _("Undone"),
        "refused": _("Cannot be read"),
    }
    return CHIPS[bank_import.state], words[bank_import.state]


def sentence(found: ImportDetail) -> str:
    """What the import is now and what to do."""
    one = found.row.bank_import
    match one.state:
        case "reading":
            return _("The file is being read. You may leave this page.")
        case "shown":
            return _brought(one) + " " + _("Look through it, then release it for coding.")
        case "released":
            return _brought(one) + " " + _coded(found)
        case "undone":
            return _("It was taken back as a whole; nothing of it is in the books.")
        case _:
            return one.reason or ""


def _brought(one: BankImport) -> str:
    new = ngettext("%(number)s line is new", "%(number)s lines are new", one.new)
    return _(
        "%(new)s, %(known)s known before, %(conflicts)s contradicting.",
        new=new,
        known=formatting.count(one.known),
        conflicts=formatting.count(one.conflicts),
    )


def _coded(found: ImportDetail) -> str:
    if not found.coded:
        return _("Nothing rests on it yet, so it can be taken back as a whole.")
    return ngettext(
        "%(number)s line of it has been coded, so it stays.",
        "%(number)s lines of it have been coded, so it stays.",
        found.coded,
    )
