"""Language: English is the source, a catalogue translates, the locale belongs to the context."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from backoffice.foundation import language
from backoffice.foundation.language import (
    _,
    current_locale,
    language_of_request,
    ngettext,
    set_language,
    translations_for,
)


@pytest.fixture
def indonesian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A compiled catalogue of two texts, as pybabel would leave it."""
    catalogue = Catalog(locale="id")
    catalogue.add("Late by %(days)s", "Terlambat %(days)s")
    catalogue.add(("%(number)s line", "%(number)s lines"), ("%(number)s baris",))
    folder = tmp_path / "id" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    monkeypatch.setattr(language, "TRANSLATIONS", tmp_path)
    translations_for.cache_clear()
    yield
    translations_for.cache_clear()


def test_english_is_the_source_and_fills_in_the_values() -> None:
    assert _("100% done") == "100% done"
    assert _("%(text)s is %(self)s", text="a", self="b") == "a is b"
    assert ngettext("%(number)s line", "%(number)s lines", 1) == "1 line"
    assert ngettext("%(number)s line", "%(number)s lines", 1204, number="1,204") == "1,204 lines"


@pytest.mark.usefixtures("indonesian")
def test_a_catalogue_of_the_language_serves_its_regions() -> None:
    with language_of_request("id_ID"):
        assert _("Late by %(days)s", days=3) == "Terlambat 3"
        assert ngettext("%(number)s line", "%(number)s lines", 1) == "1 baris"
        assert _("Not in the catalogue") == "Not in the catalogue"
    assert _("Late by %(days)s", days=3) == "Late by 3"


def test_the_language_ends_with_the_request_even_when_it_fails() -> None:
    before = current_locale()
    with pytest.raises(KeyError, match="id_ID"), language_of_request("id_ID"):
        raise KeyError(current_locale())
    assert current_locale() == before


def test_another_thread_keeps_its_own_language() -> None:
    seen: list[str] = []
    with language_of_request("id_ID"):
        thread = threading.Thread(target=lambda: seen.append(current_locale()))
        thread.start()
        thread.join()
    assert seen == [language.DEFAULT_LOCALE]


def test_a_language_that_is_set_stays_for_this_context() -> None:
    with language_of_request("en_GB"):
        set_language("en_US")
        assert current_locale() == "en_US"


@pytest.mark.parametrize("locale", ["../../etc", "xx_XX", "", "en/../..", "a" * 5000])
def test_a_locale_that_is_none_speaks_english(locale: str) -> None:
    assert translations_for(locale).gettext("Hello") == "Hello"
