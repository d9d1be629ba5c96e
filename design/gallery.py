"""Look at the look: python -m design.gallery serves the components and sample pages on loopback.

For development and for the tour of pictures; nothing of it is part of the two web apps except
the page of components.
"""

import secrets
import sys
from urllib.parse import unquote

from flask import Flask, abort, render_template, request

import design
from design.brand import Brand
from design.gallery_samples import CLIENTS, ROWS, portal_shell, workbench_shell
from design.shell import Shell

PORT = 8799
WORKBENCH = ("today", "grid", "empty")
PORTAL = ("home", "upload", "task")


def make_app(colour: str | None = None) -> Flask:
    """The gallery as an app of its own; `colour` tries a brand colour on all of it."""
    app = Flask(__name__)
    app.secret_key = secrets.token_bytes()  # flash() and nothing else; it lasts one run
    design.install(
        app,
        skeleton="workbench",
        brand=lambda: Brand("Harbour Lane Back Office", colour=colour),
        shell=around,
    )
    app.add_url_rule("/", "components", lambda: render_template("design/components.html"))
    app.add_url_rule("/sign-in", "sign_in", lambda: render_template("design/samples/sign_in.html"))
    app.add_url_rule("/workbench/<name>", "workbench", workbench)
    app.add_url_rule("/portal/<name>", "portal", portal)
    app.add_url_rule("/find", "find", find)
    app.add_url_rule("/refusal", "refusal", refusal)
    app.add_url_rule("/file", "take_file", take_file, methods=["POST"])
    return app


def around() -> Shell:
    return portal_shell() if request.path.startswith("/portal") else workbench_shell()


def workbench(name: str) -> str:
    return sample(name) if name in WORKBENCH else abort(404)


def portal(name: str) -> str:
    return sample(name) if name in PORTAL else abort(404)


def sample(name: str) -> str:
    return render_template(f"design/samples/{name}.html", **ROWS)


def find() -> str:
    query = request.args.get("q", "")
    found = [(name, "", "#", "building-store") for name in CLIENTS if query.lower() in name.lower()]
    return render_template("design/samples/found.html", found=found, query=query)


def refusal() -> tuple[str, int]:
    values = {"title": "This is not open to you", "icon_name": "lock", "ask": "Leah Moss"}
    sentence = "Pay runs of Acorn Joinery are open to its payroll team."
    return render_template("design/error.html", sentence=sentence, **values), 403


def take_file() -> str:
    """Reads the body to its end, as the portal does, and says that it is safe."""
    size = sum(len(piece) for piece in iter(lambda: request.stream.read(65536), b""))
    name = unquote(request.headers["X-File-Name"])
    return render_template("design/samples/taken.html", name=name, size=size)


if __name__ == "__main__":
    make_app(*sys.argv[1:2]).run(host="127.0.0.1", port=PORT)
