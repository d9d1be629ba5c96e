"""In which language a page speaks: the reader's choice, else the browser's."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, request
from flask_babel import Babel

from backoffice.foundation.language import DEFAULT_LOCALE, TRANSLATIONS, current_locale

LOCALES = {"en": "en_GB", "id": "id_ID"}  # what may be chosen, and its formats
OWN_NAMES = {"en": "English", "id": "Bahasa Indonesia"}  # each in itself, never translated
COOKIE = "look_language"
ASKED = "language"  # of the address, on pages of nobody
COOKIE_SECONDS = 365 * 24 * 3600


def register(app: Flask) -> None:
    """Flask-Babel speaks for WTForms' own messages; ours come from the same catalogue."""
    Babel(
        app,
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=current_locale,
    )
    app.after_request(_remember)
    app.jinja_env.globals.update(languages=OWN_NAMES)


def _remember(response: Response) -> Response:
    """What was asked for on a page of nobody is kept on this machine."""
    asked = request.args.get(ASKED, "")
    if asked in LOCALES:
        response.set_cookie(
            COOKIE, asked, max_age=COOKIE_SECONDS, samesite="Lax", secure=request.is_secure
        )
    return response


def locale_of(me: Any) -> str:
    if me is not None:
        return LOCALES.get(me.locale, DEFAULT_LOCALE)
    asked = request.args.get(ASKED)
    known = request.cookies.get(COOKIE) or request.accept_languages.best_match(list(LOCALES))
    chosen = asked if asked in LOCALES else known
    return LOCALES.get(chosen or "", DEFAULT_LOCALE)
