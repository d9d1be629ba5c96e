"""Every text can be read, in both looks: contrast computed from the tokens themselves."""

import pytest

from design import tokens
from design.brand import DRAWN, READABLE
from design.colour import contrast

LOOKS = {"light": tokens.light(), "dark": tokens.dark()}
GROUNDS = ("bg", "surface", "sunken")
TEXTS = (
    [(text, ground) for text in ("ink", "ink-2", "ink-3") for ground in GROUNDS]
    + [("accent", ground) for ground in ("bg", "surface", "accent-soft")]
    + [(state, ground) for state in ("ok", "warn", "bad", "wait") for ground in ("bg", "surface")]
    + [(state, f"{state}-soft") for state in ("ok", "warn", "bad", "wait")]
    + [("ink", f"{state}-soft") for state in ("ok", "warn", "bad", "wait", "accent")]
    + [
        ("ink-3", "accent-soft"),
        ("on-fill", "fill"),
        ("on-fill", "bad-fill"),
        ("on-float", "float"),
    ]
)
EDGES = [("ctl", "surface"), ("ctl", "bg"), ("accent", "surface"), ("c1", "surface")]


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_can_be_read(look: str, text: str, ground: str) -> None:
    assert contrast(LOOKS[look][text], LOOKS[look][ground]) >= READABLE


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_of_controls_can_be_seen(look: str, edge: str, ground: str) -> None:
    assert contrast(LOOKS[look][edge], LOOKS[look][ground]) >= DRAWN


def test_the_tokens_are_those_of_the_style_sheet() -> None:
    assert tokens.light()["accent"] == "#2352c9"
    assert tokens.dark()["accent"] == "#93b3ff"
    assert len(tokens.light()) == len(tokens.dark()) > 30


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
