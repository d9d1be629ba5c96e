"""Every text that a page shows goes through gettext, in its elements and in its attributes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from jinja2 import Environment, TemplateSyntaxError, nodes

from tests.lints.sources import Finding, Source, Sources

READ_ATTRIBUTES = {"alt", "aria-label", "aria-description", "placeholder", "title", "label"}
NOT_READ_ELEMENTS = {"script", "style", "template-script"}
TRANSLATORS = {"_", "gettext", "ngettext", "pgettext"}
# Names of things that are the same in every language.
SAME_EVERYWHERE = {
    "Ctrl", "Alt", "Esc", "Escape", "Tab", "Enter", "Shift", "Space", "CSV", "PDF", "QR",
}  # fmt: skip
# A macro may write a part of a tag, and a page one word for its own skeleton to go by.
PART_OF_TAG = re.compile(r"""[\w-]+=("[^"]*"|'[^']*')""")
ONE_WORD_BLOCK = r"\{%-?\s*block\s+\w+\s*-?%\}[a-z-]+\{%-?\s*endblock\s*-?%\}"
# The gallery of components shows them filled with made-up names.
GALLERY = ("design/templates/design/samples/", "design/templates/design/components/")
JINJA = re.compile(
    ONE_WORD_BLOCK
    + r"|\{#.*?#\}|\{%-?\s*trans\b.*?%\}.*?\{%-?\s*endtrans\s*-?%\}|\{%.*?%\}|\{\{.*?\}\}",
    re.DOTALL,
)
WORD = re.compile(r"[^\W\d_]{2,}")


def check(sources: Sources) -> Iterator[Finding]:
    for template in sources.templates:
        if template.path.startswith(GALLERY):
            continue
        yield from bare_texts(template)
        yield from bare_literals(template)


def bare_texts(template: Source) -> Iterator[Finding]:
    """Words in the page that are no part of a Jinja expression."""
    if not template.path.endswith(".html"):
        return
    reader = PageReader()
    reader.feed(JINJA.sub(keep_lines, template.text))
    for line, text in reader.found:
        words = [word for word in WORD.findall(text) if word not in SAME_EVERYWHERE]
        if words:
            yield Finding(template.path, line, f"not through gettext: {text.strip()!r}")


def keep_lines(expression: re.Match[str]) -> str:
    """Something that is no word in place of an expression, as many lines long; behind a bracket
    it stands for the name of an element."""
    is_element = expression.string[: expression.start()].endswith(("<", "</"))
    return ("x" if is_element else "0") + "\n" * expression.group().count("\n")


class PageReader(HTMLParser):
    """Collects what a person reads (or hears) of a page, with its line."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []
        self.unread: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in NOT_READ_ELEMENTS:
            self.unread.append(tag)
        self.found += [
            (self.getpos()[0], value)
            for name, value in attrs
            if name in READ_ATTRIBUTES and value and WORD.search(value)
        ]

    def handle_endtag(self, tag: str) -> None:
        if self.unread and self.unread[-1] == tag:
            self.unread.pop()

    def handle_data(self, data: str) -> None:
        if not self.unread and WORD.search(PART_OF_TAG.sub("", data)):
            blank_lines = len(data) - len(data.lstrip())
            line = self.getpos()[0] + data[:blank_lines].count("\n")
            self.found.append((line, data))


def bare_literals(template: Source) -> Iterator[Finding]:
    """Texts inside an expression, as in `{{ button("Save") }}`: a capital begins a sentence or a
    label, where codes are all in capitals and names of things all small."""
    try:
        tree = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True).parse(
            template.text
        )
    except TemplateSyntaxError as error:
        yield Finding(template.path, error.lineno, f"cannot be read: {error.message}")
        return
    translated = {id(text) for call in tree.find_all(nodes.Call) for text in texts_of(call)}
    for text in tree.find_all(nodes.Const):
        if id(text) not in translated and is_sentence(text.value):
            yield Finding(template.path, text.lineno, f"not through gettext: {text.value!r}")


def texts_of(call: nodes.Call) -> list[nodes.Const]:
    is_translator = isinstance(call.node, nodes.Name) and call.node.name in TRANSLATORS
    return list(call.find_all(nodes.Const)) if is_translator else []


def is_sentence(value: object) -> bool:
    if not isinstance(value, str) or value.isupper():
        return False
    if SAME_EVERYWHERE.issuperset(WORD.findall(value)):
        return False
    return bool(re.match(r"[A-Z][a-z]+(\W|$)", value)) and "/" not in value
