"""Who may import whom: each contract of pyproject.toml is kept, and breaks where it should."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("backoffice", "config", "provider", "client_portal", "worker", "design", "migrations")

# For each contract a line that breaks it, and the file that it is written into.
BREAKING = {
    "apps": ("provider/words.py", "import client_portal.words"),
    "business": ("backoffice/ledger/rules.py", "import backoffice.firm.work.rules"),
    "lines": (
        "backoffice/service_lines/another/__init__.py",
        "import backoffice.service_lines.banking.models",
    ),
    "capability": ("backoffice/firm/work/rules.py", "import backoffice.firm.work.models"),
    "demo": ("backoffice/demo/cast.py", "import backoffice.firm.work.models"),
    "design": ("worker/turns.py", "import design.brand"),
    "migrations": ("worker/relay.py", "import migrations.helpers"),
    "flask": ("backoffice/foundation/ids.py", "import flask"),
    "rq": ("provider/places.py", "import rq"),
}


def contracts() -> dict[str, str]:
    """Each contract's name by its id."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {one["id"]: one["name"] for one in project["tool"]["importlinter"]["contracts"]}


def verdicts(folder: Path) -> dict[str, bool]:
    """Whether each contract is kept by the tree in the folder."""
    said = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()",
         "--config", "pyproject.toml", "--no-cache"],
        cwd=folder, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(folder), "COLUMNS": "200", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    judged = [line for line in said.stdout.splitlines() if " KEPT" in line or " BROKEN" in line]
    return {
        key: " KEPT" in next(line for line in judged if line.startswith(name))
        for key, name in contracts().items()
    }


def test_every_contract_is_kept() -> None:
    assert verdicts(ROOT) == dict.fromkeys(contracts(), True)


def test_every_contract_breaks_at_one_wrong_import(tmp_path: Path) -> None:
    assert set(BREAKING) == set(contracts()), "say here what breaks a new contract"
    for package in PACKAGES:
        only_python = shutil.ignore_patterns("__pycache__", "static", "templates")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=only_python)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for file, line in BREAKING.values():
        path = tmp_path / file
        path.parent.mkdir(exist_ok=True)
        before = path.read_text() if path.exists() else ""
        path.write_text(f"{before}\n{line}\n")
    assert verdicts(tmp_path) == dict.fromkeys(contracts(), False)
