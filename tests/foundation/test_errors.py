"""Refusals: the sentence is shown as it is, the code is for programs, the place is kept."""

from __future__ import annotations

import pytest

from backoffice.foundation.errors import BadInput, Conflict, NotFound, NotPermitted, Refused


def test_a_refusal_says_what_where_and_which_code() -> None:
    refusal = BadInput("The amount is empty.", code="amount_missing", file="a.csv", line=3)
    assert str(refusal) == refusal.message == "The amount is empty."
    assert refusal.as_json() == {
        "code": "amount_missing",
        "message": "The amount is empty.",
        "file": "a.csv",
        "line": 3,
        "column": None,
    }


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        (Refused, 422, "refused"),
        (BadInput, 422, "bad_input"),
        (NotFound, 404, "not_found"),
        (NotPermitted, 403, "not_permitted"),
        (Conflict, 409, "conflict"),
    ],
)
def test_each_kind_has_its_answer(kind: type[Refused], status: int, code: str) -> None:
    assert kind("No.").http_status == status
    assert kind("No.").code == code


def test_an_outer_caller_adds_the_place_it_knows_and_keeps_the_finer_one() -> None:
    refusal = BadInput("No.", line=7).at(file="bank.sta", line=1, field="amount")
    assert (refusal.file, refusal.line, refusal.column) == ("bank.sta", 7, None)
    assert refusal.field == "amount"


def test_a_code_given_to_one_refusal_does_not_stay_with_its_kind() -> None:
    BadInput("No.", code="special")
    assert BadInput("No.").code == "bad_input"
