"""The provider's name and colour on every page.

The colour replaces the accent only where it can be read: 4.5 to 1 on the surface, and white on
it. A colour that fails stays in the mark, where it carries no text.
"""

from dataclasses import dataclass

from design import tokens
from design.colour import contrast, is_colour, mix

READABLE = 4.5  # WCAG 2.2, 1.4.3, text of any size
DRAWN = 3.0  # WCAG 2.2, 1.4.11, drawings and edges
STEPS = 20
SOFT_SHARE = 15  # per cent of the brand colour in its tint, at most


@dataclass(frozen=True)
class Accent:
    """What replaces the tokens of one look, light or dark."""

    accent: str
    fill: str
    soft: str
    chart_second: str


@dataclass(frozen=True)
class Brand:
    """The provider as its pages show it. `icon` is a name of icons.txt."""

    name: str
    colour: str | None = None
    icon: str = "building-lighthouse"

    def __post_init__(self) -> None:
        if self.colour is not None and not is_colour(self.colour):
            raise ValueError(f"A brand colour is written #rrggbb, not {self.colour!r}")

    @property
    def lines(self) -> tuple[str, str]:
        """The name in two lines of about equal length, for the narrow rail."""
        words = self.name.split()
        half = (len(words) + 1) // 2
        return " ".join(words[:half]), " ".join(words[half:])

    @property
    def on_colour(self) -> str:
        """What is drawn on the mark: white, or ink where white would fade."""
        fades = self.colour is not None and contrast("#ffffff", self.colour) < DRAWN
        return tokens.light()["ink"] if fades else "#ffffff"


def accents(colour: str | None) -> tuple[Accent, Accent] | None:
    """The light and the dark accent of a brand colour, or None when it cannot be read."""
    light, dark = tokens.light(), tokens.dark()
    if colour is None or not is_readable(colour, light["surface"]):
        return None
    text = lightened(colour, dark["surface"])
    return (
        Accent(colour, colour, soft(colour, colour, light), mix(colour, "#ffffff", 0.5)),
        Accent(text, colour, soft(colour, text, dark), mix(text, dark["surface"], 0.4)),
    )


def is_readable(colour: str, surface: str) -> bool:
    return contrast(colour, surface) >= READABLE and contrast("#ffffff", colour) >= READABLE


def lightened(colour: str, surface: str) -> str:
    """The colour, mixed with just as much white as the dark surface asks for.

    It aims above READABLE, because the same text also stands on the soft tint.
    """
    steps = (mix("#ffffff", colour, step / STEPS) for step in range(STEPS + 1))
    return next(tint for tint in steps if contrast(tint, surface) >= READABLE + 1.5)


def soft(colour: str, text: str, look: dict[str, str]) -> str:
    """A tint of the surface, only so strong that links and the palest text stay readable on it."""
    tints = (mix(colour, look["surface"], share / 100) for share in range(SOFT_SHARE, 0, -1))
    readable = (
        tint
        for tint in tints
        if min(contrast(text, tint), contrast(look["ink-3"], tint)) >= READABLE
    )
    return next(readable, look["surface"])
