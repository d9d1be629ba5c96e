"""JSON from outside: what two readers could understand differently is refused, nothing breaks."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.foundation.errors import Refused, TooLarge
from backoffice.foundation.json_input import _RESERVED_NAMES, Malformed, read_json, read_utf8


def refusal_of(text: str | bytes) -> Malformed:
    with pytest.raises(Malformed) as refused:
        read_json(text.encode() if isinstance(text, str) else text)
    assert refused.value.http_status == 400
    return refused.value


def test_json_is_read_with_exact_numbers() -> None:
    assert read_json(b'{"a": [1, 2.50, "x", true, null], "b": {}}') == {
        "a": [1, Decimal("2.50"), "x", True, None],
        "b": {},
    }
    assert isinstance(read_json(b"0.1"), Decimal)
    assert read_json('"\\ud83d\\ude00 é"'.encode()) == "😀 é"


whole_text = st.text(st.characters(exclude_categories=["Cs"]))
names = whole_text.filter(lambda name: name not in _RESERVED_NAMES)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | whole_text,
    lambda inner: st.lists(inner) | st.dictionaries(names, inner),
    max_leaves=20,
)


@given(values)
def test_what_is_written_reads_back(value: object) -> None:
    assert read_json(json.dumps(value).encode()) == value
    assert read_json(json.dumps(value, ensure_ascii=False).encode()) == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"a": 1, "a": 2}', "json_duplicate_name"),
        ('[{"x": {"a": 1, "\\u0061": 2}}]', "json_duplicate_name"),
        ('{"__proto__": {"admin": true}}', "json_reserved_name"),
        ('{"constructor": 1}', "json_reserved_name"),
        ("NaN", "json_number"),
        ("[-Infinity]", "json_number"),
        ("1e400", "json_number"),
        ("1e-400", "json_number"),
        ("1e99999999999", "json_number"),
        ("0." + "1" * 5000, "json_number"),
        ("1" * 5000, "json_number"),
        ("-" + "1" * 41, "json_number"),
        ('"\\ud800"', "json_text"),
        ('{"\\udfff": 1}', "json_text"),
        ('["\\ude00\\ud83d"]', "json_text"),
        ("[" * 10_000, "json_too_deep"),
        ('{"a":' * 10_000, "json_too_deep"),
        ("[" * 33 + "]" * 33, "json_too_deep"),
        ("", "json_malformed"),
        ("{", "json_malformed"),
        ("{'a': 1}", "json_malformed"),
        ("[1,]", "json_malformed"),
        ("01", "json_malformed"),
        ('"a\nb"', "json_malformed"),
        ("1 2", "json_malformed"),
        ("\ufeff{}", "json_malformed"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(text: str, code: str) -> None:
    assert refusal_of(text).code == code


def test_brackets_inside_a_text_are_not_depth() -> None:
    assert read_json(json.dumps("[" * 5_000 + '"\\').encode()) == "[" * 5_000 + '"\\'
    assert read_json(b"[" * 32 + b"]" * 32)


def test_the_place_of_the_fault_is_named() -> None:
    refusal = refusal_of('{\n  "a": 1,\n  "b": x\n}')
    assert (refusal.line, refusal.column) == (3, 8)
    deep = refusal_of("[\n" * 33)
    assert (deep.line, deep.column) == (33, 1)


def test_text_that_is_not_utf8_is_refused_at_its_first_wrong_byte() -> None:
    assert read_utf8("é\n".encode()) == "é\n"
    for wrong in (b"\xe9", b"\xc0\xaf", b"\xed\xa0\x80", b"\xff\xfe"):
        refusal = refusal_of(b'{\n"\xc3\xa9' + wrong + b'"}')
        assert (refusal.code, refusal.line, refusal.column) == ("text_not_utf8", 2, 3)


def test_more_than_the_limit_is_refused_before_it_is_read() -> None:
    assert read_json(b'"' + b"x" * 98 + b'"', bytes_max=100)
    with pytest.raises(TooLarge) as refusal:
        read_json(b'"' + b"x" * 99 + b'"', bytes_max=100)
    assert refusal.value.http_status == 413


@given(st.text() | st.text('[]{}",:\\u1eE+-.0 d8'))
def test_any_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    try:
        read_json(text.encode("utf-8", "surrogatepass"))
    except Refused as refusal:
        assert refusal.http_status in (400, 413)  # noqa: PT017
