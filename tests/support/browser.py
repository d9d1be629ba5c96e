"""A headless Chromium for journeys, an app served on loopback for it, and axe-core on a page."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = Path(__file__).parents[1] / "vendor" / "axe.min.js"
RUN_AXE = """axe.run(document, {resultTypes: ["violations"]}).then((found) =>
  found.violations.map((one) => [one.id, one.nodes.map((node) => node.target)]))"""
# What fades in is not yet what a person reads; a spinner, which never ends, is not waited for.
SETTLED = """() => Promise.all(document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().iterations !== Infinity)
  .map((one) => one.finished))"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's own; nothing is downloaded."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The app on a free port of loopback, as `http://127.0.0.1:PORT`."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def complaints(page: Page) -> list[str]:
    """A list that fills with what the browser refuses or cannot run on this page."""
    heard: list[str] = []
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on(
        "console",
        lambda message: (
            heard.append(message.text) if message.type in ("error", "warning") else None
        ),
    )
    return heard


def axe(page: Page) -> list[str]:
    """What axe-core finds on the page once it has settled: rule, and the elements, a line each."""
    page.evaluate(SETTLED)
    found = page.evaluate(f"{AXE.read_text()}; {RUN_AXE}")
    return [f"{rule}: {json.dumps(targets)}" for rule, targets in found]
