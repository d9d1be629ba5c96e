"""Imports: looked through, released, undone as a whole; held ones with their reason and ways on."""

from __future__ import annotations

from pathlib import Path

import pytest

from backoffice.foundation.registry import registry
from backoffice.service_lines.banking.actions.importing import start_import
from tests.provider.books import cast, desk, month_template
from tests.service_lines.banking.coding_desk import Desk
from tests.service_lines.banking.files import bought, imported, statement, written
from tests.support.browsers import Tab, Web
from tests.support.cast import Cast
from worker.run_batch import Runner

__all__ = ["cast", "desk", "month_template"]

DECEMBER = statement(
    bought(20, -10_00, "Quayside Fuel"), opening=0, number="GB11DEMO00000000000001"
)


@pytest.fixture
def priya(web: Web) -> Tab:
    return web.signed_in("priya")


def shown(cast: Cast, folder: Path) -> str:
    """An import that waits to be released, as its address."""
    one = imported(cast, written(folder, DECEMBER), release=False)
    return f"/clients/{cast['acorn']}/imports/{one['import']}"


def test_an_import_is_shown_then_released(
    priya: Tab, cast: Cast, tmp_path: Path, desk: Desk
) -> None:
    address = shown(cast, tmp_path)
    text = priya.get(address).text
    assert "1 line is new, 0 known before, 0 contradicting." in text
    assert "to the last cent" in text
    assert "Quayside Fuel" in text
    assert priya.post(f"{address}/release").status_code == 303
    text = priya.get(address).text
    assert "The import is released; its lines can be coded." in text
    assert "Nothing rests on it yet" in text


def test_an_import_is_taken_back_as_a_whole(
    priya: Tab, cast: Cast, tmp_path: Path, desk: Desk
) -> None:
    before, address = len(desk.lines()), shown(cast, tmp_path)
    assert priya.post(f"{address}/undo").status_code == 303
    assert "It was taken back as a whole" in priya.get(address).text
    assert len(desk.lines()) == before


def test_an_import_on_which_codings_rest_stays(priya: Tab, desk: Desk) -> None:
    one = next(line.import_id for line in desk.lines() if line.state == "coded")
    address = f"/clients/{desk.cast['acorn']}/imports/{one}"
    assert "Undo the import" not in priya.get(address).text
    answer = priya.post(f"{address}/undo")
    assert answer.status_code == 409
    assert "cannot be taken back as a" in answer.text


def test_a_missing_statement_is_said_and_may_be_accepted_with_a_reason(
    priya: Tab, cast: Cast, tmp_path: Path, desk: Desk
) -> None:
    later = statement(bought(28, -5_00, "Quayside Fuel"), opening=99)
    one = imported(cast, written(tmp_path, later), release=True)
    address = f"/clients/{cast['acorn']}/imports/{one['import']}"
    text = priya.get(address).text
    assert "A statement between them is probably missing" in text
    assert "Is nothing missing?" in text
    assert priya.post(f"{address}/gap", {"because": ""}).status_code == 422
    again = priya.post(f"{address}/gap", {"because": "The account moved to another branch."})
    assert "The file is being read." in priya.get(again.location).text
    Runner(cast.database["worker"], registry).drain()
    assert "1 line is new" in priya.get(again.location).text


def test_the_reading_is_followed_while_it_goes_on(
    priya: Tab, cast: Cast, tmp_path: Path, desk: Desk
) -> None:
    one = imported(cast, written(tmp_path, DECEMBER), release=False)
    address = f"/clients/{cast['acorn']}/imports/{one['import']}"
    priya.post(f"{address}/undo")
    with cast.acting_for("acorn") as session:
        from backoffice.service_lines.banking.queries.imports import imports

        document = imports(session)[0].bank_import.document_id
        again = start_import(session, document, by=cast.actor("priya"))
        address = f"/clients/{cast['acorn']}/imports/{again.id}"
    part = priya.get(address, headers={"HX-Request": "true"}).text
    assert 'hx-trigger="every 1s"' in part
    assert "It waits for a worker." in part
    Runner(cast.database["worker"], registry).drain()
    part = priya.get(address, headers={"HX-Request": "true"}).text
    assert "every 1s" not in part
    assert "Quayside Fuel" in part


def test_a_file_that_does_not_add_up_is_held_with_its_reason(
    priya: Tab, cast: Cast, tmp_path: Path, desk: Desk
) -> None:
    path = written(tmp_path, DECEMBER)
    path.write_text(path.read_text().replace(">10.00<", ">11.00<", 1))
    one = imported(cast, path, release=True)
    text = priya.get(f"/clients/{cast['acorn']}/imports/{one['import']}").text
    assert "The figures do not add up." in text
    assert "Read the file again" in text


def test_the_list_says_what_each_file_brought(priya: Tab, desk: Desk) -> None:
    text = priya.get(f"/clients/{desk.cast['acorn']}/imports").text
    assert text.count('id="import-') == 1
    assert "Released" in text
    assert ">10<" in text


def test_who_may_not_release_is_not_asked_to(
    web: Web, cast: Cast, tmp_path: Path, desk: Desk
) -> None:
    address = shown(cast, tmp_path)
    sofia = web.signed_in("sofia")
    assert 'data-key="r"' not in sofia.get(address).text
    assert sofia.post(f"{address}/release").status_code == 403
