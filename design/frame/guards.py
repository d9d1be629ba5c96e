"""What is checked of every request that may change something, before anybody looks at it.

It comes from one of our own pages (Sec-Fetch-Site), from a form that we drew for this session
(CSRF), and for the company that the session still shows.
"""

from __future__ import annotations

import hmac
import json

from flask import Flask, current_app, g, request
from flask_wtf.csrf import CSRFProtect, generate_csrf
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from backoffice.foundation.errors import Conflict
from backoffice.foundation.language import _
from design.frame.doors import SAFE
from design.frame.permits import permit_of
from design.frame.state import frame

csrf = CSRFProtect()

COMPANY_FIELD = "drawn_for"
COMPANY_HEADER = "X-Company"
FORM_BYTES_MAX = 512 * 1024
UPLOAD_MARGIN_BYTES = 64 * 1024  # what multipart adds around the files


class OtherCompany(Conflict):
    code = "other_company"


def register(app: Flask) -> None:
    csrf.init_app(app)
    app.jinja_env.globals.update(guards=guard_fields, guard_headers=guard_headers)


def check() -> None:
    """The hook before each request; the limit on the body comes first, because CSRF reads it."""
    _limit_body()
    _refuse_unstorable(request.args)
    if request.method in SAFE:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise BadRequest(_("This was sent from another site."))
    if request.is_json:
        # Flask-WTF would read it as a form, past the limits and checks that forms have.
        raise BadRequest(_("No page takes JSON."))
    csrf.protect()
    _refuse_unstorable(request.form)
    if g.me is not None and g.me.client_id is not None:
        _refuse_other_company()


def guard_fields() -> Markup:
    """The hidden fields of every form."""
    company = g.me.client_id if g.get("me") is not None and g.me.client_id else None
    fields = Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())
    if company is None:
        return fields
    return fields + Markup('<input type="hidden" name="{}" value="{}">').format(
        COMPANY_FIELD, company
    )


def guard_headers() -> str:
    """The same for requests of scripts and htmx, as JSON."""
    company = g.me.client_id if g.get("me") is not None else None
    headers = {"X-CSRFToken": generate_csrf()}
    return json.dumps(headers | ({COMPANY_HEADER: str(company)} if company else {}))


def _limit_body() -> None:
    permit = permit_of(current_app, request.endpoint) if request.endpoint else None
    limit = FORM_BYTES_MAX
    if permit is not None and permit.upload:
        limit = frame().runtime.settings.upload_bytes_max + UPLOAD_MARGIN_BYTES
    request.max_content_length = limit


def _refuse_unstorable(given: MultiDict[str, str]) -> None:
    """No text of ours holds a NUL or half a letter; PostgreSQL would refuse them as a failure."""
    for name, value in given.items(multi=True):
        if any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in name + value):
            raise BadRequest(_("A field holds a character that cannot be stored."))


def _refuse_other_company() -> None:
    """Two tabs, one switched: the form of the first must not act on the company of the second."""
    drawn_for = request.headers.get(COMPANY_HEADER) or request.form.get(COMPANY_FIELD) or ""
    if not hmac.compare_digest(drawn_for.encode(), str(g.me.client_id).encode()):
        raise OtherCompany(
            _(
                "This page was opened for another company than the one you are in now. "
                "Nothing was changed. Open the page again."
            )
        )
