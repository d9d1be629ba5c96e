"""The reader's language: gettext over the catalogue in `backoffice/translations`.

English is the source, so English needs no catalogue and costs nothing. The language belongs to
the request or job at hand and is kept in a context variable; the web apps set it, and use the
same catalogue for their templates through Flask-Babel.

    extract the texts     pybabel extract -F babel.cfg -o backoffice/translations/messages.pot .
    begin a language      pybabel init -i backoffice/translations/messages.pot
                              -d backoffice/translations -l id
    bring it up to date   pybabel update -i backoffice/translations/messages.pot
                              -d backoffice/translations
    compile it            pybabel compile -d backoffice/translations
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from gettext import NullTranslations
from pathlib import Path

TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"
DEFAULT_LOCALE = "en_GB"
_LOCALE = re.compile(r"[a-z]{2,3}(_[A-Za-z0-9]{2,8}){0,2}")

_locale: ContextVar[str] = ContextVar("locale", default=DEFAULT_LOCALE)


def _(text: str, /, **values: object) -> str:
    """The text in the reader's language, its `%(name)s` filled from the values."""
    translated = translations_for(current_locale()).gettext(text)
    return translated % values if values else translated


def ngettext(singular: str, plural: str, number: int, /, **values: object) -> str:
    """The form that the number asks for; `%(number)s` is the number as it stands."""
    translated = translations_for(current_locale()).ngettext(singular, plural, number)
    return translated % {"number": number, **values}


def current_locale() -> str:
    """The locale of the request or job at hand, such as `en_GB` or `id_ID`."""
    return _locale.get()


def set_language(locale: str) -> None:
    """From here to the end of this request (or this thread's next request)."""
    _locale.set(locale)


@contextmanager
def language_of_request(locale: str) -> Iterator[None]:
    """Everything inside speaks the locale's language; a mail in the recipient's, for example."""
    token = _locale.set(locale)
    try:
        yield
    finally:
        _locale.reset(token)


@lru_cache(maxsize=64)
def translations_for(locale: str) -> NullTranslations:
    """The catalogue of a locale, or the empty one (English) where there is none."""
    if not _LOCALE.fullmatch(locale) or not any(folder.is_dir() for folder in _folders(locale)):
        return NullTranslations()
    # Imported late: English, and with it the whole command line, starts without loading Babel.
    from babel.support import Translations

    return Translations.load(TRANSLATIONS, [locale])


def _folders(locale: str) -> tuple[Path, Path]:
    return TRANSLATIONS / locale, TRANSLATIONS / locale.partition("_")[0]
