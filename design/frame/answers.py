"""What a view answers with: a page, a block of it for htmx, a redirect with a toast, a file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Response,
    current_app,
    flash,
    get_flashed_messages,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from backoffice.foundation.file_names import content_disposition
from design.templating import render_block


def page(template: str, **values: Any) -> str:
    """The whole page. Call it inside the view: the door closes when the view returns."""
    return render_template(template, **values)


def block(template: str, name: str, /, **values: Any) -> str:
    """One block of a page's own template, for an htmx request, with the toast if there is one."""
    return render_block(template, name, **values) + _toast_out_of_band()


def redirect_to(endpoint: str, **values: Any) -> ResponseReturnValue:
    """On to another page after a POST; an htmx request is told to go there as a whole."""
    address = url_for(endpoint, **values)
    if is_partial():
        return "", 200, {"HX-Redirect": address}
    return redirect(address, 303)


def redirect_back_or(endpoint: str, **values: Any) -> ResponseReturnValue:
    """To the page that sent the reader to sign in, if it is one of ours."""
    wanted = request.args.get("next", "")
    parts = urlsplit(wanted)
    is_ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    if is_ours and not parts.scheme and not parts.netloc:
        return redirect(wanted, 303)
    return redirect_to(endpoint, **values)


def toast(words: str, *, undo: str | None = None) -> None:
    """Say what was done, with the address that takes it back; shown with the next answer."""
    flash({"words": words, "undo": undo})  # type: ignore[arg-type]


def is_partial() -> bool:
    """Whether htmx asks for a part of a page."""
    return "HX-Request" in request.headers and request.headers.get("HX-Request-Type") != "full"


def answer_file(
    content: Iterable[bytes] | bytes,
    *,
    name: str,
    media_type: str = "application/octet-stream",
    size: int | None = None,
) -> Response:
    """A file to keep, never shown as a page of ours: attachment, no sniffing, sandboxed."""
    response = Response(content, content_type=media_type)
    if size is not None:
        response.content_length = size
    response.headers["Content-Disposition"] = content_disposition(name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _toast_out_of_band() -> str:
    made: list[Any] = get_flashed_messages()
    if not made:
        return ""
    last = made[-1]
    macros: Any = current_app.jinja_env.globals["ui"]
    return str(macros.toast(last["words"], undo=last["undo"], out_of_band=True))
