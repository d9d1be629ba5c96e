"""Engaging a client: added with open books, its owner invited, colleagues assigned."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from sqlalchemy import func, select

from backoffice.firm.clients.actions import add_client
from backoffice.firm.clients.models import Client
from backoffice.firm.clients.queries import Card, client_named
from backoffice.firm.clients.rules import slug_candidates
from backoffice.foundation import audit
from backoffice.foundation.audit import AuditEvent
from backoffice.foundation.errors import Refused
from backoffice.foundation.ids import new_id
from backoffice.ledger import LedgerAccount
from tests.support.browsers import Web
from tests.support.cast import Cast
from tests.support.mails import mails_to

DUNE = {"name": "Dune Cycles Ltd", "country": "gb"}


def added(answer_location: str) -> UUID:
    found = re.fullmatch(r"/clients/([0-9a-f-]{36})", answer_location)
    assert found
    return UUID(found[1])


def card(cast: Cast, name: str) -> Card:
    with cast.database["workbench"].doors.across(cast["nadia"]) as session:
        return client_named(session, name)


def test_a_client_is_added_with_what_is_customary(cast: Cast, web: Web) -> None:
    answer = web.signed_in("nadia").post("/clients/add", DUNE)
    client_id = added(answer.location)
    found = card(cast, "dune")
    assert found.id == client_id
    assert (found.currency, found.zone, found.fiscal_year_start) == (
        "GBP",
        "Europe/London",
        "04-01",
    )
    with cast.database["workbench"].doors.acting_for(client_id, by=cast.actor("nadia")) as session:
        assert session.scalar(select(func.count()).select_from(LedgerAccount)) > 20
        actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.sequence)).all()
        assert actions[0] == "client.added" or "client.added" in actions
        assert audit.first_broken(session) is None


def test_what_is_written_counts_more_than_what_is_customary(cast: Cast, web: Web) -> None:
    fields = {
        **DUNE,
        "country": "DE",
        "currency": "eur",
        "zone": "Europe/Berlin",
        "fiscal_year_start": "07-01",
        "chart": "international",
    }
    assert web.signed_in("nadia").post("/clients/add", fields).status_code == 303
    found = card(cast, "dune")
    assert (found.currency, found.zone, found.chart) == ("EUR", "Europe/Berlin", "international")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"country": "Britain"}, "two letters"),
        ({"country": "ZZ"}, "time zone"),
        ({"country": "ZZ", "zone": "Europe/Berlin"}, "three letters"),
        ({"zone": "Moon/Tycho"}, "time zone"),
        ({"currency": "XXX"}, "XXX"),
        ({"fiscal_year_start": "02-29"}, "02-29"),
        ({"chart": "nonsense"}, "nonsense"),
        ({"name": "x" * 121}, "120"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_kept(
    cast: Cast, web: Web, wrong: dict[str, str], says: str
) -> None:
    tab = web.signed_in("nadia")
    answer = tab.post("/clients/add", {**DUNE, **wrong})
    assert answer.status_code == 422
    assert says in answer.text
    assert tab.post("/clients/add", DUNE).status_code == 303  # the short name was not used up
    assert card(cast, "dune")


def test_two_clients_of_a_name_get_two_short_names(cast: Cast, web: Web) -> None:
    tab = web.signed_in("nadia")
    for _again in range(3):
        assert tab.post("/clients/add", DUNE).status_code == 303
    assert {card(cast, slug).name for slug in ("dune", "dune-cycles", "dune-cycles-2")} == {
        "Dune Cycles Ltd"
    }


def test_a_short_name_that_is_taken_is_refused(cast: Cast) -> None:
    runtime = cast.database["workbench"]
    with (
        pytest.raises(Refused, match="taken"),
        runtime.doors.acting_for(new_id(), by=cast.actor("nadia")) as session,
    ):
        add_client(session, runtime.keyring, name="Other", country="GB", slug="acorn")


def test_short_names_leave_the_legal_form_out() -> None:
    assert slug_candidates("PT Cendana Kreatif")[:2] == ["cendana", "cendana-kreatif"]
    assert slug_candidates("Ltd")[0] == "ltd"
    assert slug_candidates("\u682a\u5f0f\u4f1a\u793e")[0] == "client"


def test_the_list_shows_ones_own_clients_alone(web: Web) -> None:
    mine = web.signed_in("priya").get("/clients").text
    assert "Acorn Joinery Ltd" in mine
    assert "Birch Coffee Inc" not in mine
    all_of_them = web.signed_in("nadia").get("/clients").text
    assert "PT Cendana Kreatif" in all_of_them
    assert "Harbour Lane Back Office</a>" not in all_of_them


def test_a_lead_sees_the_clients_of_the_team(web: Web) -> None:
    assert "Acorn Joinery Ltd" in web.signed_in("leah").get("/clients").text


def test_an_account_manager_sees_the_client_they_added(cast: Cast, web: Web) -> None:
    tab = web.signed_in("sofia")
    answer = tab.post("/clients/add", DUNE)
    assert tab.get(answer.location).status_code == 200


def test_finding_and_the_empty_page(web: Web) -> None:
    tab = web.signed_in("nadia")
    assert "Acorn Joinery Ltd" in tab.get("/clients?q=JOIN").text
    assert "No client is called" in tab.get("/clients?q=100%25").text
    assert "No client is called" in tab.get("/clients?q=_").text


def test_the_owner_is_invited_from_the_clients_page(cast: Cast, web: Web) -> None:
    tab = web.signed_in("sofia")
    path = f"/clients/{cast['acorn']}/people/invite"
    fields = {"name": "Una Bell", "email": "una@acorn.example", "role": "owner"}
    assert tab.post(path, fields).status_code == 303
    assert len(mails_to(cast, "acorn", "una@acorn.example")) == 1
    page = tab.get(f"/clients/{cast['acorn']}/people").text
    (invitation,) = re.findall(r"/invitations/([0-9a-f-]{36})/withdraw", page)
    withdraw = f"/clients/{cast['acorn']}/people/invitations/{invitation}/withdraw"
    assert tab.post(withdraw).status_code == 303
    assert tab.post(withdraw).status_code == 404


def test_who_is_assigned_sees_the_client_at_once(cast: Cast, web: Web) -> None:
    omar = web.signed_in("omar")
    assert omar.get(f"/clients/{cast['acorn']}").status_code == 404
    fields = {"staff_id": str(cast["omar"]), "duty": "reviewer"}
    path = f"/clients/{cast['acorn']}/people/assign"
    leah = web.signed_in("leah")
    assert leah.post(path, fields).status_code == 303
    assert omar.get(f"/clients/{cast['acorn']}").status_code == 200
    again = leah.post(path, fields)
    assert again.status_code == 409
    assert "already" in again.text


def test_an_associate_assigns_nobody(cast: Cast, web: Web) -> None:
    fields = {"staff_id": str(cast["omar"]), "duty": "reviewer"}
    path = f"/clients/{cast['acorn']}/people/assign"
    assert web.signed_in("priya").post(path, fields).status_code == 403


def test_the_brand_and_the_name_stand_on_every_page(cast: Cast, web: Web) -> None:
    page = web.signed_in("priya").get(f"/clients/{cast['acorn']}").text
    assert "Harbour Lane" in page
    assert "Acorn Joinery Ltd" in page


def test_a_name_is_shown_as_it_is_written(cast: Cast, web: Web) -> None:
    canary = "<script>alert(1)</script> & {{ 7 * 7 }} Ltd"
    tab = web.signed_in("nadia")
    answer = tab.post("/clients/add", {**DUNE, "name": canary})
    for path in (answer.location, "/clients", "/search?q=script"):
        page = tab.get(path).text
        assert "<script>alert" not in page
        assert "49" not in re.sub(r"[0-9a-f-]{20,}|\d{3,}", "", page.partition("<main")[2])
    with cast.database["workbench"].doors.across(cast["nadia"]) as session:
        assert session.scalar(select(Client.name).where(Client.name == canary)) == canary
