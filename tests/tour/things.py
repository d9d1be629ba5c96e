"""The ids and links that the tour's addresses are made of, found in what was played."""

from __future__ import annotations

import re
from datetime import date

from sqlalchemy import select

from backoffice.demo import mails
from backoffice.demo.engaging import Engaged
from backoffice.demo.links import link, staff_link
from backoffice.demo.mails import CaughtMail
from backoffice.demo.play import Played
from backoffice.demo.stage import BROWSER, Stage
from backoffice.firm.clients import own_account
from backoffice.firm.clients.people import invite_person
from backoffice.firm.documents.models import Document
from backoffice.firm.staff import sign_in as staff_sign_in
from backoffice.firm.staff.actions import invite_staff
from backoffice.foundation.calendar import period_of, shifted
from backoffice.ledger import JournalEntry, LedgerAccount
from backoffice.service_lines.banking.actions.accounts import find_by_number
from backoffice.service_lines.banking.actions.finishing import coding_item
from backoffice.service_lines.banking.models import BankImport
from backoffice.service_lines.banking.queries.grid import grid
from tests.tour.place import MAILS

LINK = re.compile(r"/new-password/(\S+)")


def things(stage: Stage, played: Played) -> dict[str, str]:
    """All that stands in curly brackets in stops.py."""
    acorn, birch, cendana = played.clients
    return {
        "acorn": str(acorn.id),
        "birch": str(birch.id),
        "cendana": str(cendana.id),
        **of_acorn(stage, acorn),
        **of_cendana(stage, cendana),
        **links(stage, played, acorn),
    }


def of_acorn(stage: Stage, acorn: Engaged) -> dict[str, str]:
    last_month = month_before(acorn.today)
    with stage.as_staff(acorn.preparer, acorn.id) as session:
        account = find_by_number(session, stage.workbench, acorn.cast.accounts[0].number, "GBP")
        assert account is not None
        work = coding_item(session, account.id, last_month)
        assert work is not None
        newest = select(BankImport.id).order_by(BankImport.started_at.desc())
        found = {
            "account": account.id,
            "work": work.id,
            "line": grid(session, bank_account_id=account.id).rows[0].id,
            "import": session.scalars(newest.limit(1)).one(),
            "photograph": session.scalars(
                select(Document.id).where(Document.media_type == "image/png").limit(1)
            ).one(),
            "ledger_account": session.scalars(
                select(LedgerAccount.id).where(LedgerAccount.code == "5000")
            ).one(),
            "entry": session.scalars(
                select(JournalEntry.id).order_by(JournalEntry.number.desc()).limit(1)
            ).one(),
        }
    return {**{name: str(value) for name, value in found.items()}, "month": last_month}


def of_cendana(stage: Stage, cendana: Engaged) -> dict[str, str]:
    with stage.as_staff(cendana.preparer, cendana.id) as session:
        number = cendana.cast.accounts[0].number
        account = find_by_number(session, stage.workbench, number, "IDR")
        assert account is not None
        held = session.scalars(select(BankImport).where(BankImport.state == "held")).one()
        return {
            "rupiah": str(account.id),
            "held": str(held.id),
            "held_document": str(held.document_id),
        }


def links(stage: Stage, played: Played, acorn: Engaged) -> dict[str, str]:
    """Tokens of mailed links, made by the acts that mail them."""
    manager, owner = played.staff["Helen Marsh"], acorn.people["Martin Bell"]
    with stage.at_house(manager) as session:
        _staff, for_staff = invite_staff(
            session,
            stage.workbench,
            name="Ruth Ellery",
            email="ruth@harbourlane.example",
            role="associate",
        )
    with stage.as_person(owner, acorn.id) as session:
        _invitation, for_person = invite_person(
            session,
            stage.portal,
            name="Alma Reed",
            email="alma@acornjoinery.example",
            role="read_only",
        )
    staff_sign_in.ask_for_new_password(
        stage.workbench, email="kofi@harbourlane.example", browser=BROWSER
    )
    own_account.ask_for_new_password(
        stage.portal, email="judith@acornjoinery.example", browser=BROWSER
    )
    return {
        "staff_invitation": for_staff.token,
        "invitation": for_person.token,
        "staff_demo": staff_link(stage, manager).rpartition("/")[2],
        "person_demo": link(stage, owner).rpartition("/")[2],
        "staff_reset": mailed_token(stage, to="kofi@harbourlane.example"),
        "person_reset": mailed_token(stage, to="judith@acornjoinery.example"),
    }


def mailed_token(stage: Stage, *, to: str) -> str:
    """From the mail, as soon as the workers have sent it."""

    def mail() -> CaughtMail | None:
        caught = mails.caught(MAILS)
        return next((one for one in caught if one.recipients == to and LINK.search(one.text)), None)

    stage.wait_until(lambda: mail() is not None)
    found = mail()
    assert found is not None
    return LINK.findall(found.text)[0]


def month_before(today: date) -> str:
    return shifted(period_of(today), -1)
