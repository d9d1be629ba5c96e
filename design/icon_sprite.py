"""Build static/icons.svg, the one sprite of all icons that the pages use.

Run by hand when icons.txt changes: python -m design.icon_sprite FOLDER, where
FOLDER is `icons/outline` of the npm package @tabler/icons. The result is kept
in the repository, so that nothing is built when the product is installed.
"""

import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
NAMES = HERE / "icons.txt"
SPRITE = HERE / "static" / "icons.svg"


def icon_names() -> list[str]:
    """The icons that a template may name, in alphabetical order."""
    return NAMES.read_text().split()


def symbol(name: str, drawing: str) -> str:
    """One <symbol> holding the paths of a Tabler icon."""
    inside = re.sub(r".*?<svg[^>]*>(.*)</svg>.*", r"\1", drawing, flags=re.DOTALL)
    lines = (line.strip() for line in inside.splitlines())
    paths = [line for line in lines if line and 'd="M0 0h24v24H0z"' not in line]
    return f'<symbol id="{name}" viewBox="0 0 24 24">{"".join(paths)}</symbol>'


def build(folder: Path) -> str:
    """The whole sprite; a missing icon stops the build with its file name."""
    symbols = [symbol(name, (folder / f"{name}.svg").read_text()) for name in icon_names()]
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


if __name__ == "__main__":
    SPRITE.write_text(build(Path(sys.argv[1])))
