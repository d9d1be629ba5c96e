"""The index of the pictures: docs/tour/README.md."""

from __future__ import annotations

from pathlib import Path

from tests.tour.place import WIDTHS
from tests.tour.stops import AT_THE_DOOR, INSIDE, Stop

HEAD = """# A tour
Every page of both apps, on a telephone (390) and on a desk (1440), as the demo firm's people see
it. Made by `make tour`, which plays the demo in a folder of its own and opens every page; it fails
where a page is missing here.
"""


def write_index(folder: Path) -> None:
    parts = [HEAD]
    for app in ("workbench", "portal"):
        parts.append(f"## {app.capitalize()}\n")
        parts.append(table(app, "Before anybody has signed in", AT_THE_DOOR[app]))
        parts += [table(app, f"As {name}", stops) for name, stops in INSIDE[app].items()]
    (folder / "README.md").write_text("\n".join(parts), encoding="utf-8")


def table(app: str, title: str, stops: tuple[Stop, ...]) -> str:
    narrow, wide = WIDTHS
    rows = [
        f"| {stop.name.replace('-', ' ').capitalize()} "
        f"| [{narrow}]({app}/{stop.name}-{narrow}.png) | [{wide}]({app}/{stop.name}-{wide}.png) |"
        for stop in stops
    ]
    return "\n".join([f"### {title}\n", "| page | telephone | desk |", "|---|---|---|", *rows, ""])
