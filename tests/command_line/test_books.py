"""The commands about clients and their books: what each prints, to the key, and its exit status."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from backoffice import command_line
from backoffice.command_line import answers
from tests.service_lines.banking.coding_desk import Desk
from tests.service_lines.banking.files import NUMBER, SAVINGS, bought, statement, written
from tests.service_lines.banking.statements.written import as_camt
from tests.support.cast import Cast
from tests.support.worker_process import environment_of

Say = Callable[..., tuple[int, dict[str, Any]]]
AMOUNT = re.compile(r"\d+\.\d\d")


@pytest.fixture
def say(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Say]:
    """`status, object = say("client", "list")`, on the cast's database, with --json."""
    for name, value in environment_of(cast.database, REDIS_URL="").items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("REDIS_URL", raising=False)

    def run(*words: str) -> tuple[int, dict[str, Any]]:
        with pytest.raises(SystemExit) as ended:
            command_line.main(["--json", *map(str, words)])
        printed = capsys.readouterr().out
        assert len(printed.splitlines()) == 1
        assert isinstance(ended.value.code, int)
        return ended.value.code, json.loads(printed)

    yield run
    answers.speak_json(False)


@pytest.fixture
def november(tmp_path: Path) -> Path:
    return written(tmp_path, statement(bought(2, -12_000), bought(3, 5_000), opening=90_000))


def test_a_client_is_added_and_listed(say: Say) -> None:
    status, added = say(
        "client", "add", "--name", "Dune Optics Oy", "--country", "FI", "--currency", "EUR",
        "--zone", "Europe/Helsinki", "--fiscal-year-start", "07-01",
    )  # fmt: skip
    assert status == 0
    assert UUID(added.pop("id"))
    assert added == {
        "slug": "dune",
        "name": "Dune Optics Oy",
        "country": "FI",
        "currency": "EUR",
    }
    status, listed = say("client", "list")
    assert status == 0
    assert [one["slug"] for one in listed["clients"]] == [
        "acorn", "birch", "dune", "cendana",
    ]  # fmt: skip
    assert {tuple(one) for one in listed["clients"]} == {
        ("id", "slug", "name", "country", "currency")
    }


def test_a_slug_is_one_clients_alone(say: Say) -> None:
    status, refused = say(
        "client", "add", "--name", "Another", "--country", "GB", "--slug", "acorn"
    )
    assert status == 1
    assert refused["error"]["code"] == "slug_taken"
    assert set(refused["error"]) == {"code", "message", "file", "line", "column"}


def test_a_statement_is_imported_once(say: Say, november: Path) -> None:
    status, first = say("statement", "import", november, "--client", "acorn")
    assert status == 0
    assert UUID(first.pop("import"))
    assert first == {"new": 2, "known": 0, "conflicts": 0, "held_back": 0, "reason": None}
    status, again = say("statement", "import", november, "--client", "acorn", "--release")
    assert (status, again["new"], again["known"]) == (0, 0, 2)


def test_it_is_released_when_asked_for(say: Say, cast: Cast, november: Path) -> None:
    for words, state in ([], "shown"), (["--release"], "released"):
        _status, found = say("statement", "import", november, "--client", "acorn", *words)
        with cast.database.as_superuser().connect() as connection:
            asked = text("SELECT state FROM bank_import WHERE id = :id")
            assert connection.scalar(asked, {"id": UUID(found["import"])}) == state


def test_an_account_is_a_number_or_a_code(say: Say, tmp_path: Path) -> None:
    both = written(tmp_path, statement(bought(2, -1)), statement(bought(2, -2), number=SAVINGS))
    spaced = f"{NUMBER[:4]} {NUMBER[4:8]} {NUMBER[8:]}"
    assert say("statement", "import", both, "--client", "acorn", "--account", spaced)[1]["new"] == 1
    assert say("statement", "import", both, "--client", "acorn", "--account", "1201")[1]["new"] == 0
    assert say("statement", "import", both, "--client", "acorn")[1]["new"] == 1
    status, refused = say("statement", "import", both, "--client", "acorn", "--account", "1209")
    assert (status, refused["error"]["code"]) == (1, "account_not_in_file")


