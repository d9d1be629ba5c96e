"""Every response carries the security headers, whatever became of the request."""

import re

import pytest
from flask.testing import FlaskClient

from design.headers import FIXED
from tests.design.conftest import PAGES

ANSWERS = [*PAGES.values(), "/nowhere", "/broken", "/teapot", "/refusal", "/find?q=a"]


@pytest.mark.parametrize("path", ANSWERS)
def test_every_answer_is_guarded(visitor: FlaskClient, path: str) -> None:
    answer = visitor.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    for name, value in FIXED.items():
        assert answer.headers[name] == value


def test_a_wrong_method_is_guarded_too(visitor: FlaskClient) -> None:
    answer = visitor.post("/sign-in")
    assert answer.status_code == 405
    assert "Content-Security-Policy" in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_each_response_has_a_nonce_of_its_own(visitor: FlaskClient) -> None:
    policies = {visitor.get("/").headers["Content-Security-Policy"] for _ in range(5)}
    assert len(policies) == 5


def test_the_brand_style_carries_the_nonce_of_its_response() -> None:
    from design.gallery import make_app

    answer = make_app("#0b6b4f").test_client().get("/")
    nonce = re.search(r"'nonce-([\w-]+)'", answer.headers["Content-Security-Policy"])
    assert nonce is not None
    assert f'<style nonce="{nonce[1]}">' in answer.text
    assert "--fill: light-dark(#0b6b4f, #0b6b4f)" in answer.text


def test_strict_transport_only_over_tls(visitor: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in visitor.get("/").headers
    secure = visitor.get("/", base_url="https://work.localhost")
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
