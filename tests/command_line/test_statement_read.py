"""`backoffice statement read`: exactly the object that was promised, without a database."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from tests.service_lines.banking.statements.test_camt import WHOLE as CAMT
from tests.service_lines.banking.statements.test_mt940 import page
from tests.service_lines.banking.statements.test_ofx import ENTRY, one

ROOT = Path(__file__).resolve().parents[2]
SECONDS_MAX = 0.3
MT940 = page(":61:260115D10,00NTRFA")
FILES = {"camt.xml": CAMT, "mt940.sta": MT940, "bank.ofx": one(ENTRY)}


def run(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "backoffice.command_line", "statement", *map(str, words)],
        cwd=ROOT,
        env={"PYTHONUTF8": "1", "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(params=FILES)
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / request.param
    path.write_text(FILES[request.param], newline="")
    return path


def test_the_object_has_these_keys_and_kinds(file: Path):
    done = run("read", "--json", file)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert list(found) == ["format", "version", "statements"]
    [statement] = found["statements"]
    keys = ["account", "currency", "opening", "closing", "entries", "sum", "balances"]
    assert list(statement) == keys
    assert (statement["entries"], statement["sum"]) == (1, "-10.00")


def test_the_figures_of_an_mt940(tmp_path: Path):
    path = tmp_path / "january"
    path.write_text(MT940, newline="")
    assert json.loads(run("read", path, "--json").stdout) == {
        "format": "mt940",
        "version": None,
        "statements": [
            {
                "account": "GB00HARB0001",
                "currency": "GBP",
                "opening": "100.00",
                "closing": "90.00",
                "entries": 1,
                "sum": "-10.00",
                "balances": True,
            }
        ],
    }


def test_a_person_gets_a_table(file: Path):
    done = run("read", file)
    assert done.returncode == 0
    assert done.stdout.splitlines()[1].split()[0] == "Account"
    assert "-10.00" in done.stdout


def test_a_file_without_a_statement_is_no_mistake(tmp_path: Path):
    path = tmp_path / "error.ofx"
    path.write_text("<OFX></OFX>")
    done = run("read", "--json", path)
    assert (done.returncode, json.loads(done.stdout)["statements"]) == (0, [])
    assert run("read", path).stdout == "ofx, without a statement\n"


def test_a_bad_amount_is_refused_with_its_place(tmp_path: Path):
    path = tmp_path / "january.sta"
    path.write_text(MT940.replace("D10,00", "D1O,00"), newline="")
    done = run("read", "--json", path)
    assert (done.returncode, done.stderr) == (1, "")
    error = json.loads(done.stdout)["error"]
    assert list(error) == ["code", "message", "file", "line", "column"]
    assert (error["code"], error["file"]) == ("amount_unreadable", "january.sta")
    assert (error["line"], error["column"]) == (5, 12)


def test_no_file_is_a_mistake_of_usage(tmp_path: Path):
    assert run("read", tmp_path / "none").returncode == 2
    assert run("read", tmp_path).returncode == 2
    assert run("read").returncode == 2


def test_it_answers_at_once(file: Path):
    def seconds() -> float:
        """Of the processor: what the wall clock says depends on who else works here."""
        before = os.times()
        assert run("read", "--json", file).returncode == 0
        after = os.times()
        used_by_it = after.children_user - before.children_user
        return used_by_it + after.children_system - before.children_system

    seconds()  # warm
    assert statistics.median(seconds() for _round in range(5)) <= SECONDS_MAX