def test_what_contradicts_is_counted(say: Say, tmp_path: Path) -> None:
    before = written(tmp_path, statement(bought(2, -5_000, reference="BR77")))
    after = written(tmp_path, statement(bought(2, -5_500, reference="BR77"), bought(3, -10)))
    say("statement", "import", before, "--client", "acorn")
    status, found = say("statement", "import", after, "--client", "acorn")
    assert (status, found["new"], found["conflicts"]) == (0, 1, 1)


def test_what_does_not_agree_is_held_back_with_its_reason(say: Say, tmp_path: Path) -> None:
    whole = as_camt([statement(bought(2, -3_000), bought(3, 400_000))])
    start = whole.index("<Ntry>")
    short = tmp_path / "short.xml"
    short.write_text(whole[:start] + whole[whole.index("</Ntry>") + len("</Ntry>") :])
    status, found = say("statement", "import", short, "--client", "acorn", "--release")
    assert (status, found["new"], found["held_back"]) == (0, 0, 1)
    assert "do not add up" in found["reason"]


def test_what_cannot_be_read_ends_with_one(say: Say, tmp_path: Path, november: Path) -> None:
    broken = tmp_path / "broken.xml"
    broken.write_text(november.read_text().replace(">120.00<", ">1e3<"))
    status, refused = say("statement", "import", broken, "--client", "acorn")
    assert (status, refused["error"]["code"]) == (1, "amount_unreadable")
    assert refused["error"]["file"].endswith("broken.xml")
    assert refused["error"]["line"] > 0
    status, refused = say("statement", "import", november, "--client", "nobody")
    assert status == 1
    assert "nobody" in refused["error"]["message"]


def test_the_trial_balance_of_a_day(say: Say, cast: Cast, tmp_path: Path, november: Path) -> None:
    say("statement", "import", november, "--client", "acorn", "--release")
    desk = Desk(cast, tmp_path)
    went, came = desk.lines()
    desk.code(went, "5000", "P20")
    desk.code(came, "4000")
    status, found = say("ledger", "trial-balance", "--client", "acorn", "--as-of", "2026-11-30")
    assert status == 0
    assert list(found) == ["client", "as_of", "currency", "rows", "total_debit", "total_credit"]
    assert (found["client"], found["as_of"], found["currency"]) == ("acorn", "2026-11-30", "GBP")
    sides = {row["account"]: (row["debit"], row["credit"]) for row in found["rows"]}
    assert sides["1201"] == ("830.00", "0.00")
    assert sides["5000"] == ("100.00", "0.00")
    assert sides["4000"] == ("0.00", "50.00")
    assert sides["3100"] == ("0.00", "900.00")
    assert found["total_debit"] == found["total_credit"] == "950.00"
    assert all(AMOUNT.fullmatch(amount) for side in sides.values() for amount in side)
    _status, before = say("ledger", "trial-balance", "--client", str(cast["acorn"]), "--as-of",
                          "2026-11-01")  # fmt: skip
    assert (before["rows"], before["total_debit"]) == ([], "0.00")


def test_the_trial_balance_is_of_the_business_day(say: Say) -> None:
    _status, found = say("ledger", "trial-balance", "--client", "cendana")
    assert abs((date.fromisoformat(found["as_of"]) - datetime.now(UTC).date()).days) <= 1
    assert found["currency"] == "IDR"


def test_the_check_says_what_does_not_hold(
    say: Say, cast: Cast, tmp_path: Path, november: Path
) -> None:
    say("statement", "import", november, "--client", "acorn", "--release")
    desk = Desk(cast, tmp_path)
    desk.code(desk.lines()[0], "5000")
    status, found = say("check")
    assert (status, found["ok"]) == (0, True)
    assert {one["client"]: one["failures"] for one in found["clients"]}["acorn"] == []
    with cast.database.as_superuser().begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("UPDATE posting SET base_minor = base_minor + 1 WHERE line = 1"))
    status, found = say("check")
    assert (status, found["ok"]) == (1, False)
    [acorn] = [one for one in found["clients"] if one["failures"]]
    assert acorn["client"] == "acorn"
    assert {"invariant", "message", "records"} == set(acorn["failures"][0])
    assert "ledger.entries_balanced" in {one["invariant"] for one in acorn["failures"]}
