"""Plays the demo in a folder of its own, opens every page of both apps, and takes its picture.

python -m tests.tour     (or make tour)

Ends with 1 when a page was not opened, did not come, or made the browser complain.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Browser, Page

from backoffice.command_line.context import bring_up_to_date, installation
from backoffice.demo.links import links
from backoffice.demo.play import play
from backoffice.demo.running import Demo, running
from backoffice.demo.stage import on_stage
from backoffice.foundation import embedded
from client_portal.app import create_app as create_portal
from config.settings import Settings
from provider.app import create_app as create_workbench
from tests.support.browser import chromium
from tests.tour.index import write_index
from tests.tour.pictures import take, window
from tests.tour.place import DATA, NEW_PICTURES, PICTURES, WIDTHS
from tests.tour.stops import AT_THE_DOOR, INSIDE, LEFT_OUT, Stop
from tests.tour.things import things


@dataclass
class Tour:
    """One walk through both apps: what was seen, and what was not as it should be."""

    browser: Browser
    addresses: Mapping[str, str]
    things: Mapping[str, str]
    seen: dict[str, set[str]] = field(default_factory=lambda: {"workbench": set(), "portal": set()})
    faults: list[str] = field(default_factory=list)

    def walk(self, demo_links: Mapping[tuple[str, int], str]) -> None:
        for app, width in self.each():
            with window(self.browser, width) as page:
                self.open_all(page, app, AT_THE_DOOR[app], width)
            for name, stops in INSIDE[app].items():
                with window(self.browser, width) as page:
                    page.goto(demo_links[name, width])
                    page.get_by_role("button").last.click()
                    page.wait_for_url(f"{self.addresses[app]}/")
                    self.open_all(page, app, stops, width)

    def each(self) -> Iterator[tuple[str, int]]:
        for app in ("workbench", "portal"):
            for width in WIDTHS:
                yield app, width

    def open_all(self, page: Page, app: str, stops: tuple[Stop, ...], width: int) -> None:
        for stop in stops:
            path = stop.path.format(**self.things)
            self.seen[app].add(path)
            self.faults += take(page, app, stop, self.addresses[app] + path, width)

    def not_seen(self, app: str, flask: Flask) -> list[str]:
        """Pages that no stop opened."""
        match = flask.url_map.bind(urlsplit(self.addresses[app]).netloc).match
        opened = {match(path, method="GET")[0] for path in self.seen[app]}
        listed = {
            rule.endpoint for rule in flask.url_map.iter_rules() if "GET" in (rule.methods or ())
        }
        return [
            f"{app}: {one} was not seen" for one in sorted(listed - opened - LEFT_OUT[app].keys())
        ]


def main() -> int:
    start_over()
    with installation(os.environ, data=DATA) as environ:
        bring_up_to_date(Settings.from_environment(environ))
        with running(environ, logs=DATA / "log", say=print) as demo:
            faults = tour(demo)
    write_index(NEW_PICTURES)
    shutil.rmtree(PICTURES, ignore_errors=True)
    shutil.move(NEW_PICTURES, PICTURES)
    start_over()
    print("\n".join(faults))
    return 1 if faults else 0


def start_over() -> None:
    embedded.destroy(DATA)
    shutil.rmtree(DATA, ignore_errors=True)


def tour(demo: Demo) -> list[str]:
    """Play, walk, and say what was not as it should be."""
    addresses = {"workbench": demo.addresses["work"], "portal": demo.addresses["portal"]}
    with on_stage(demo, note=lambda _key, words: print(words)) as stage, chromium() as browser:
        played = play(stage)
        demo_links = {
            (one.name, width): one.address
            for width in WIDTHS
            for one in links(stage, played.staff, played.clients)
        }
        walked = Tour(browser, addresses, things(stage, played))
        walked.walk(demo_links)
    missing = walked.not_seen("workbench", create_workbench(demo.settings))
    missing += walked.not_seen("portal", create_portal(demo.settings))
    return walked.faults + missing


if __name__ == "__main__":
    sys.exit(main())
