"""Runs every test of the project in three phases; `make test` is this.

    python -m tests.run            the seed is chosen and printed; SEED=7 repeats a run
    python -m tests.run rules      one phase alone (rules, journeys, fault)

Nothing may be skipped under CI=true, no phase may be without tests, and no process may outlive
its phase: this process adopts every orphan, so it sees them all.
"""

from __future__ import annotations

import ctypes
import os
import secrets
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree  # noqa: S405 - reads what pytest wrote a moment ago
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
REPORTS = PROJECT / "var/test-reports"
PROCESSES = os.cpu_count() or 2
ORPHANS_END_SECONDS_MAX = 15
PR_SET_CHILD_SUBREAPER = 36  # from <linux/prctl.h>

PHASES = {
    "rules": ["-m", "not journey and not fault", "-n", str(PROCESSES), "--dist", "worksteal"],
    "journeys": ["-m", "journey"],
    "fault": ["-m", "fault"],
}


@dataclass(frozen=True)
class Outcome:
    """How one phase went; `wrong` are sentences, and none of them means that it passed."""

    name: str
    seconds: float
    tests: int
    failed: int
    skipped: int
    wrong: tuple[str, ...]

    @property
    def passed(self) -> int:
        return self.tests - self.failed - self.skipped


def main(wanted: Sequence[str]) -> int:
    seed = int(os.environ.get("SEED") or secrets.randbelow(2**31))
    say(f"Seed {seed}; the same again with: make test SEED={seed}")
    adopt_orphans()
    REPORTS.mkdir(parents=True, exist_ok=True)
    outcomes = [run(name, seed) for name in (wanted or PHASES)]
    say("")
    for outcome in outcomes:
        say(f"{outcome.name:10}{outcome.seconds:7.1f} s{outcome.tests:7} tests")
        for sentence in outcome.wrong:
            say(f"    {sentence}")
    failed = sum(outcome.failed for outcome in outcomes)
    skipped = sum(outcome.skipped for outcome in outcomes)
    passed = sum(outcome.passed for outcome in outcomes)
    say(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if any(outcome.wrong for outcome in outcomes) else 0


def run(name: str, seed: int) -> Outcome:
    """One phase: pytest, then whoever it left behind."""
    say(f"\n--- {name} " + "-" * (90 - len(name)))
    report = REPORTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", "--durations=5", "--tb=short"]
    command += [f"--junitxml={report}", f"--hypothesis-seed={seed}", *PHASES[name]]
    environment = os.environ | {"BACKOFFICE_TEST_SEED": str(seed), "PYTHONHASHSEED": str(seed)}
    before = time.monotonic()
    status = subprocess.run(command, cwd=PROJECT, env=environment, check=False).returncode
    seconds = time.monotonic() - before
    tests, failed, skipped = counts_in(report)
    wrong = [
        *([f"pytest ended with status {status}"] if status not in {0, 5} else []),
        *(["it ran no test"] if tests == 0 else []),
        *([f"{skipped} skipped under CI"] if skipped and is_ci() else []),
        *(f"left behind: {command_line}" for command_line in left_behind()),
    ]
    return Outcome(name, seconds, tests, failed, skipped, tuple(wrong))


def counts_in(report: Path) -> tuple[int, int, int]:
    """How many tests ran, failed (errors too) and were skipped, from pytest's own report."""
    if not report.exists():
        return 0, 0, 0
    suites = list(ElementTree.parse(report).getroot().iter("testsuite"))  # noqa: S314 - our own

    def total(*names: str) -> int:
        return sum(int(suite.get(name, "0")) for suite in suites for name in names)

    return total("tests"), total("failures", "errors"), total("skipped")


def is_ci() -> bool:
    return os.environ.get("CI") == "true"


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent dies."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def left_behind() -> list[str]:
    """The command lines of descendants that still run; they are given a moment, then killed."""
    until = time.monotonic() + ORPHANS_END_SECONDS_MAX
    while (orphans := children()) and time.monotonic() < until:
        time.sleep(0.1)
    found = [command_line_of(pid) for pid in orphans]
    for pid in orphans:
        os.kill(pid, 9)
    return found


def children() -> list[int]:
    """Our living children: after a phase those are orphans. The dead are buried here."""
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                break
        except ChildProcessError:
            break
    listed = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text()
    return [int(pid) for pid in listed.split()]


def command_line_of(pid: int) -> str:
    try:
        return (
            Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        )
    except OSError:
        return str(pid)


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
