"""Staff: who comes, where they stand, what their role is, and who leaves."""

from __future__ import annotations

import re
from uuid import UUID

from sqlalchemy import select

from backoffice.firm.staff.models import Staff
from tests.support.browsers import Web
from tests.support.cast import Cast, email_of
from tests.support.mails import mails_to

MARA = {
    "name": "Mara Quist",
    "email": "mara@harbourlane.example",
    "role": "associate",
    "zone": "Europe/London",
}


def staff_id(cast: Cast, email: str) -> UUID:
    with cast.database["workbench"].doors.firm_wide(because="a test") as session:
        return session.scalars(select(Staff.id).where(Staff.email == email)).one()


def test_a_manager_invites_a_colleague_once(cast: Cast, web: Web) -> None:
    tab = web.signed_in("nadia")
    assert tab.post("/staff/invite", MARA).status_code == 303
    (mail,) = mails_to(cast, "house", MARA["email"])
    assert "/welcome/" in mail
    assert "not in yet" in tab.get("/staff").text
    again = tab.post("/staff/invite", {**MARA, "email": "MARA@harbourlane.example"})
    assert again.status_code == 409


def test_nobody_is_invited_as_the_operator(web: Web) -> None:
    assert (
        web.signed_in("nadia").post("/staff/invite", {**MARA, "role": "operator"}).status_code
        == 422
    )


def test_a_head_looks_and_changes_nothing(cast: Cast, web: Web) -> None:
    tab = web.signed_in("leah")
    assert tab.get("/staff").status_code == 200
    for path in ("/staff/invite", f"/staff/{cast['omar']}/leave", f"/staff/{cast['omar']}/role"):
        assert tab.post(path, {"role": "backoffice_manager"}).status_code == 403


def test_nobody_raises_their_own_role(cast: Cast, web: Web) -> None:
    tab = web.signed_in("nadia")
    path = f"/staff/{cast['nadia']}/role"
    assert tab.post(path, {"role": "associate"}).status_code == 409
    assert tab.post(f"/staff/{cast['nadia']}/leave").status_code == 409


def test_the_operator_is_nobodys_to_change(cast: Cast, web: Web) -> None:
    tab = web.signed_in("nadia")
    assert tab.post(f"/staff/{cast.operator}/role", {"role": "associate"}).status_code == 404
    assert tab.post(f"/staff/{cast.operator}/leave").status_code == 404


def test_departments_and_teams(cast: Cast, web: Web) -> None:
    tab = web.signed_in("nadia")
    payroll = {"name": "Payroll", "head_id": str(cast["leah"])}
    assert tab.post("/staff/departments/make", payroll).status_code == 303
    assert tab.post("/staff/departments/make", payroll).status_code == 409
    page = tab.get("/staff/teams/make").text
    department = re.search(r'<option value="([0-9a-f-]{36})">Payroll', page)
    assert department
    team = {"department_id": department[1], "name": "Weekly", "lead_id": ""}
    assert tab.post("/staff/teams/make", team).status_code == 303
    page = tab.get("/staff").text
    join = re.findall(r"/staff/teams/([0-9a-f-]{36})/join", page)
    weekly = next(one for one in join if one != str(cast.team))
    assert (
        tab.post(f"/staff/teams/{weekly}/join", {"staff_id": str(cast["omar"])}).status_code == 303
    )
    assert (
        tab.post(f"/staff/teams/{weekly}/join", {"staff_id": str(cast["omar"])}).status_code == 409
    )


def test_who_joins_a_team_shows_their_clients_to_its_lead(cast: Cast, web: Web) -> None:
    tom = web.signed_in("tom")
    assert tom.get(f"/clients/{cast['birch']}").status_code == 404
    path = f"/staff/teams/{cast.team}/join"
    web.signed_in("nadia").post(path, {"staff_id": str(cast["omar"])})
    assert tom.get(f"/clients/{cast['birch']}").status_code == 200


def test_nonsense_ids_are_no_failure(cast: Cast, web: Web) -> None:
    tab = web.signed_in("nadia")
    assert tab.post(f"/staff/teams/{cast.team}/join", {"staff_id": "x"}).status_code == 422
    assert tab.post("/staff/teams/make", {"department_id": "x", "name": "y"}).status_code == 422
    assert tab.post("/staff/departments/make", {"name": "z", "head_id": "x"}).status_code == 422


def test_who_leaves_keeps_nothing(cast: Cast, web: Web) -> None:
    nadia, omar = web.signed_in("nadia"), web.signed_in("omar")
    assert nadia.post(f"/staff/{cast['omar']}/leave").status_code == 303
    assert omar.get("/").status_code == 303
    assert email_of("omar") not in nadia.get("/staff").text
    assert "Omar" not in nadia.get(f"/clients/{cast['birch']}/people").text
