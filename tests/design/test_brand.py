"""A provider's colour becomes the accent only where it can be read."""

import pytest

from design import tokens
from design.brand import READABLE, Brand, accents
from design.colour import contrast


@pytest.mark.parametrize("colour", ["#0b6b4f", "#7a1f5c", "#b0241c", "#000000", "#2352c9"])
def test_a_readable_colour_replaces_the_accent_in_both_looks(colour: str) -> None:
    found = accents(colour)
    assert found is not None
    for accent, look in zip(found, (tokens.light(), tokens.dark()), strict=True):
        assert contrast(accent.accent, look["surface"]) >= READABLE
        assert contrast(accent.accent, accent.soft) >= READABLE
        assert contrast("#ffffff", accent.fill) >= READABLE
        assert contrast(look["ink-3"], accent.soft) >= READABLE


@pytest.mark.parametrize("colour", ["#ffd400", "#7fd39c", "#ff7a00", "#ffffff"])
def test_a_pale_colour_stays_in_the_mark(colour: str) -> None:
    assert accents(colour) is None
    assert contrast(Brand("Harbour Lane", colour).on_colour, colour) >= 3


def test_without_a_colour_the_accent_is_ours() -> None:
    assert accents(None) is None


@pytest.mark.parametrize("text", ["red", "#fff", "#12345g", "#2352c9; } body { display: none", ""])
def test_only_a_colour_reaches_the_style_sheet(text: str) -> None:
    with pytest.raises(ValueError, match="brand colour"):
        Brand("Harbour Lane", text)


def test_a_long_name_breaks_into_two_lines() -> None:
    assert Brand("Harbour Lane Back Office").lines == ("Harbour Lane", "Back Office")
    assert Brand("Harbourlane").lines == ("Harbourlane", "")
