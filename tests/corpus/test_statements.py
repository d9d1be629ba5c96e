"""The sweep itself: it counts what is equal, and says what is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.corpus.statements import main
from tests.service_lines.banking.statements.test_camt import WHOLE as CAMT
from tests.service_lines.banking.statements.test_mt940 import page
from tests.service_lines.banking.statements.test_ofx import ENTRY, SECURITIES, ofx, statement

MT940 = page(":61:260115D10,00NTRFA")
FILES = {
    "camt/a.xml": CAMT,
    "mt940/a.sta": MT940,
    "mt940/bad.sta": MT940.replace("D10,00", "D1O,00"),
    "ofx/a": ofx(statement(ENTRY), SECURITIES),
    "ofx/custody": ofx(SECURITIES),
}
FIGURES: dict[str, Any] = {
    "camt/a.xml": {
        "statements": [
            {
                "id": "another figure",
                "entries": 1,
                "sum": "-10",
                "opening": "100",
                "closing": "90.000",
                "balances": [["OPBD", "100.00", "GBP", "2026-01-01"]],
                "balance_ok": True,
            }
        ]
    },
    "mt940/a.sta": {"statements": [{"entries": 1, "sum": "-10,00", "balances": True, "bad": 0}]},
    "mt940/bad.sta": {"error": "ValueError"},
    "ofx/a": {
        "statements": [
            {"type": "STMTRS", "transactions": 1, "sum": "-10.00", "ledger_balance": "90,00"},
            {"type": "INVSTMTRS", "transactions": 1, "sum": "-10.00", "ledger_balance": None},
        ]
    },
    "ofx/custody": {"statements": [{"type": "INVSTMTRS", "transactions": 1, "sum": "-10.00"}]},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        path = tmp_path / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, newline="")
    return tmp_path / "files"


def written(tmp_path: Path, figures: dict[str, Any]) -> Path:
    path = tmp_path / "expected.json"
    path.write_text(json.dumps(figures))
    return path


def sweep(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, list[str]]:
    status = main([str(word) for word in words])
    return status, capsys.readouterr().out.splitlines()


def test_all_are_equal_by_one_json(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    expected = written(tmp_path, FIGURES)
    assert sweep(capsys, folder, expected, "--at-least", "1") == (0, ["5 of 5 equal"])


def test_all_are_equal_by_a_folder_of_json(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    for name, figures in FIGURES.items():
        path = tmp_path / "expected" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(figures))
    assert sweep(capsys, folder, tmp_path / "expected")[1][-1] == "5 of 5 equal"


def test_the_expectations_may_name_files_from_further_up(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    figures = {f"bank/{name}": wanted for name, wanted in FIGURES.items() if name[:3] == "ofx"}
    assert sweep(capsys, folder / "ofx", written(tmp_path, figures))[1] == ["2 of 2 equal"]


@pytest.mark.parametrize(
    ("name", "figures", "difference"),
    [
        ("camt/a.xml", [{"sum": "-10.01"}], "statements[0].sum: expected -10.01, got -10.00"),
        ("camt/a.xml", [{"entries": 2}], "statements[0].entries: expected 2, got 1"),
        ("camt/a.xml", [{"closing": None}], "statements[0].closing: expected null, got 90.00"),
        ("ofx/a", [{"opening": "1"}], "statements[0].opening: expected 1, got null"),
        (
            "mt940/a.sta",
            [{"balance_ok": False}],
            "statements[0].balances: expected false, got true",
        ),
        ("mt940/a.sta", [{}, {}], "statements: expected 2, got 1"),
        ("mt940/a.sta", {"error": "x"}, "file: expected it to be refused, got 1 statements"),
        ("mt940/a.sta", None, "file: expected it to be refused, got 1 statements"),
        ("none.sta", [], "file: expected it to be there, got none"),
    ],
)
def test_each_difference_is_told(
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    figures: Any,
    difference: str,
):
    expected = written(tmp_path, {name: figures})
    assert sweep(capsys, folder, expected) == (0, [f"{name}: {difference}", "0 of 1 equal"])
    assert sweep(capsys, folder, expected, "--at-least", "0.95")[0] == 1


def test_a_refusal_of_what_should_be_read_is_told(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    expected = written(tmp_path, {"mt940/bad.sta": FIGURES["mt940/a.sta"]})
    status, lines = sweep(capsys, folder, expected)
    assert lines[0].startswith("mt940/bad.sta: file: expected it to be read, got amount_unreadable")
    assert (status, lines[-1]) == (0, "0 of 1 equal")


def test_a_part_that_nobody_could_read_may_be_refused(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    figures = {"mt940/bad.sta": {"statements": [{"entries": 0, "bad": 1}]}}
    assert sweep(capsys, folder, written(tmp_path, figures))[1] == ["1 of 1 equal"]


def test_the_share_sets_the_status(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    expected = written(tmp_path, FIGURES | {"none": []})
    assert sweep(capsys, folder, expected, "--at-least", "0.8")[0] == 0
    assert sweep(capsys, folder, expected, "--at-least", "0.9")[0] == 1


def test_a_folder_that_is_not_there_is_a_mistake_of_usage(tmp_path: Path):
    with pytest.raises(SystemExit) as caught:
        main([str(tmp_path / "none"), str(tmp_path)])
    assert caught.value.code == 2
