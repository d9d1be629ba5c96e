"""Ids: the layout of RFC 9562, and an order that never goes back."""

from __future__ import annotations

import os
import threading
import time
import uuid
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from backoffice.foundation import ids


def test_an_id_is_laid_out_as_rfc_9562_says() -> None:
    before = time.time_ns() // 1_000_000
    made = ids.new_id()
    after = time.time_ns() // 1_000_000
    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert before <= made.int >> 80 <= after + 1


def test_the_example_of_the_rfc_comes_out_bit_for_bit() -> None:
    # RFC 9562, appendix A.6
    random_part = 0xCC3 << 62 | 0x18C4DC0C0C07398F
    example = ids._laid_out(0x017F22E279B0, random_part)
    assert example == uuid.UUID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")


def test_each_id_is_greater_than_the_one_before() -> None:
    made = [ids.new_id() for _ in range(50_000)]
    assert all(one < next_one for one, next_one in pairwise(made))
    assert [str(one) for one in made] == sorted(str(one) for one in made)


@given(
    st.lists(st.integers(0, 2**48 - 2), min_size=2, max_size=40),
    st.integers(0, 2**74 - 1),
)
def test_a_clock_that_jumps_or_a_full_millisecond_never_turns_the_order(
    clock: list[int], random_part: int
) -> None:
    last = (clock[0], random_part)
    for now in clock[1:]:
        following = ids._after(last, now)
        assert following > last
        assert following[1] < 2**74
        last = following


def test_a_millisecond_that_is_used_up_goes_over_into_the_next() -> None:
    milliseconds, random_part = ids._after((5, 2**74 - 1), 5)
    assert milliseconds == 6
    assert random_part < 2**73


def test_threads_never_make_the_same_id() -> None:
    made: list[uuid.UUID] = []

    def make() -> None:
        made.extend([ids.new_id() for _ in range(5_000)])

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 20_000


def test_a_forked_child_does_not_count_on_from_its_parent() -> None:
    ids.new_id()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, bytes([ids._last == (0, 0)]))
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 1) == b"\x01"
    os.close(reading)
    os.close(writing)
