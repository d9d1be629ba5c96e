"""Takes the picture of a page once it has settled, and keeps it small."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.support.browser import SETTLED
from tests.tour.place import NEW_PICTURES, WIDTHS
from tests.tour.stops import Stop

COLOURS = 256
HEIGHT_MAX = 2400  # of a picture: what comes below repeats what is above


@contextmanager
def window(browser: Browser, width: int) -> Iterator[Page]:
    """A window of that width, light, with the movements switched off."""
    context: BrowserContext = browser.new_context(
        viewport={"width": width, "height": WIDTHS[width]},
        color_scheme="light",
        reduced_motion="reduce",
        locale="en-GB",
    )
    try:
        yield context.new_page()
    finally:
        context.close()


def take(page: Page, app: str, stop: Stop, address: str, width: int) -> list[str]:
    """Open the page, take its picture; what was not as it should be."""
    heard: list[str] = []
    listening = {"pageerror": lambda error: heard.append(str(error)), "console": noted_in(heard)}
    for event, listener in listening.items():
        page.on(event, listener)
    answer = page.goto(address, wait_until="networkidle")
    if stop.press:
        page.keyboard.press(stop.press)
    if stop.shows:
        page.locator(stop.shows).first.wait_for()
    page.evaluate(SETTLED)
    save(whole(page, width), app, stop.name, width)
    for event, listener in listening.items():
        page.remove_listener(event, listener)
    if answer is None or answer.status != stop.status:
        heard.append(f"answered {answer.status if answer else 'nothing'}")
    elif stop.status != 200:
        heard = [words for words in heard if "Failed to load resource" not in words]
    return [f"{app} {stop.name} {width}: {words}" for words in heard]


def noted_in(heard: list[str]) -> Callable[[ConsoleMessage], None]:
    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            heard.append(message.text)

    return note


def whole(page: Page, width: int) -> bytes:
    """The page in a window as high as it is, so that what sticks to the edge stays there."""
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": max(WIDTHS[width], min(height, HEIGHT_MAX))})
    shot = page.screenshot()
    page.set_viewport_size({"width": width, "height": WIDTHS[width]})
    return shot


def save(shot: bytes, app: str, name: str, width: int) -> None:
    folder = NEW_PICTURES / app
    folder.mkdir(parents=True, exist_ok=True)
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    small = picture.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    small.save(folder / f"{name}-{width}.png", optimize=True)
