"""Which browser it was, in words: what a user agent calls itself is nobody's reading."""

from __future__ import annotations

from backoffice.foundation.language import _

# In this order: Edge and Chrome also say Safari, Edge also says Chrome.
BROWSERS = {"Edg/": "Edge", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
MACHINES = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Macintosh": "Mac",
    "Linux": "Linux",
}


def browser_words(agent: str) -> str:
    """`Firefox on Windows`; what is neither known is called unknown."""
    browser = _first(BROWSERS, agent)
    machine = _first(MACHINES, agent)
    if browser and machine:
        return _("%(browser)s on %(machine)s", browser=browser, machine=machine)
    return browser or machine or _("Unknown browser")


def _first(known: dict[str, str], agent: str) -> str | None:
    return next((words for mark, words in known.items() if mark in agent), None)
