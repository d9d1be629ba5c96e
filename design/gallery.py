"""Look at the look: python -m design.gallery serves the components and sample pages on loopback.

For development and for the tour of pictures; nothing of it is part of the two web apps except
the page of components.
"""

import sys

from flask import Flask, abort, render_template, request

import design
from design.brand import Brand
from design.gallery_samples import ACCOUNTS, LINES, QUEUE, portal_shell, workbench_shell

PORT = 8799
WORKBENCH = {"today": {"rows": QUEUE}, "grid": {"lines": LINES, "accounts": ACCOUNTS}, "empty": {}}
PORTAL = ("home", "upload", "task")


def make_app(colour: str | None = None) -> Flask:
    """The gallery as an app of its own; `colour` tries a brand colour on all of it."""
    app = Flask(__name__)
    app.secret_key = "the gallery keeps nothing"
    design.install(
        app,
        skeleton="workbench",
        brand=lambda: Brand("Harbour Lane Back Office", colour=colour),
        shell=lambda: portal_shell() if request.path.startswith("/portal") else workbench_shell(),
    )
    app.add_url_rule("/", "components", lambda: render_template("design/components.html"))
    app.add_url_rule("/sign-in", "sign_in", lambda: render_template("design/samples/sign_in.html"))
    app.add_url_rule("/workbench/<name>", "workbench", workbench)
    app.add_url_rule("/portal/<name>", "portal", portal)
    app.add_url_rule("/find", "find", find)
    app.add_url_rule("/refusal", "refusal", refusal)
    app.add_url_rule("/file", "take_file", take_file, methods=["POST"])
    return app


def workbench(name: str) -> str:
    return render_template(f"design/samples/{name}.html", **WORKBENCH.get(name) or abort_if_none(name))


def portal(name: str) -> str:
    return render_template(f"design/samples/{name}.html") if name in PORTAL else abort(404)


def abort_if_none(name: str) -> dict[str, object]:
    return {} if name in WORKBENCH else abort(404)


def find() -> str:
    query = request.args.get("q", "")
    clients = ["Acorn Joinery Ltd", "Birch Coffee Inc", "PT Cendana Kreatif"]
    found = [(name, "", "#", "building-store") for name in clients if query.lower() in name.lower()]
    return render_template("design/samples/found.html", found=found, query=query)


def refusal() -> tuple[str, int]:
    values = {"title": "This is not open to you", "icon_name": "lock", "ask": "Leah Moss"}
    sentence = "Pay runs of Acorn Joinery are open to its payroll team."
    return render_template("design/error.html", sentence=sentence, **values), 403


def take_file() -> str:
    """Reads the body to its end, as the portal does, and says that it is safe."""
    size = sum(len(piece) for piece in iter(lambda: request.stream.read(65536), b""))
    return render_template("design/samples/taken.html", name=request.headers["X-File-Name"], size=size)


if __name__ == "__main__":
    make_app(*sys.argv[1:2]).run(host="127.0.0.1", port=PORT)
