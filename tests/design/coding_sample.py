"""A small page that swaps its rows by htmx, to prove that row and focus stay where they were."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, render_template_string, request

PAGE = Path(__file__).with_suffix(".html").read_text()


def add_to(app: Flask) -> None:
    """Routes under /sample; the state is in the app, as the test is alone with it."""
    coded: list[int] = []

    def values(*, partial: bool) -> dict[str, object]:
        lines = [line for line in range(1, 41) if line not in coded]
        return {"lines": lines, "coded": coded, "partial": partial}

    def lines_now() -> str:
        template = app.jinja_env.from_string(PAGE)
        given = values(partial=True)
        app.update_template_context(given)
        return "".join(template.blocks["lines"](template.new_context(given)))

    @app.get("/sample")
    def sample_page() -> str:
        coded.clear()
        return render_template_string(PAGE, **values(partial=False))

    @app.post("/sample/code/<int:line>")
    def sample_code(line: int) -> str | tuple[str, int]:
        if "refuse" in request.form.get("note", ""):
            return "<p id='refused'>The month is closed.</p>", 422
        coded.append(line)
        return lines_now()

    @app.post("/sample/undo")
    def sample_undo() -> str:
        coded.pop()
        return lines_now()

    @app.get("/sample/side/<int:line>")
    def sample_side(line: int) -> str:
        return f'<p id="shown">{line}</p>'
