"""Where the bars and lines of a chart stand: plain numbers for SVG, used by pages and by PDFs.

Values may be int, float or Decimal; amounts go in as minor units. Heights and widths come out
rounded to a tenth of a unit, which keeps a chart under a kilobyte.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

Figure = int | float | Decimal


@dataclass(frozen=True)
class Bar:
    """A rectangle; `inner` is the height of the second series, drawn inside from the base."""

    x: float
    y: float
    width: float
    height: float
    inner: float
    middle: float


def points(values: Sequence[Figure], *, width: int, height: int) -> list[tuple[float, float]]:
    """A line through the values from left to right; equal values lie in the middle."""
    if not values:
        return []
    low, high = float(min(values)), float(max(values))
    step = width / max(1, len(values) - 1)
    return [
        (round(place * step, 1), round(level(float(value), low, high, height), 1))
        for place, value in enumerate(values)
    ]


def level(value: float, low: float, high: float, height: int) -> float:
    """SVG counts downwards: the highest value is at 0."""
    return height / 2 if high == low else height - (value - low) / (high - low) * height


def joined(line: Sequence[tuple[float, float]]) -> str:
    """The `points` attribute of a polyline."""
    return " ".join(f"{x},{y}" for x, y in line)


def bars(
    values: Sequence[Figure],
    inner: Sequence[Figure] = (),
    *,
    width: int,
    height: int,
    gap: float = 0.3,
) -> list[Bar]:
    """Bars from zero; a negative value hangs below the base and shrinks the scale above it."""
    if not values:
        return []
    high = max(0.0, *(float(value) for value in values))
    low = min(0.0, *(float(value) for value in values))
    scale = height / ((high - low) or 1)
    step = width / len(values)
    return [
        Bar(
            x=round(place * step + step * gap / 2, 1),
            y=round((high - max(0.0, float(value))) * scale, 1),
            width=round(step * (1 - gap), 1),
            height=round(abs(float(value)) * scale, 1),
            inner=round(float(inner[place]) * scale, 1) if inner else 0.0,
            middle=round((place + 0.5) * step, 1),
        )
        for place, value in enumerate(values)
    ]


def base(values: Sequence[Figure], *, height: int) -> float:
    """Where zero is."""
    high = max(0.0, *(float(value) for value in values)) if values else 0.0
    low = min(0.0, *(float(value) for value in values)) if values else 0.0
    return round(high * height / ((high - low) or 1), 1)


def shares(
    parts: Sequence[Figure], *, width: int, whole: Figure = 0, least: float = 0
) -> list[tuple[float, float]]:
    """Start and width of each part of a bar; `whole` is given where the parts do not fill it.

    A part that is not zero is at least `least` wide, so that three failures of thousands show.
    """
    total = float(whole) or float(sum(parts)) or 1.0
    starts, start = [], 0.0
    for part in parts:
        size = max(least if part else 0.0, float(part) / total * width)
        starts.append((round(start, 1), round(size, 1)))
        start += size
    return starts
