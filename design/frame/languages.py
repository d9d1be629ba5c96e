"""In which language a page speaks: the reader's choice, else the browser's."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from flask_babel import Babel

from backoffice.foundation.language import DEFAULT_LOCALE, TRANSLATIONS, current_locale

LOCALES = {"en": "en_GB", "id": "id_ID"}  # what may be chosen, and its formats
COOKIE = "look_language"


def register(app: Flask) -> None:
    """Flask-Babel speaks for WTForms' own messages; ours come from the same catalogue."""
    Babel(
        app,
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=current_locale,
    )


def locale_of(me: Any) -> str:
    if me is not None:
        return LOCALES.get(me.locale, DEFAULT_LOCALE)
    chosen = request.cookies.get(COOKIE) or request.accept_languages.best_match(list(LOCALES))
    return LOCALES.get(chosen or "", DEFAULT_LOCALE)
