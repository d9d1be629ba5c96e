"""Who speaks for a company: asked in, given roles, taken out; and one company at a time."""

from __future__ import annotations

from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import select

from backoffice.firm.clients.models import ClientMember, Invitation, Person
from backoffice.firm.clients.people import LastOwner, change_person_role, invite_person
from backoffice.firm.clients.sign_in import accept_invitation
from backoffice.foundation.identity.sessions import Browser
from tests.support.browsers import Tab, Web
from tests.support.cast import PASSWORD, Cast, email_of
from tests.support.mails import mails_to

DEWI = {"name": "Pia Gruen", "email": "pia@acorn.example", "role": "finance"}


def role_of(cast: Cast, name: str, client: str = "acorn") -> str | None:
    with cast.acting_for(client, by="nadia") as session:
        found = select(ClientMember.role).where(
            ClientMember.person_id == cast[name], ClientMember.removed_at.is_(None)
        )
        return session.scalar(found)


def test_an_owner_invites_a_colleague(cast: Cast, web: Web) -> None:
    tab = web.signed_in("martin")
    assert tab.post("/people/invite", DEWI).status_code == 303
    assert "Pia Gruen" in tab.get("/people").text
    (mail,) = mails_to(cast, "acorn", "pia@acorn.example")
    assert "Acorn Joinery Ltd" in mail


def test_nobody_is_invited_twice(web: Web) -> None:
    tab = web.signed_in("martin")
    tab.post("/people/invite", DEWI)
    again = tab.post("/people/invite", {**DEWI, "email": "PIA@acorn.example"})
    assert again.status_code == 409
    assert "invited already" in again.text
    assert "PIA@acorn.example" in again.text  # nothing typed is lost
    assert tab.post("/people/invite", {**DEWI, "email": email_of("judith")}).status_code == 409


@pytest.mark.parametrize("wrong", [{"role": "operator"}, {"email": "pia"}, {"name": " "}])
def test_what_cannot_be_read_is_said_at_its_field(web: Web, wrong: dict[str, str]) -> None:
    answer = web.signed_in("martin").post("/people/invite", {**DEWI, **wrong})
    assert answer.status_code == 422


def test_fields_that_a_form_does_not_have_change_nothing(cast: Cast, web: Web) -> None:
    more = {
        "client_id": str(cast["birch"]),
        "id": str(cast["birch"]),
        "invited_by_id": str(cast["nora"]),
        "accepted_at": "2026-01-01",
        "person_id": str(cast["nora"]),
        "epoch": "99",
    }
    assert web.signed_in("martin").post("/people/invite", {**DEWI, **more}).status_code == 303
    with cast.acting_for("acorn", by="nadia") as session:
        (row,) = session.scalars(select(Invitation).where(Invitation.email == DEWI["email"]))
        assert (row.client_id, row.invited_by_id) == (cast["acorn"], cast["martin"])
        assert row.accepted_at is None
        assert row.id != cast["birch"]


def test_a_role_counts_from_the_next_click(cast: Cast, web: Web) -> None:
    owner, judith = web.signed_in("martin"), web.signed_in("judith")
    assert judith.get("/people").status_code == 403
    path = f"/people/{cast['judith']}/role"
    assert owner.post(path, {"role": "owner"}).status_code == 303
    assert judith.get("/people").status_code == 200
    assert owner.post(path, {"role": "read_only"}).status_code == 303
    assert judith.get("/people").status_code == 403


def test_the_last_owner_stays_one(cast: Cast, web: Web) -> None:
    tab = web.signed_in("martin")
    assert tab.post(f"/people/{cast['martin']}/role", {"role": "hr"}).status_code == 409
    assert role_of(cast, "martin") == "owner"


