"""Birch's ids in every place where Acorn's belong: answered as ids of nothing, to the letter."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from backoffice.firm.documents.actions import receive
from backoffice.firm.work.models import WorkItem
from backoffice.foundation.ids import new_id
from backoffice.service_lines.banking.actions.preparing import prepare_coding
from backoffice.service_lines.banking.models import BankLine
from tests.foundation.made_files import pdf
from tests.service_lines.banking.coding_desk import Desk
from tests.service_lines.banking.files import bought, statement
from tests.support.browsers import Tab, Web
from tests.support.cast import Cast
from tests.support.routes import Ask, every_ask, masked

HTMX = {"HX-Request": "true"}
# What an argument of an address is the id of.
TABLES = {
    "account": ("bank_account", "account"),
    "assignment": ("firm.assignment",),
    "batch": ("firm.batch",),
    "document": ("document",),
    "entry": ("journal_entry",),
    "invitation": ("invitation",),
    "item": ("work_item", "firm.batch_item"),
    "line": ("bank_line",),
    "one": ("bank_import",),
    "person": ("client_member",),
    "sent": ("document",),
}
NOT_A_CLIENTS = {
    "browser", "client", "colleague", "membership", "month", "name", "number", "path", "team",
    "token", "version_of_page",
}  # fmt: skip


@pytest.fixture
def birch(cast: Cast, tmp_path: Path) -> Desk:
    """Birch has something of everything: lines, codings, a document, a month in review."""
    desk = Desk(cast, tmp_path, client="birch")
    desk.receive(statement(bought(6, -12_000), bought(7, 5_000), number="US1", currency="USD"))
    for line in desk.lines():
        desk.code(line, "5000", by="omar")
    prepared(desk, "omar")
    document_of(desk, "omar")
    return desk


@pytest.fixture
def acorn(cast: Cast, tmp_path: Path) -> Desk:
    desk = Desk(cast, tmp_path)
    desk.receive(statement(bought(6, -12_000), bought(7, 5_000)))
    return desk


def prepared(desk: Desk, by: str) -> dict[str, str]:
    """What the sign-off of the desk's month sends."""
    with desk.acting(by) as session:
        item_id = session.scalars(select(WorkItem.id).where(WorkItem.kind == "coding")).one()
        made = prepare_coding(session, item_id, by=desk.cast.actor(by))
        return {
            "item": str(item_id),
            "preparation_id": str(made.id),
            "content_hash": made.content_hash,
        }


def document_of(desk: Desk, by: str) -> UUID:
    runtime, actor = desk.cast.database["workbench"], desk.cast.actor(by)
    with desk.acting(by) as session:
        stream, key = io.BytesIO(pdf()), new_id().hex
        kept = receive(session, runtime, stream=stream, name="letter.pdf", by=actor, key=key)
        return kept.document.id


def ids_of(cast: Cast, client: str, table: str) -> UUID:
    with cast.database.as_superuser().connect() as connection:
        found = connection.scalar(
            text(f"SELECT id FROM {table} WHERE client_id = :client LIMIT 1"),
            {"client": cast[client]},
        )
    assert found is not None, f"{client} has no {table}"
    return UUID(str(found))


def asked(tab: Tab, one: Ask, path: str, fields: dict[str, str]) -> TestResponse:
    return tab.get(path) if one.verb == "GET" else tab.post(path, fields, headers=HTMX)


def told(answer: TestResponse, *ids: UUID) -> tuple[int, str]:
    """What an answer tells, but for the very ids that were asked for."""
    body = masked(answer.text)
    for one in ids:
        body = body.replace(str(one), "ID")
    return answer.status_code, body


def asks_with_ids(tab: Tab) -> Iterator[tuple[Ask, str]]:
    for one in every_ask(tab.app):
        wanted = [name for name in one.rule.arguments if name in TABLES]
        unknown = set(one.rule.arguments) - set(TABLES) - NOT_A_CLIENTS
        assert not unknown, f"{one}: say in TABLES what {unknown} is the id of"
        yield from ((one, name) for name in wanted)


@pytest.mark.parametrize("name", ["nadia", "martin"])
def test_in_an_address(cast: Cast, web: Web, acorn: Desk, birch: Desk, name: str) -> None:
    """Nadia may read every client, so nothing but the path keeps Birch out of Acorn's pages."""
    tab, wrong, tried = web.signed_in(name), [], 0
    fields = everything_of(birch)
    for one, argument in asks_with_ids(tab):
        for table in TABLES[argument]:
            theirs, nobodys = ids_of(cast, "birch", table), new_id()
            as_theirs = asked(tab, one, one.path(tab.app, cast["acorn"], theirs), fields)
            as_nobodys = asked(tab, one, one.path(tab.app, cast["acorn"], nobodys), fields)
            if told(as_theirs, theirs) != told(as_nobodys, nobodys):
                wrong.append(f"{one} with a {table}: {as_theirs.status_code}")
            if as_theirs.status_code not in (404, 422):
                wrong.append(f"{one} with a {table}: {as_theirs.status_code}")
            tried += 1
    assert wrong == []
    assert tried >= (40 if name == "nadia" else 8)


