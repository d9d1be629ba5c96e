"""The page that tells who did or saw what."""

from __future__ import annotations

import csv
import io

from sqlalchemy import text

from backoffice.foundation import audit
from tests.support.browsers import Web
from tests.support.cast import Cast


def main_of(page: str) -> str:
    return page.partition("<tbody")[2].partition("</tbody>")[0]


def test_looking_at_a_client_is_an_act(cast: Cast, web: Web) -> None:
    web.signed_in("priya").get(f"/clients/{cast['acorn']}")
    page = web.signed_in("leah").get(f"/clients/{cast['acorn']}/audit").text
    assert "Priya Nair" in main_of(page)
    assert "Looked at the client" in main_of(page)


def test_the_filter_keeps_what_is_asked_for(cast: Cast, web: Web) -> None:
    tab, path = web.signed_in("nadia"), f"/clients/{cast['acorn']}/audit"
    by_act = main_of(tab.get(f"{path}?action=person.").text)
    assert "Invited somebody" in by_act
    assert "Added the client" not in by_act
    by_whom = main_of(tab.get(f"{path}?actor={cast['martin']}").text)
    assert "Martin Bell" in by_whom
    assert "Nadia Frost" not in by_whom
    assert "Nothing of this kind" in tab.get(f"{path}?until=2001-01-01").text
    for nonsense in ("actor=x", "since=9999-99-99", "until=9999-12-31", "before=x"):
        assert tab.get(f"{path}?{nonsense}").status_code == 200


def test_older_acts_are_a_page_away(cast: Cast, web: Web) -> None:
    with cast.acting_for("acorn", by="priya") as session:
        for _number in range(60):
            audit.record(session, "test.counted")
    tab = web.signed_in("nadia")
    page = tab.get(f"/clients/{cast['acorn']}/audit").text
    assert main_of(page).count("<tr") == 50
    assert "before=" in page


def test_the_badge_tells_whether_the_chain_holds(cast: Cast, web: Web) -> None:
    tab, path = web.signed_in("nadia"), f"/clients/{cast['acorn']}/audit/chain"
    assert "Chain verified" in tab.get(path).text
    with cast.database.as_superuser().begin() as connection:
        connection.execute(text("ALTER TABLE audit_event DISABLE TRIGGER never_changes"))
        connection.execute(
            text(
                "UPDATE audit_event SET action = 'nothing.happened'"
                " WHERE client_id = :client AND sequence = 2"
            ),
            {"client": cast["acorn"]},
        )
    assert "Broken at row 2" in tab.get(path).text


def test_the_export_holds_no_formula_and_is_audited(cast: Cast, web: Web) -> None:
    with cast.database.as_superuser().begin() as connection:
        connection.execute(
            text("UPDATE firm.staff SET name = '=HYPERLINK(\"x\")' WHERE id = :id"),
            {"id": cast["priya"]},
        )
    web.signed_in("priya").get(f"/clients/{cast['acorn']}")
    tab = web.signed_in("leah")
    answer = tab.get(f"/clients/{cast['acorn']}/audit.csv")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode())))
    assert {row["actor"] for row in rows if row["action"] == "client.seen"} == {'\'=HYPERLINK("x")'}
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "Took this list along" in tab.get(f"/clients/{cast['acorn']}/audit").text


def test_staff_matters_are_in_the_house_and_for_those_who_lead(cast: Cast, web: Web) -> None:
    assert "Came in for the first time" in web.signed_in("leah").get("/audit").text
    assert web.signed_in("sofia").get("/audit").status_code == 403
    assert web.signed_in("priya").get(f"/clients/{cast['acorn']}/audit").status_code == 403


def test_an_owner_sees_who_looked(cast: Cast, web: Web) -> None:
    web.signed_in("priya").get(f"/clients/{cast['acorn']}")
    page = web.signed_in("martin").get("/audit").text
    assert "Priya Nair" in main_of(page)
    assert "Nora" not in page
