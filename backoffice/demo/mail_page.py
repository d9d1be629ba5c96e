"""The pages of the caught mails: a list and one mail, as WSGI without a framework.

A mail's text is shown as text, its links can be followed, and nothing of it is ever run: markup
is escaped and the policy of the page allows no script at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from backoffice.demo.mails import CaughtMail, caught, find
from backoffice.foundation import formatting
from backoffice.foundation.language import _

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")
HEADERS = [
    ("Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
]
STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 46rem; margin: 0 auto; padding: 1.5rem 1rem; }
h1 { font-size: 1.25rem; }
ol { list-style: none; padding: 0; }
li a { display: block; padding: .75rem 0; border-bottom: 1px solid #8884; text-decoration: none; }
li strong { display: block; }
small, dt { color: color-mix(in srgb, currentColor 70%, transparent); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; }
dd { margin: 0; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; border-top: 1px solid #8884;
      padding-top: 1rem; }
"""


def mail_pages(folder: Path, *, hosts: Iterable[str]) -> WSGIApplication:
    """The application. It answers to these host names alone: mails hold links that sign in, and
    another site's page must not reach them through a name of its own that leads here."""
    allowed = set(hosts)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        host = str(environ.get("HTTP_HOST", "")).rpartition(":")[0] or environ.get("HTTP_HOST", "")
        if host not in allowed:
            return plain(start_response, "421 Misdirected Request", _("Not at this address."))
        return answer(folder, str(environ.get("PATH_INFO", "/")), start_response)

    return application


def answer(folder: Path, path: str, start_response: StartResponse) -> list[bytes]:
    if path == "/healthz":
        return plain(start_response, "200 OK", "ok")
    if path == "/style.css":
        return respond(start_response, "200 OK", "text/css", STYLE)
    if path == "/":
        return page(start_response, _("Caught mails"), the_list(folder))
    mail = find(folder, path.removeprefix("/"))
    if mail is None:
        return plain(start_response, "404 Not Found", _("There is no such mail."))
    return page(start_response, mail.subject, one_mail(mail))


def the_list(folder: Path) -> str:
    lines = "".join(
        f'<li><a href="/{mail.name}"><strong>{escape(mail.subject)}</strong>'
        f"<small>{escape(mail.recipients)} · {escape(moment(mail))}</small></a></li>"
        for mail in caught(folder)
    )
    empty = f"<p>{escape(_('No mail yet. What the system sends is shown here.'))}</p>"
    return f"<ol>{lines}</ol>" if lines else empty


def one_mail(mail: CaughtMail) -> str:
    facts = {
        _("From"): mail.sender,
        _("To"): mail.recipients,
        _("Caught"): moment(mail),
        _("Attached"): ", ".join(mail.attachments),
    }
    rows = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts.items() if value
    )
    back = f'<p><a href="/">{escape(_("All mails"))}</a></p>'
    return f"<dl>{rows}</dl><pre>{with_links(mail.text)}</pre>{back}"


def moment(mail: CaughtMail) -> str:
    return formatting.moment(mail.caught_at, "UTC")


def with_links(text: str) -> str:
    """The text escaped, its web addresses as links."""
    pieces, at = [], 0
    for link in LINK.finditer(text):
        address = escape(link.group())
        pieces += [escape(text[at : link.start()]), f'<a href="{address}">{address}</a>']
        at = link.end()
    return "".join([*pieces, escape(text[at:])])


def page(start_response: StartResponse, title: str, body: str) -> list[bytes]:
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    style = '<link rel="stylesheet" href="/style.css">'
    html = (
        f'<!doctype html><html lang="en"><head>{head}<title>{escape(title)}</title>{style}</head>'
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
    return respond(start_response, "200 OK", "text/html", html)


def plain(start_response: StartResponse, status: str, text: str) -> list[bytes]:
    return respond(start_response, status, "text/plain", text)


def respond(
    start_response: Callable[..., object], status: str, kind: str, text: str
) -> list[bytes]:
    start_response(status, [("Content-Type", f"{kind}; charset=utf-8"), *HEADERS])
    return [text.encode()]
