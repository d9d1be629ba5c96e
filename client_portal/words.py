"""How roles are called on the pages of the portal, and what each may do."""

from __future__ import annotations

from backoffice.foundation.language import _


def person_role(role: str | None) -> str:
    words = {
        "owner": _("Owner"),
        "finance": _("Finance"),
        "hr": _("HR"),
        "read_only": _("Read only"),
    }
    return words.get(role or "", "")


def person_role_means(role: str) -> str:
    return {
        "owner": _("sees everything, and says who else may"),
        "finance": _("sends files, sees the books"),
        "hr": _("sends files, sees what concerns people"),
        "read_only": _("sees the books and files, sends nothing"),
    }[role]
