"""Mails: sent once, never twice, and nobody is left guessing."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select, text

from backoffice.foundation.batches import BatchItem, retry_item
from backoffice.foundation.client_keys import make_key
from backoffice.foundation.errors import BadInput
from backoffice.foundation.mail import Mail, post_mail
from backoffice.foundation.registry import registry
from backoffice.foundation.tenancy import SYSTEM, Actor
from tests.support.background import made_client
from tests.support.databases import Database, Template
from worker.run_batch import Runner


@dataclass
class PostOffice:
    """A mail server that keeps what it is given, or says what `answer` says."""

    caught: list[bytes] = field(default_factory=list)
    answer: str = "250 OK"
    goodbye: str = "221 Bye"

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802, ARG002
        return self.goodbye

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802, ARG002
        if self.answer.startswith("250"):
            self.caught.append(envelope.content)
        return self.answer


@pytest.fixture
def post_office() -> Iterator[tuple[PostOffice, int]]:
    office = PostOffice()
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    yield office, port
    controller.stop()


@pytest.fixture
def database(
    template: Template, tmp_path: Path, post_office: tuple[PostOffice, int]
) -> Iterator[Database]:
    with template.copy(tmp_path, SMTP_URL=f"smtp://127.0.0.1:{post_office[1]}") as fresh:
        yield fresh


@pytest.fixture
def office(post_office: tuple[PostOffice, int]) -> PostOffice:
    return post_office[0]


@pytest.fixture
def acorn(database: Database) -> UUID:
    client = made_client(database)
    with database["workbench"].doors.acting_for(client, by=SYSTEM) as session:
        make_key(session, database["workbench"].keyring)
    return client


def posted(database: Database, client: UUID, *, words: str = "Your code is 482913.") -> UUID:
    runtime = database["portal"]
    with runtime.doors.acting_for(client, by=SYSTEM) as session:
        return post_mail(
            session, runtime.keyring, to="martin@acorn.example", subject="Come in", text=words
        )


def work(database: Database) -> None:
    Runner(database["worker"], registry, backoff_seconds=0).drain()


def state(database: Database, client: UUID, mail: UUID) -> tuple[str, bool]:
    """Its state, and whether its text is still kept."""
    with database["workbench"].doors.acting_for(client, by=SYSTEM) as session:
        row = session.get_one(Mail, (client, mail))
        return row.state, row.text_sealed is not None


def test_a_mail_goes_out_once_and_its_text_is_wiped(
    database: Database, acorn: UUID, office: PostOffice
) -> None:
    mail = posted(database, acorn)
    work(database)
    work(database)
    [caught] = office.caught
    message = message_from_bytes(caught)
    assert message["To"] == "martin@acorn.example"
    assert "482913" in message.get_payload()
    assert state(database, acorn, mail) == ("sent", False)


def test_the_text_is_sealed_while_it_waits(database: Database, acorn: UUID) -> None:
    posted(database, acorn)
    with database.as_superuser().connect() as connection:
        rows = connection.execute(text("SELECT mail::text FROM mail")).scalars().all()
    assert "482913" not in "".join(rows)
    assert b"482913".hex() not in "".join(rows)


def test_a_mail_that_was_being_sent_when_the_worker_died_is_not_sent_again(
    database: Database, acorn: UUID, office: PostOffice
) -> None:
    mail = posted(database, acorn)
    with database.as_superuser().begin() as connection:
        connection.execute(text("UPDATE mail SET state = 'sending'"))
    work(database)
    assert office.caught == []
    assert state(database, acorn, mail) == ("unsure", True)


def test_a_person_may_have_an_unsure_mail_sent_after_all(
    database: Database, acorn: UUID, office: PostOffice
) -> None:
    mail = posted(database, acorn)
    with database.as_superuser().begin() as connection:
        connection.execute(text("UPDATE mail SET state = 'sending'"))
    work(database)
    with database["workbench"].doors.acting_for(acorn, by=Actor("staff", acorn)) as session:
        [item] = session.scalars(select(BatchItem.id).where(BatchItem.client_id == acorn))
        retry_item(session, item, by=Actor("staff", acorn))
    work(database)
    assert len(office.caught) == 1
    assert state(database, acorn, mail) == ("sent", False)


def test_a_refusal_for_good_is_shown_and_not_tried_again(
    database: Database, acorn: UUID, office: PostOffice
) -> None:
    office.answer = "550 no such mailbox"
    mail = posted(database, acorn)
    work(database)
    office.answer = "250 OK"
    work(database)
    assert office.caught == []
    assert state(database, acorn, mail) == ("refused", True)


def test_a_refusal_for_now_is_tried_again(
    database: Database, acorn: UUID, office: PostOffice
) -> None:
    office.answer = "451 come back later"
    mail = posted(database, acorn)
    Runner(database["worker"], registry, backoff_seconds=3600).drain()
    assert state(database, acorn, mail) == ("posted", True)


def test_a_server_that_says_goodbye_badly_has_taken_the_mail_all_the_same(
    database: Database, acorn: UUID, office: PostOffice
) -> None:
    office.goodbye = "421 too busy to say goodbye"
    mail = posted(database, acorn)
    work(database)
    work(database)
    assert len(office.caught) == 1
    assert state(database, acorn, mail) == ("sent", False)


def test_a_neighbour_that_fails_does_not_have_a_mail_sent_twice(
    database: Database, acorn: UUID, office: PostOffice
) -> None:
    posted(database, acorn, words="the first")
    posted(database, acorn, words="the second")
    with database.as_superuser().begin() as connection:
        last = connection.scalar(text("SELECT id FROM mail ORDER BY id DESC LIMIT 1"))
        connection.execute(text("UPDATE mail SET state = 'sending' WHERE id = :id"), {"id": last})
    work(database)
    assert len(office.caught) == 1


@pytest.mark.parametrize("bad", ["x@y.example\r\nBcc: z@y.example", "x@y.example\nX: y", "a\x00b"])
def test_a_line_break_in_a_header_is_refused(database: Database, acorn: UUID, bad: str) -> None:
    runtime = database["portal"]
    for header in ({"to": bad, "subject": "Hello"}, {"to": "x@y.example", "subject": bad}):
        with (
            runtime.doors.acting_for(acorn, by=SYSTEM) as session,
            pytest.raises(BadInput),
        ):
            post_mail(session, runtime.keyring, text="Hello", **header)
