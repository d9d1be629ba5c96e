"""The lint against inline code finds what the browser would refuse, and leaves the rest alone."""

from __future__ import annotations

import pytest

from tests.lints import inline_code
from tests.lints.sources import Source, Sources


def found(text: str) -> list[str]:
    template = Source("provider/templates/page.html", text)
    return [finding.message for finding in inline_code.check(Sources((), (template,)))]


@pytest.mark.parametrize(
    "text",
    [
        '<p style="width: 3%">',
        "<button onclick='go()'>",
        '<div hx-on:click="go()">',
        '<div hx-vals="js:{a: 1}">',
        '<a href="javascript:go()">',
        "<style>p { color: red }</style>",
        "<script>go()</script>",
        '<script src="https://elsewhere.example/x.js">',
    ],
)
def test_inline_code_is_found(text: str) -> None:
    assert len(found(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        '<style nonce="{{ csp_nonce() }}">p { color: red }</style>',
        '<script type="application/json" id="accounts">{{ accounts|tojson }}</script>',
        '<script src="{{ asset(\'js/main.js\') }}" type="module"></script>',
        '<p data-style="x" class="none">on = "off"</p>',
        '<a href="/clients?on=1">',
    ],
)
def test_what_the_policy_allows_is_left_alone(text: str) -> None:
    assert found(text) == []
