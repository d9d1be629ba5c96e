"""`backoffice demo` as a person runs it: everything starts, is played, and is gone afterwards."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backoffice.command_line import INTERRUPTED
from backoffice.foundation import embedded
from tests.support.databases import ROOT

BACKOFFICE = str(ROOT / ".venv/bin/backoffice")
SECONDS_MAX = 240


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A folder for an installation of its own; as root its servers' data lie elsewhere."""
    yield tmp_path
    embedded.destroy(tmp_path)


def environment(data: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "BACKOFFICE_DATA": str(data), "HOME": str(data)}


def left_behind(data: Path) -> list[str]:
    """Commands of processes that were started for the installation and still run."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            variables = (process / "environ").read_bytes()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        if str(data).encode() in variables or str(data) in command:
            found.append(command)
    return found


@pytest.mark.journey
def test_the_demo_runs_until_ctrl_c_and_a_second_run_goes_on_with_its_data(data):
    with started(data) as demo:
        found = json.loads(demo.stdout.readline())
        for name, path in (("work", "/sign-in"), ("portal", "/sign-in"), ("mail", "/")):
            assert status_of(found["addresses"][name] + path) == 200
        demo.send_signal(signal.SIGINT)
        _, said = demo.communicate(timeout=SECONDS_MAX)
    assert demo.returncode == 0, said
    assert left_behind(data) == []
    assert set(found) == {"clients", "addresses", "seconds"}
    assert [one["slug"] for one in found["clients"]] == ["acorn", "birch", "cendana"]
    assert all(one["lines"] > one["posted"] > 0 for one in found["clients"])

    again = answered("demo", "--once", "--json", data=data)
    assert again["clients"] == found["clients"]
    assert answered("check", "--json", data=data)["ok"] is True
    assert left_behind(data) == []


@pytest.mark.journey
def test_ctrl_c_in_the_middle_of_the_play_stops_everything(data):
    with started(data) as demo:
        # The first line of a client: the play is under way, the workers have work.
        assert any(line.startswith("Acorn") for line in demo.stderr)
        demo.send_signal(signal.SIGINT)
        demo.communicate(timeout=SECONDS_MAX)
    assert demo.returncode == INTERRUPTED
    assert left_behind(data) == []


def started(data: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [BACKOFFICE, "demo", "--json"],
        env=environment(data),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answered(*command: str, data: Path) -> dict[str, Any]:
    done = subprocess.run(
        [BACKOFFICE, *command],
        env=environment(data),
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def status_of(address: str) -> int:
    """What a browser gets there: it takes *.localhost for this machine without asking anybody."""
    host = address.split("/")[2]
    url = address.replace(host.split(":")[0], "127.0.0.1", 1)
    request = urllib.request.Request(url, headers={"Host": host})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.status