def everything_of(desk: Desk) -> dict[str, str]:
    """Every field of every form, filled with what is the client's."""
    cast, client = desk.cast, desk.client
    return {
        "account_id": str(ids_of(cast, client, "account")),
        "bank_account_id": str(ids_of(cast, client, "bank_account")),
        "because": "It was lost.",
        "content_hash": "0" * 64,
        "document_id": str(ids_of(cast, client, "document")),
        "key": new_id().hex,
        "period": "2026-11",
        "preparation_id": str(ids_of(cast, client, "preparation")),
        "reason": "It is not ours.",
        "shown": str(ids_of(cast, client, "account")),
        "tax_code_id": str(ids_of(cast, client, "tax_code")),
        "to": str(ids_of(cast, client, "bank_account")),
        "version": "1",
        "words": "oak",
        "direction": "any",
        "role": "owner",
        "amount": "120.00",
        "note": "",
    }


BODIES = {
    "code": ("account_id",),
    "document": ("document_id",),
    "rule": ("account_id",),
    "split": ("account_id",),
    "transfer": ("to",),
}


@pytest.mark.parametrize("act", BODIES)
def test_in_the_body_of_a_form(cast: Cast, web: Web, acorn: Desk, birch: Desk, act: str) -> None:
    """Everything else is Acorn's own and right: the line, its version, the other fields."""
    tab, line = web.signed_in("priya"), acorn.lines()[0]
    before = rows_of(cast)
    answers = []
    for foreign in (everything_of(birch), None):
        fields = own_fields(acorn, line) | {
            name: foreign[name] if foreign else str(new_id()) for name in BODIES[act]
        }
        answer = tab.post(f"/clients/{cast['acorn']}/lines/{line.id}/{act}", fields, headers=HTMX)
        answers.append(told(answer, *(UUID(fields[name]) for name in BODIES[act])))
    assert answers[0][0] in (404, 422), act
    assert without_presses(answers[0][1]) == without_presses(answers[1][1])
    assert rows_of(cast) == before


def own_fields(desk: Desk, line: BankLine) -> dict[str, str]:
    return {
        "version": str(line.version),
        "key": new_id().hex,
        "account_id": str(desk.account("5000")),
        "tax_code_id": "",
        "amount": "120.00",
        "note": "",
        "words": "oak",
        "direction": "any",
    }


def without_presses(body: str) -> str:
    """Each form that is drawn has a name for its press."""
    return re.sub(r'name="key" value="[^"]*"', "", body)


def rows_of(cast: Cast) -> tuple[int, ...]:
    """How much there is of what those acts make."""
    tables = ("coding", "journal_entry", "bank_rule", "review")
    counts = ", ".join(f"(SELECT count(*) FROM {table})" for table in tables)
    attached = "(SELECT count(*) FROM bank_line WHERE document_id IS NOT NULL)"
    with cast.database.as_superuser().connect() as connection:
        return tuple(connection.execute(text(f"SELECT {counts}, {attached}")).one())


def test_in_a_sign_off(cast: Cast, web: Web, acorn: Desk, birch: Desk) -> None:
    """Tom may sign off Acorn's months; Birch's preparation is nothing to him, under any path."""
    for line in acorn.lines():
        acorn.code(line, "5000")
    own = prepared(acorn, "priya")
    theirs = str(ids_of(cast, "birch", "preparation"))
    tab, before = web.signed_in("tom"), rows_of(cast)
    with cast.database.as_superuser().connect() as connection:
        content = connection.scalar(
            text("SELECT content_hash FROM preparation WHERE id = :id"), {"id": theirs}
        )
    fields = {"preparation_id": theirs, "content_hash": str(content), "key": "k"}
    answer = tab.post(f"/clients/{cast['acorn']}/work/{own['item']}/sign-off", fields)
    assert answer.status_code == 404
    assert rows_of(cast) == before


def test_in_a_signed_address(cast: Cast, web: Web, birch: Desk) -> None:
    """The address that Omar was given opens nothing for Priya, under either client."""
    document = ids_of(cast, "birch", "document")
    omar, priya = web.signed_in("omar"), web.signed_in("priya")
    signed = omar.get(f"/clients/{cast['birch']}/documents/{document}/copy").location
    assert omar.get(signed).status_code == 200
    assert priya.get(signed).status_code == 404
    assert priya.get(signed.replace(str(cast["birch"]), str(cast["acorn"]))).status_code == 404


def test_in_a_query(cast: Cast, web: Web, acorn: Desk, birch: Desk) -> None:
    """Filters and places in a list: Birch's id selects nothing that a random one does not."""
    tab, acorns = web.signed_in("priya"), ids_of(cast, "acorn", "bank_account")
    queries = {
        f"bank-accounts/{acorns}/lines": ("line", "bank_line"),
        "imports": ("after", "bank_import"),
        "audit": ("actor", "preparation"),
        "books/trial-balance": ("account", "account"),
    }
    tab = web.signed_in("leah")
    for page, (name, table) in queries.items():
        theirs, nobodys = ids_of(cast, "birch", table), new_id()
        address = f"/clients/{cast['acorn']}/{page}?{name}="
        answers = [told(tab.get(f"{address}{one}"), one) for one in (theirs, nobodys)]
        assert without_presses(answers[0][1]) == without_presses(answers[1][1]), page
