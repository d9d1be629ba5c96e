"""Bodies that are no forms of ours: too large, too many parts, half letters, JSON with tricks."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from backoffice.foundation.errors import Refused
from backoffice.foundation.json_input import read_json
from tests.support.browsers import Tab, Web
from tests.support.cast import Cast

FORM = "application/x-www-form-urlencoded"
# Who sends to which address of which app: a form with its token, so that only the body is wrong.
PLACES = {"workbench": ("nadia", "/clients/add"), "portal": ("martin", "/people/invite")}
HONEST = {
    "workbench": {"name": "Driftwood Ltd", "country": "GB"},
    "portal": {"name": "Ada Reed", "email": "ada@client.example", "role": "finance"},
}


@pytest.fixture(params=sorted(PLACES))
def app(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def sent(tab: Tab, path: str, body: bytes, content_type: str) -> TestResponse:
    headers = {**tab.headers, "X-CSRFToken": tab.token(), "X-Company": str(tab.company)}
    return tab.bare("POST", path, data=body, content_type=content_type, headers=headers)


def made(cast: Cast) -> tuple[int, int]:
    with cast.database.as_superuser().connect() as connection:
        question = text("SELECT (SELECT count(*) FROM client), (SELECT count(*) FROM invitation)")
        return tuple(connection.execute(question).one())  # type: ignore[return-value]


def multipart(parts: int) -> tuple[bytes, str]:
    line = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nDriftwood\r\n'
    return line * parts + b"--x--\r\n", "multipart/form-data; boundary=x"


BODIES = {
    "two megabytes in a field": (b"name=" + b"x" * 2_000_000, FORM),
    "two megabytes in a part": (
        b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n' + b"x" * 2_000_000
        + b"\r\n--x--\r\n",
        "multipart/form-data; boundary=x",
    ),
    "five thousand parts": multipart(5_000),
    "half a letter": ("name=\ud800".encode("utf-8", "surrogatepass"), FORM),
    "half a letter, escaped": (b"name=%ED%A0%80", FORM),
    "a NUL": (b"name=a%00b", FORM),
    "a NUL in a name": (b"na%00me=ab", FORM),
    "no form at all": (b"\xff\xfe\x00\x01" * 100, "application/octet-stream"),
    "a part that never ends": (
        b'--x\r\nContent-Disposition: form-data; name="name"',
        "multipart/form-data; boundary=x",
    ),
    "no boundary": (b"--x", "multipart/form-data"),
}  # fmt: skip


@pytest.mark.parametrize("case", BODIES)
def test_it_is_refused_and_nothing_is_made(cast: Cast, web: Web, app: str, case: str) -> None:
    name, path = PLACES[app]
    tab, before = web.signed_in(name), made(cast)
    body, content_type = BODIES[case]
    answer = sent(tab, path, body, content_type)
    assert answer.status_code in (400, 413, 422), answer.status_code
    assert "Traceback" not in answer.text
    assert made(cast) == before


@pytest.mark.parametrize("case", ["two megabytes in a field", "five thousand parts"])
def test_what_is_too_large_says_so(cast: Cast, web: Web, app: str, case: str) -> None:
    name, path = PLACES[app]
    assert sent(web.signed_in(name), path, *BODIES[case]).status_code == 413


JSON = {
    "proto": b'{"__proto__": {"role": "operator"}, "name": "Driftwood", "country": "GB"}',
    "two of a name": b'{"name": "Driftwood", "name": "Other", "country": "GB"}',
    "ten thousand deep": b"[" * 10_000 + b"]" * 10_000,
    "beyond numbers": b'{"name": 1e400}',
    "no number": b'{"name": NaN}',
    "half a letter": b'{"name": "\\ud800"}',
    "honest": json.dumps({"name": "Driftwood", "country": "GB"}).encode(),
}


@pytest.mark.parametrize("case", JSON)
def test_no_page_takes_json(cast: Cast, web: Web, app: str, case: str) -> None:
    name, path = PLACES[app]
    tab, before = web.signed_in(name), made(cast)
    assert sent(tab, path, JSON[case], "application/json").status_code == 400
    assert made(cast) == before


@pytest.mark.parametrize("case", sorted(set(JSON) - {"proto", "honest"}))
def test_the_one_reader_of_json_refuses_it_in_a_sentence(case: str) -> None:
    with pytest.raises(Refused) as refused:
        read_json(JSON[case])
    assert refused.value.http_status in (400, 413, 422)


def test_fields_that_a_form_does_not_name_are_never_read(cast: Cast, web: Web, app: str) -> None:
    """Every column of every table, sent along with an honest form."""
    name, path = PLACES[app]
    tab = web.signed_in(name)
    with cast.database.as_superuser().connect() as connection:
        columns = connection.scalars(
            text(
                "SELECT DISTINCT column_name FROM information_schema.columns"
                " WHERE table_schema IN ('public', 'firm')"
            )
        ).all()
    honest = HONEST[app]
    # "key" and the like are fields of forms; these are columns that no form of the page names.
    smuggled = {column: "1" for column in columns if column not in FIELDS[app]}
    assert len(smuggled) > 150
    answer = tab.post(path, smuggled | {"__proto__": "1", "__class__": "1"} | honest)
    assert answer.status_code == 303, answer.text
    newest = newest_of(cast, app)
    assert newest["state"] not in ("1", None)
    assert newest["client_id"] not in (None, "1")


FIELDS = {
    "workbench": {
        "name", "slug", "country", "currency", "zone", "fiscal_year_start", "chart", "brand_colour",
    },
    "portal": {"name", "email", "role", "locale"},
}  # fmt: skip


def newest_of(cast: Cast, app: str) -> dict[str, str | None]:
    """The row that the honest form made."""
    with cast.database.as_superuser().connect() as connection:
        if app == "workbench":
            row = connection.execute(
                text(
                    "SELECT client_id::text, currency AS state FROM client WHERE slug = 'driftwood'"
                )
            )
        else:
            row = connection.execute(
                text(
                    "SELECT client_id::text, role AS state FROM invitation ORDER BY id DESC LIMIT 1"
                )
            )
        return dict(row.mappings().one())
