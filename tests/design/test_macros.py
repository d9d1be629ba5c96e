"""The macros: what people typed is shown as text, and what is drawn says what it is."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from babel.support import Translations
from flask import Flask, render_template_string
from flask.testing import FlaskClient

from backoffice.foundation import language
from backoffice.foundation.language import language_of_request
from design.chips import KINDS
from design.icon_sprite import icon_names
from tests.design.conftest import PAGES

EVIL = "<script>alert(1)</script>\"'><img onerror=x>"
CALLS = [
    "ui.button(evil, key='s', icon_name='plus', more={'data-x': evil})",
    "ui.button(evil, href=evil)",
    "ui.post_button(evil, evil, {'id': evil})",
    "ui.chip('paused', evil, title=evil)",
    "ui.word_chip(evil)",
    "ui.avatar(evil)",
    "ui.text_input(evil, 'name', evil, hint=evil, unit=evil)",
    "ui.text_input(evil, 'name', evil, error=evil)",
    "ui.area(evil, 'name', evil)",
    "ui.select(evil, 'name', [(evil, evil)], evil)",
    "ui.choice(evil, 'name', evil, evil)",
    "ui.check(evil, 'name', evil)",
    "ui.combobox(evil, 'name', 'list', evil, evil, placeholder=evil)",
    "ui.errors({'name': evil, '': evil})",
    "ui.tabs([(evil, evil, evil, True)], evil)",
    "ui.pairs([(evil, evil)])",
    "ui.figure(evil, evil, evil)",
    "ui.pager(evil, evil, evil)",
    "ui.crumbs([(evil, evil)])",
    "ui.ask('cash', evil, evil, evil, evil)",
    "ui.message('bad', evil)",
    "ui.empty(evil, evil)",
    "ui.failed(evil, evil, evil, evil)",
    "ui.no_right(evil, evil)",
    "ui.stale(evil, evil, evil)",
    "ui.loading(1, evil)",
    "ui.toast(evil, undo=evil, undo_fields={'id': evil})",
    "ui.palette_group(evil, [(evil, evil, evil, 'x')])",
    "ui.palette_none(evil)",
    "ui.progress(1, 2, evil, id=evil)",
    "ui.confidence('sure', evil)",
    "ui.sparkline([1, 2], evil)",
    "ui.bar_chart([1, 2], [evil, evil], evil)",
    "ui.split_bar([('us', 1)], evil)",
    "ui.legend([('us', evil)])",
    "ui.upload_box(evil, evil)",
    "ui.upload_result(evil, evil, 'held', evil)",
]


@pytest.mark.parametrize("call", CALLS)
def test_what_people_typed_is_never_markup(gallery: Flask, call: str) -> None:
    with gallery.test_request_context():
        drawn = render_template_string("{{ " + call + " }}", evil=EVIL)
    assert "<script" not in drawn
    assert "<img" not in drawn
    assert "alert(1)" in drawn or "avatar" in call


def test_every_macro_is_tried_or_has_a_body(gallery: Flask) -> None:
    """A new macro belongs into CALLS, unless it frames what its caller draws."""
    framing = {"icon", "keycap", "keys", "mark", "tile", "card", "csrf", "badge", "field", "table"}
    others = {"head", "money", "number", "dialog", "amount_input", "password_input"}
    module = gallery.jinja_env.get_template("design/macros.html").module
    names = {name for name, value in vars(module).items() if type(value).__name__ == "Macro"}
    tried = {call.split("(")[0].removeprefix("ui.") for call in CALLS}
    assert names - tried == framing | others


def test_an_error_takes_the_place_of_the_hint_and_is_tied_to_the_field(gallery: Flask) -> None:
    with gallery.test_request_context():
        drawn = render_template_string("{{ ui.text_input('A', 'a', hint='H', error='E') }}")
    assert 'aria-describedby="a-error"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert ">H<" not in drawn


def test_money_is_blank_where_there_is_none_and_zero_where_it_is_zero(gallery: Flask) -> None:
    with gallery.test_request_context():
        drawn = render_template_string("{{ ui.money(none, 'GBP') }}|{{ ui.money(0, 'GBP') }}")
    blank, zero = drawn.split("|")
    assert blank == '<td class="number "></td>'
    assert ">0.00<" in zero


def test_a_negative_amount_has_a_true_minus(gallery: Flask) -> None:
    with gallery.test_request_context():
        assert "\u22123,904.17" in render_template_string("{{ ui.money(-390417, 'USD') }}")


@pytest.mark.parametrize("page", PAGES)
def test_each_page_names_the_firm_and_itself(visitor: FlaskClient, page: str) -> None:
    text = visitor.get(PAGES[page]).text
    assert "Harbour Lane Back Office</title>" in text
    assert text.count("<h1") == 1
    assert text.count('id="main"') == 1


def test_choices_of_the_reader_are_in_the_first_paint(visitor: FlaskClient) -> None:
    visitor.set_cookie("look_theme", "dark")
    visitor.set_cookie("look_rail", "narrow")
    visitor.set_cookie("look_keys", '"><script>')
    text = visitor.get("/workbench/today").text
    assert 'data-theme="dark"' in text
    assert '<body class="narrow"' in text
    assert 'data-single-keys="off"' not in text


@pytest.mark.parametrize("kind", KINDS)
def test_every_chip_has_words_and_its_icon_exists(gallery: Flask, kind: str) -> None:
    look = KINDS[kind]
    assert look.shape in {"", "ring", *icon_names()}
    with gallery.test_request_context():
        given = "" if look.words else ", 'Thu 26 Nov'"
        drawn = render_template_string(f"{{{{ ui.chip('{kind}'{given}) }}}}")
    assert f'<span class="words">{look.words() if look.words else "Thu 26 Nov"}</span>' in drawn


def test_a_chip_speaks_the_reader_s_language_each_time(gallery: Flask) -> None:
    """The macros are kept between requests; their words must not be."""
    with gallery.test_request_context():
        before = render_template_string("{{ ui.chip('held') }}")
        with using({"Held": "Ditahan"}):
            during = render_template_string("{{ ui.chip('held') }}")
    assert ">Held<" in before
    assert ">Ditahan<" in during


@contextmanager
def using(words: dict[str, str]) -> Iterator[None]:
    """A made-up language with these words."""
    catalogue = Translations()
    catalogue._catalog = dict(words)
    with language_of_request("xx"), pytest.MonkeyPatch.context() as patch:
        patch.setattr(language, "translations_for", lambda _locale: catalogue)
        yield
