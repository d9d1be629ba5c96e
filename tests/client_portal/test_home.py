"""Home: what waits for the reader first, then what we are doing, in words that name people."""

from __future__ import annotations

from datetime import date

import pytest

from backoffice.firm.work.actions import expect, take
from backoffice.firm.work.queries import work_of_client
from tests.client_portal.sending import id_in, send
from tests.foundation.made_files import locked_pdf, pdf
from tests.support.browsers import Tab, Web
from tests.support.cast import Cast


@pytest.fixture
def martin(web: Web) -> Tab:
    return web.signed_in("martin")


def test_at_first_nothing_waits_and_nothing_is_in_hand(martin: Tab) -> None:
    text = martin.get("/").text
    assert "Nothing waits for you." in text
    assert "Nothing is in hand" in text
    assert "Priya Nair" in text


def test_what_we_wait_for_stands_first_with_its_day(cast: Cast, martin: Tab) -> None:
    with cast.acting_for("acorn") as session:
        for title, due in (("Phone bill", date(2020, 1, 3)), ("Card statement", date(2099, 1, 3))):
            expect(session, kind=title, title=title, due_on=due, by=cast.actor("priya"))
    text = martin.get("/").text
    assert "2 things wait for you." in text
    assert text.index("Phone bill") < text.index("Card statement")
    assert "was due" in text


def test_a_file_held_back_waits_for_its_sender_until_somebody_is_asked(martin: Tab) -> None:
    sent = id_in(send(martin, locked_pdf(opens_without_password=False), "locked.pdf"))
    text = martin.get("/").text
    assert "1 thing waits for you." in text
    assert "locked.pdf is held back" in text
    assert "This PDF is protected by a password." in text
    martin.post(f"/upload/{sent}/ask")
    text = martin.get("/").text
    assert "Nothing waits for you." in text
    assert "Your question about locked.pdf" in text


def test_our_work_names_who_has_it(cast: Cast, martin: Tab) -> None:
    send(martin, pdf())
    assert "Priya sorts them." in martin.get("/").text
    with cast.acting_for("acorn", by="tom") as session:
        [item] = work_of_client(session)
        take(session, item.id, by=cast.actor("tom"))
    assert "Tom sorts them." in martin.get("/").text


def test_the_reader_who_only_reads_is_offered_nothing_to_send(cast: Cast, web: Web) -> None:
    with cast.acting_for("acorn") as session:
        expect(session, kind="bill", title="Phone bill", by=cast.actor("priya"))
    text = web.signed_in("ivor").get("/").text
    assert "Phone bill" in text
    assert "/upload" not in text


def test_another_companys_affairs_are_not_here(cast: Cast, web: Web, martin: Tab) -> None:
    with cast.acting_for("acorn") as session:
        expect(session, kind="bill", title="Phone bill", by=cast.actor("priya"))
    send(martin, pdf(), "ours.pdf")
    text = web.signed_in("nora").get("/").text
    assert "Phone bill" not in text
    assert "ours.pdf" not in text
    assert "Priya" not in text
