"""Cut static/vendor/tabler.min.css down to what the pages take: ground rules and utilities.

Run by hand on a new version: python -m design.tabler_subset FILE, where FILE is
`dist/css/tabler.min.css` of the npm package @tabler/core. The components are our own; leaving
Tabler's out keeps the style sheet a tenth of its size and its class names out of the way.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

RESULT = Path(__file__).parent / "static" / "vendor" / "tabler.min.css"
UTILITIES = re.compile(
    r"\.(?:[mp][tbsexy]?(?:-(?:sm|md|lg|xl|xxl))?-(?:\d|auto)|d(?:-(?:sm|md|lg|xl|xxl|print))?-[a-z-]+"
    r"|(?:flex|order|align|justify|gap|row-gap|column-gap|text|fw|float|overflow|position|w|h|mw|mh|opacity)-[a-z0-9-]+"
    r"|row|col(?:-(?:sm|md|lg|xl|xxl))?(?:-(?:auto|\d+))?|g[xy]?(?:-(?:sm|md|lg|xl|xxl))?-\d|visually-hidden(?:-focusable)?)"
)
CLASS = re.compile(r"\.[a-zA-Z][\w-]*")
OTHER = re.compile(r"[#\[]")


def blocks(css: str) -> Iterator[tuple[str, str]]:
    """Each top-level `prelude { body }`; statements without a body are left out."""
    start = depth = opened = 0
    for place, sign in enumerate(css):
        if sign == "{":
            opened, depth = (place if depth == 0 else opened), depth + 1
        elif sign == "}":
            depth -= 1
            if depth == 0:
                yield css[start:opened].strip(), css[opened + 1 : place]
                start = place + 1
        elif sign == ";" and depth == 0:
            start = place + 1


def wanted(selector: str) -> bool:
    """Ground rules name no class, attribute or id; utilities name one class of the list."""
    classes = CLASS.findall(selector)
    if OTHER.search(selector) and not selector.startswith(("[type", "[hidden", "[role")):
        return False
    return all(UTILITIES.fullmatch(name) for name in classes)


def subset(css: str) -> str:
    kept = []
    for prelude, body in blocks(css):
        if prelude.startswith(("@media", "@supports")):
            inner = subset(body)
            kept += [f"{prelude}{{{inner}}}"] if inner else []
        elif not prelude.startswith("@"):
            selectors = [one for one in re.split(r",(?![^()]*\))", prelude) if wanted(one.strip())]
            kept += [f"{','.join(selectors)}{{{body}}}"] if selectors else []
    return "\n".join(kept)


if __name__ == "__main__":
    whole = Path(sys.argv[1]).read_text()
    notice = re.search(r"/\*!.*?\*/", whole, re.DOTALL)
    plain = re.sub(r"/\*.*?\*/", "", whole, flags=re.DOTALL)
    RESULT.write_text(f"{notice[0] if notice else ''}\n{subset(plain)}\n")
