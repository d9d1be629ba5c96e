"""Read the colours of static/tokens.css, so that Python and the pages know the same ones."""

import re
from functools import cache

from design.assets import STATIC

PAIR = re.compile(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")


@cache
def light() -> dict[str, str]:
    """Token name to #rrggbb in the light look; tokens with transparency are left out."""
    return {name: colour for name, colour, _ in pairs()}


@cache
def dark() -> dict[str, str]:
    return {name: colour for name, _, colour in pairs()}


def pairs() -> list[tuple[str, str, str]]:
    return PAIR.findall((STATIC / "tokens.css").read_text())
