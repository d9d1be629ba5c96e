"""The page of batches: what runs, what failed and why, and trying again."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text as sql

from backoffice.foundation.batches import Item, open_batch
from backoffice.foundation.errors import Refused
from backoffice.foundation.ids import new_id
from backoffice.foundation.registry import BatchKind, Registry, registry
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import ScopedSession
from tests.support.browsers import Tab, Web
from tests.support.cast import Cast
from worker.run_batch import Runner

KIND = "statement_import"


@pytest.fixture
def priya(web: Web) -> Tab:
    return web.signed_in("priya")


def opened(cast: Cast, client: str = "acorn", items: int = 3) -> UUID:
    with cast.acting_for(client) as session:
        subjects = [new_id() for _item in range(items)]
        return open_batch(session, KIND, client_id=cast[client], subject_id=None, items=subjects).id


def refuse(_session: ScopedSession, item: Item, _runtime: Runtime) -> None:
    if item.position != 0:
        raise Refused("The page is upside down. Turn it round.", code="upside_down")


def run(cast: Cast) -> None:
    """Two of three are refused, by the worker itself; each becomes work of the team."""
    own = Registry(item_failed=registry.item_failed)
    own.add(BatchKind(KIND, lambda: "Statement import", refuse))
    Runner(cast.database["worker"], own).drain()


def test_a_batch_is_followed_and_its_failures_can_be_tried_again(priya: Tab, cast: Cast) -> None:
    batch = opened(cast)
    text = priya.get("/batches").text
    assert "batches are under way. You may leave this page" in text
    assert text.index("Statement import") < text.index("Mail")  # the newest first
    assert "Acorn Joinery Ltd" in text
    assert "waits for a worker" in text
    run(cast)
    text = priya.get(f"/batches?batch={batch}", headers={"HX-Request": "true"}).text
    assert text.count("The page is upside down. Turn it round.") == 2
    assert "failed 2" in text
    answer = priya.post(f"/clients/{cast['acorn']}/batches/{batch}/retry")
    assert answer.status_code == 303
    text = priya.get(f"/batches?batch={batch}").text
    assert "2 are tried again." in text
    assert "waiting 2" in text


def test_one_failure_is_tried_again_and_its_work_is_finished(priya: Tab, cast: Cast) -> None:
    batch = opened(cast)
    run(cast)
    text = priya.get(f"/batches?batch={batch}").text
    item = text.split("/batch-items/")[1].split("/")[0]
    priya.post(f"/clients/{cast['acorn']}/batch-items/{item}/retry", {"batch": str(batch)})
    text = priya.get(f"/batches?batch={batch}").text
    assert "failed 1" in text
    assert "waiting 1" in text


def test_a_batch_is_stopped_and_goes_on(priya: Tab, cast: Cast) -> None:
    batch = opened(cast)
    base = f"/clients/{cast['acorn']}/batches/{batch}"
    assert priya.post(f"{base}/stop").status_code == 303
    assert "Go on" in priya.get(f"/batches?batch={batch}").text
    assert priya.post(f"{base}/stop").status_code == 409
    assert priya.post(f"{base}/resume").status_code == 303
    assert "Stop after what is in hand" in priya.get(f"/batches?batch={batch}").text


def test_batches_of_clients_of_others_are_not_there(priya: Tab, cast: Cast) -> None:
    theirs = opened(cast, "birch")
    assert "Birch Coffee Inc" not in priya.get("/batches").text
    assert priya.get(f"/batches?batch={theirs}").status_code == 404
    assert priya.get("/batches?batch=nonsense").status_code == 404
    answer = priya.post(f"/clients/{cast['acorn']}/batches/{theirs}/retry")
    assert answer.status_code == 404


def test_nothing_running_says_what_would_be_here(priya: Tab, cast: Cast) -> None:
    with cast.database.as_superuser().begin() as connection:
        connection.execute(sql("UPDATE firm.batch SET state = 'done', done = total"))
    assert "Nothing is running" in priya.get("/batches").text
