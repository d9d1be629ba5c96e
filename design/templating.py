"""What every template may use: the macros as `ui`, the brand, the shell, the reader's choices."""

from collections.abc import Callable
from typing import Any

from flask import Flask, current_app, request

from design.brand import Brand, accents
from design.shell import Shell, initials

MACROS = "design/macros.html"


class Macros:
    """`ui.button(…)` in a template, without an import at its top."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __getattr__(self, name: str) -> Any:
        return getattr(self._app.jinja_env.get_template(MACROS).module, name)


def register_context(
    app: Flask,
    *,
    skeleton: str,
    brand: Callable[[], Brand],
    shell: Callable[[], Shell | None] | None,
) -> None:
    app.jinja_env.globals.update(accents=accents, initials=initials)

    @app.context_processor
    def look() -> dict[str, object]:
        around = shell() if shell else None
        return {
            "brand": brand(),
            "shell": around,
            "skeleton": f"design/{skeleton if around else 'plain'}.html",
            "choices": choices(),
        }


def choices() -> dict[str, str]:
    """What the reader chose on this machine; cookies, so that the first paint is already right."""
    allowed = {"theme": ("light", "dark"), "rail": ("narrow", "wide"), "keys": ("off",)}
    chosen = {name: request.cookies.get(f"look_{name}", "") for name in allowed}
    return {name: value if value in allowed[name] else "" for name, value in chosen.items()}


def render_block(template: str, block: str, **values: object) -> str:
    """One block of a page's own template, for an htmx request.

    The rest of the template is not run: what the block needs comes in by `values`.
    """
    app = current_app
    app.update_template_context(values)
    page = app.jinja_env.get_template(template)
    return "".join(page.blocks[block](page.new_context(values)))
