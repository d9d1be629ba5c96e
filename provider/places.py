"""The places of the rail, in their order: endpoint, words, icon, key after G, permission."""

from __future__ import annotations

from backoffice.foundation.language import _

# Pages that belong to the place of another page.
ROOMS = dict.fromkeys(("coding", "coding_edits", "imports", "reports", "review"), "books")


def places() -> list[tuple[str, str, str, str, str]]:
    return [
        ("today.show", _("Today"), "list-check", "t", "today.see"),
        ("clients.show_all", _("Clients"), "building-store", "c", "clients.see"),
        ("books.show_all", _("Books"), "building-bank", "b", "books.see"),
        ("staff.show", _("Staff"), "users-group", "s", "staff.see"),
        ("batches.show_all", _("Batches"), "stack-2", "", "batches.see"),
        ("audit.show_house", _("Who did what"), "shield-check", "w", "audit.see"),
    ]
