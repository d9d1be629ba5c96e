"""Each of our lints finds what it is for, and leaves alone what is right."""

from __future__ import annotations

import pytest

from tests.lints import formatting, markup, sessions, sql, template_texts
from tests.lints.__main__ import findings
from tests.lints.sources import Source, Sources


def template(text: str) -> Sources:
    return Sources((), (Source("provider/templates/page.html", text),))


def python(text: str, path: str = "backoffice/firm/clients/queries.py") -> Sources:
    return Sources((Source(path, text),), ())


@pytest.mark.parametrize(
    "text",
    [
        "<h1>Statements</h1>",
        "<p>{{ count }} lines</p>",
        '<input placeholder="Search">',
        '<button aria-label="Close">{{ icon }}</button>',
        "{{ ui.button('Save') }}",
        "{% call ui.field('Name of the client') %}{% endcall %}",
        "<{{ kind }} class='x'>Read me</{{ kind }}>",
    ],
)
def test_a_bare_text_is_found(text: str) -> None:
    assert [finding.line for finding in template_texts.check(template("\n" + text))] == [2]


@pytest.mark.parametrize(
    "text",
    [
        "<h1>{{ _('Statements') }}</h1>",
        "<p>{% trans count=count %}{{ count }} lines{% endtrans %}</p>",
        "<input placeholder=\"{{ _('Search') }}\" name='search' class='wide'>",
        "{# Not shown. #}<script>let shown = false</script>",
        "{{ ui.icon('search', class='icon wide') }}",
        "{{ ui.method('POST') }} {{ ui.keycap('Ctrl K') }}",
        "<{{ 'a' if link else 'button' }} class='plain'>",
        "– · 12 {{ amount }} %",
    ],
)
def test_a_text_through_gettext_is_left_alone(text: str) -> None:
    assert list(template_texts.check(template(text))) == []


def test_a_template_that_cannot_be_read_is_found() -> None:
    assert "cannot be read" in str(next(template_texts.check(template("{% if %}"))))


@pytest.mark.parametrize(
    "text",
    [
        "{{ total|round(2) }}",
        "{{ '%.2f' % total }}",
        "{{ day.strftime('%d') }}",
        "{{ x | format }}",
    ],
)
def test_formatting_in_a_template_is_found(text: str) -> None:
    assert len(list(formatting.check(template(text)))) == 1


def test_the_formatter_s_filters_are_left_alone() -> None:
    text = "{{ total|amount }} <time datetime='{{ day.isoformat() }}'>{{ day|day }}</time>"
    assert list(formatting.check(template(text))) == []


def test_a_date_formatted_in_python_is_found_but_in_the_formatter() -> None:
    text = "def shown(day):\n    return day.strftime('%d')\n"
    assert len(list(formatting.check(python(text)))) == 1
    assert list(formatting.check(python(text, "backoffice/foundation/formatting.py"))) == []


@pytest.mark.parametrize(
    "text",
    [
        "session.execute(text('SET backoffice.write = 1'))",
        "run('select 1; set role owner')",
        "run(\"SELECT set_config('backoffice.read', :ids, true)\")",
        "run(f'RESET {name}')",
    ],
)
def test_setting_a_scope_outside_a_door_is_found(text: str) -> None:
    assert len(list(sql.check(python(text)))) == 1
    assert list(sql.check(python(text, "backoffice/foundation/tenancy.py"))) == []


@pytest.mark.parametrize(
    "text",
    [
        "run('UPDATE lines SET state = :state')",
        "run(f'ALTER ROLE {role} SET {name}')",
        '"""Set the scope."""',
        "run('SET TRANSACTION READ ONLY')",
    ],
)
def test_other_uses_of_the_word_are_left_alone(text: str) -> None:
    assert list(sql.check(python(text))) == []


@pytest.mark.parametrize(
    "text",
    ["text(f'SELECT {x}')", "sa.text('SELECT ' + x)", "text('… %s' % x)", "text('{}'.format(x))"],
)
def test_sql_built_of_strings_is_found(text: str) -> None:
    assert len(list(sql.check(python(text)))) == 1


def test_bound_sql_is_left_alone() -> None:
    assert list(sql.check(python("text('SELECT :x')"))) == []


def test_the_extension_s_session_is_for_signing_in_alone() -> None:
    assert len(list(sessions.check(python("db.session.get(Client, 1)", "provider/work.py")))) == 1
    allowed = python("db.session.get(Staff, 1)", "design/frame/signing_in.py")
    assert list(sessions.check(allowed)) == []


def test_markup_that_is_not_escaped_is_found() -> None:
    assert len(list(markup.check(template("{{ memo|safe }}")))) == 1
    assert len(list(markup.check(template("{% autoescape false %}")))) == 1
    assert len(list(markup.check(python("markupsafe.Markup(memo)")))) == 1


def test_all_lints_run_together() -> None:
    both = Sources(python("text(f'{x}')").python, template("<p>Bare</p>{{ x|safe }}").templates)
    assert len(list(findings(both))) == 3