def test_two_owners_cannot_take_the_role_from_each_other_at_once(cast: Cast) -> None:
    with cast.acting_for("acorn", by="martin", role="portal") as session:
        change_person_role(session, person_id=cast["judith"], role="owner")
    start, refused = Barrier(2), []

    def lower(name: str, by: str) -> None:
        start.wait()
        try:
            with cast.acting_for("acorn", by=by, role="portal") as session:
                change_person_role(session, person_id=cast[name], role="hr")
        except LastOwner:
            refused.append(name)

    pairs = [("martin", "judith"), ("judith", "martin")]
    threads = [Thread(target=lower, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1


def test_who_is_taken_out_is_out_with_the_next_click(cast: Cast, web: Web) -> None:
    owner, fern = web.signed_in("martin"), web.signed_in("fern")
    assert fern.get("/account").status_code == 200
    assert owner.post(f"/people/{cast['fern']}/remove").status_code == 303
    assert fern.get("/account").status_code == 303
    assert role_of(cast, "fern") is None


def test_nobody_takes_themselves_out(cast: Cast, web: Web) -> None:
    assert web.signed_in("martin").post(f"/people/{cast['martin']}/remove").status_code == 409


def test_people_of_another_company_are_nobody(cast: Cast, web: Web) -> None:
    tab = web.signed_in("martin")
    assert tab.post(f"/people/{cast['nora']}/remove").status_code == 404
    assert tab.post(f"/people/{cast['nora']}/role", {"role": "hr"}).status_code == 404
    assert role_of(cast, "nora", "birch") == "owner"


@pytest.fixture
def martin(cast: Cast, web: Web) -> Tab:
    """Martin, who speaks for Birch too."""
    with cast.acting_for("birch", by="nadia") as session:
        _invitation, link = invite_person(
            session,
            cast.database["workbench"],
            name="Martin Bell",
            email=email_of("martin"),
            role="finance",
        )
    accept_invitation(
        cast.database["portal"],
        token=link.token,
        code=link.code,
        password=PASSWORD,
        browser=Browser("t", "192.0.2.3"),
    )
    return web.signed_in("martin")


def switch(tab: Tab, to: UUID) -> int:
    status = tab.post("/company", {"company": str(to)}).status_code
    tab.company = to
    return status


def test_a_person_of_two_companies_sees_one_at_a_time(cast: Cast, martin: Tab) -> None:
    assert "Judith Cole" in martin.get("/people").text
    assert switch(martin, cast["birch"]) == 303
    page = martin.get("/account").text
    assert "Birch Coffee Inc" in page
    assert martin.get("/people").status_code == 403  # finance there, owner here
    assert switch(martin, cast["acorn"]) == 303
    assert martin.get("/people").status_code == 200


def test_a_form_drawn_for_another_company_is_refused(cast: Cast, martin: Tab) -> None:
    switch(martin, cast["birch"])
    martin.company = cast["acorn"]  # the other tab, still open
    answer = martin.post("/account/language", {"locale": "id"})
    assert answer.status_code == 409
    assert "another company" in answer.text
    doors = cast.database["portal"].doors
    with doors.firm_wide(because="how the person chose") as session:
        assert session.get_one(Person, cast["martin"]).locale == "en"


def test_a_form_without_a_company_is_refused(martin: Tab) -> None:
    martin.company = None
    assert martin.post("/account/language", {"locale": "id"}).status_code == 409


@pytest.mark.parametrize("where", ["query", "body", "header"])
def test_the_company_is_never_taken_from_the_request(cast: Cast, web: Web, where: str) -> None:
    tab = web.signed_in("martin")
    birch = str(cast["birch"])
    names = ("client", "client_id", "company", "tenant")
    if where == "query":
        answer = tab.get("/people", query_string=dict.fromkeys(names, birch))
    elif where == "header":
        answer = tab.get("/people", headers={"X-Company": birch, "X-Client-Id": birch})
    else:
        tab.post("/people/invite", {**DEWI, **dict.fromkeys(names, birch)})
        answer = tab.get("/people")
    assert "Judith Cole" in answer.text
    assert "Nora Whitfield" not in answer.text


@pytest.mark.parametrize("to", ["birch", "nowhere", "nonsense"])
def test_nobody_switches_to_a_company_that_is_not_theirs(cast: Cast, web: Web, to: str) -> None:
    tab = web.signed_in("martin")
    wanted = {"birch": str(cast["birch"]), "nowhere": str(cast.house), "nonsense": "x"}[to]
    assert tab.post("/company", {"company": wanted}).status_code == 404
    assert "Acorn Joinery Ltd" in tab.get("/account").text
