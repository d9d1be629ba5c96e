"""How roles, duties and acts are called on the pages of the workbench."""

from __future__ import annotations

from babel import Locale

from backoffice.foundation.language import _, current_locale


def staff_role(role: str) -> str:
    return {
        "associate": _("Associate"),
        "team_lead": _("Team lead"),
        "department_head": _("Department head"),
        "account_manager": _("Account manager"),
        "backoffice_manager": _("Back-office manager"),
        "operator": _("Operator"),
    }[role]


def person_role(role: str) -> str:
    return {
        "owner": _("Owner"),
        "finance": _("Finance"),
        "hr": _("HR"),
        "read_only": _("Read only"),
    }[role]


def duty(name: str) -> str:
    return {
        "preparer": _("Prepares"),
        "reviewer": _("Reviews"),
        "account_manager": _("Account manager"),
    }[name]


def country(code: str) -> str:
    """The country's name in the reader's language."""
    return str(Locale.parse(current_locale()).territories.get(code, code))


def zone(name: str) -> str:
    """`Europe/London` as `London time`."""
    return _("%(place)s time", place=name.rpartition("/")[2].replace("_", " "))


def document_state(state: str) -> str:
    return {
        "checking": _("Being read"),
        "kept": _("Kept"),
        "held": _("Held back"),
        "refused": _("Put aside"),
    }[state]
