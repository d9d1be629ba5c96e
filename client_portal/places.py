"""The places of the portal, at most five on a phone: endpoint, words, icon, permission."""

from __future__ import annotations

from backoffice.foundation.language import _


def places() -> list[tuple[str, str, str, str]]:
    return [
        ("home.show", _("Home"), "home", "home.see"),
        ("uploads.show", _("Upload"), "upload", "documents.send"),
        ("documents.show_all", _("Documents"), "file-text", "documents.see"),
        ("books.show", _("Books"), "book", "books.see"),
        ("people.show", _("People"), "users", "people.see"),
    ]
