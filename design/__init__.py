"""The look, once: tokens, components and page skeletons used by both web apps.

An app calls `install(app, skeleton=…, brand=…, shell=…)` after it is made. From then on its
templates may extend `design/workbench.html`, `design/portal.html` or `design/plain.html`,
use the macros under the name `ui`, and every response carries the security headers.
"""

from collections.abc import Callable

from flask import Flask

from backoffice.foundation.language import _, current_locale, ngettext
from design import assets, charts, chips, filters, headers, templating
from design.brand import Brand
from design.shell import Shell

SKELETONS = ("workbench", "portal", "plain")


def install(
    app: Flask,
    *,
    skeleton: str,
    brand: Callable[[], Brand],
    shell: Callable[[], Shell | None] | None = None,
) -> None:
    """Give the app its look and its headers.

    `skeleton` is what error pages extend for a signed-in person; `brand` and `shell` are asked
    once a page. `shell` gives None while nobody is signed in: then the plain skeleton is used.
    """
    if skeleton not in SKELETONS:
        raise ValueError(f"skeleton is one of {', '.join(SKELETONS)}, not {skeleton!r}")
    app.register_blueprint(assets.blueprint())
    app.jinja_env.globals.update(
        _=_,
        ngettext=ngettext,
        language=lambda: current_locale().partition("_")[0],
        asset=assets.address,
        csp_nonce=headers.csp_nonce,
        ui=templating.Macros(app),
        charts=charts,
        chip_kinds=chips.KINDS,
    )
    filters.register(app)
    templating.register_context(app, skeleton=skeleton, brand=brand, shell=shell)
    headers.register(app)
