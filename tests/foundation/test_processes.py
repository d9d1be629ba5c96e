"""Processes under the supervisor: ready before the next, stopped in reverse, none left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from backoffice.foundation.embedded.engines import free_loopback_port
from backoffice.foundation.process_table import ProcessId
from backoffice.foundation.processes import ProcessFailed, answers_at, supervised

GONE_SECONDS_MAX = 20

# Says when it is told to end; with "stubborn" it does not obey, and it has a child of its own.
PATIENT = """
import signal, subprocess, sys, time
def ended(*_):
    print("ended", sys.argv[1], time.monotonic_ns(), flush=True)
    if "stubborn" not in sys.argv:
        sys.exit()
signal.signal(signal.SIGTERM, ended)
if "parent" in sys.argv:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    print("child", child.pid, flush=True)
print("ready", flush=True)
while True:
    time.sleep(0.05)
"""

STARTER = """
import sys
from contextlib import suppress
from pathlib import Path
from backoffice.foundation.processes import supervised
with suppress(KeyboardInterrupt), supervised(logs=Path(sys.argv[1])) as processes:
    one = processes.start("one", [sys.executable, "-c", sys.argv[2], "one"])
    print(one.process.pid, flush=True)
    processes.wait()
print("tidy", flush=True)
"""


def patient(name: str, *manners: str) -> list[str]:
    return [sys.executable, "-c", PATIENT, name, *manners]


def says(log: Path, word: str) -> bool:
    return log.exists() and word in log.read_text()


def starter(logs: Path) -> tuple[subprocess.Popen[str], ProcessId]:
    process = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(logs), PATIENT], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    child = ProcessId.of(int(process.stdout.readline()))
    assert child is not None
    return process, child


def test_they_are_stopped_in_reverse_and_their_words_are_kept(tmp_path: Path) -> None:
    with supervised(logs=tmp_path) as processes:
        for name in ("one", "two"):
            log = tmp_path / f"{name}.log"
            processes.start(name, patient(name), is_ready=lambda log=log: says(log, "ready"))
    ended = {
        name: int((tmp_path / f"{name}.log").read_text().split()[-1]) for name in ("one", "two")
    }
    assert ended["two"] < ended["one"]
    assert not any(one.is_running for one in processes.started)


def test_a_stubborn_one_is_ended_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backoffice.foundation.processes.GRACE_SECONDS_MAX", 0.5)
    log = tmp_path / "one.log"
    with supervised(logs=tmp_path) as processes:
        processes.start(
            "one", patient("one", "stubborn", "parent"), is_ready=lambda: says(log, "ready")
        )
        child = ProcessId.of(int(log.read_text().split()[1]))
        assert child is not None
    assert says(log, "ended")
    assert child.wait_until_gone(seconds_max=GONE_SECONDS_MAX)


def test_one_that_does_not_start_is_named_with_the_end_of_its_log(tmp_path: Path) -> None:
    broken = [sys.executable, "-c", "raise SystemExit('no such page')"]
    with (
        supervised(logs=tmp_path) as processes,
        pytest.raises(ProcessFailed, match=r"portal did not start.*\nno such page"),
    ):
        processes.start("portal", broken, is_ready=answers_at("127.0.0.1", 9))


def test_one_that_is_never_ready_is_given_up(tmp_path: Path) -> None:
    with (
        supervised(logs=tmp_path) as processes,
        pytest.raises(ProcessFailed, match="one is not ready"),
    ):
        processes.start("one", patient("one"), is_ready=lambda: False, ready_seconds_max=0.2)


def test_the_wait_ends_when_one_of_them_ends(tmp_path: Path) -> None:
    with supervised(logs=tmp_path) as processes:
        processes.start("one", [sys.executable, "-c", "print('done')"])
        with pytest.raises(ProcessFailed, match=r"one has ended.*\ndone"):
            processes.wait()


def test_a_web_server_is_ready_when_it_answers(tmp_path: Path) -> None:
    port = free_loopback_port()
    ready = answers_at("127.0.0.1", port, path="/", host="portal.localhost")
    assert not ready()
    serve = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    with supervised(logs=tmp_path) as processes:
        processes.start("web", serve, is_ready=ready, folder=tmp_path)
        assert ready()
    assert not ready()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_sigterm_stop_everything_tidily(tmp_path: Path, how: signal.Signals) -> None:
    process, child = starter(tmp_path)
    while not says(tmp_path / "one.log", "ready"):
        time.sleep(0.02)
    process.send_signal(how)
    printed, _errors = process.communicate(timeout=GONE_SECONDS_MAX)
    assert printed == "tidy\n"
    assert not child.is_running


def test_nothing_is_left_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    process, child = starter(tmp_path)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert child.wait_until_gone(seconds_max=GONE_SECONDS_MAX)
