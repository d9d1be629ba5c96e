"""Whatever files an account's lines come in, each line is known once, and twins stay two."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backoffice.service_lines.banking.rules.fingerprints import fingerprint, occurrences

FIRST = date(2026, 11, 1)
DAYS = 6

# Few values, so that twins are frequent.
Line = tuple[int, int, str | None, str]
LINES = st.lists(
    st.tuples(
        st.integers(0, DAYS - 1),
        st.sampled_from([-500, 100, 250]),
        st.sampled_from([None, "NONREF", "R1", "R2"]),
        st.sampled_from(["Oak", "oak ", "Glue"]),
    ),
    max_size=25,
)
# A file covers whole days; several may overlap, in any order, each with its lines in any order.
FILES = st.lists(
    st.tuples(st.integers(0, DAYS - 1), st.integers(0, DAYS - 1), st.randoms()), max_size=8
)


def mark(line: Line) -> bytes:
    day, amount, reference, text = line
    return fingerprint(
        booked_on=FIRST + timedelta(days=day),
        amount_minor=amount,
        currency="GBP",
        bank_reference=reference,
        counterparty=None,
        reference=None,
        text=text,
    )


def known_after(lines: list[Line], files: list[tuple[int, int, random.Random]]) -> Counter[bytes]:
    """How many lines of each kind are stored when these files have been imported."""
    stored: set[tuple[bytes, int]] = set()
    for first, last, order in files:
        inside = [line for line in lines if min(first, last) <= line[0] <= max(first, last)]
        order.shuffle(inside)
        marks = [mark(line) for line in inside]
        stored |= set(zip(marks, occurrences(marks), strict=True))
    return Counter(one for one, _number in stored)


@given(LINES, FILES)
def test_any_overlap_and_any_order_gives_each_line_once(
    lines: list[Line], files: list[tuple[int, int, random.Random]]
) -> None:
    covered = [
        line
        for line in lines
        if any(min(first, last) <= line[0] <= max(first, last) for first, last, _ in files)
    ]
    assert known_after(lines, files) == Counter(map(mark, covered))


@given(LINES)
def test_real_twins_are_kept(lines: list[Line]) -> None:
    marks = [mark(line) for line in lines]
    assert len(set(zip(marks, occurrences(marks), strict=True))) == len(lines)


def test_the_same_text_in_other_letters_is_the_same_line() -> None:
    assert mark((0, 100, None, "Oak")) == mark((0, 100, "NONREF", "oak "))
    assert mark((0, 100, None, "Oak")) != mark((0, 100, None, "Glue"))


def test_a_reference_of_the_bank_outweighs_the_text() -> None:
    assert mark((0, 100, "R1", "Oak")) == mark((0, 100, "R1", "Glue"))
    assert mark((0, 100, "R1", "Oak")) != mark((0, 100, "R2", "Oak"))
    assert mark((0, 100, "R1", "Oak")) != mark((1, 100, "R1", "Oak"))


def test_what_stood_before_on_the_day_is_counted_on() -> None:
    one = mark((0, 100, None, "Oak"))
    assert occurrences([one, one], {one: 2}) == [3, 4]
