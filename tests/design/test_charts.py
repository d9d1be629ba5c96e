"""Where bars and lines stand."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from design import charts

FIGURES = st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=24)


def test_the_highest_value_is_on_top_and_the_lowest_at_the_foot() -> None:
    assert charts.points([1, 3, 2], width=100, height=20) == [
        (0.0, 20.0),
        (50.0, 0.0),
        (100.0, 10.0),
    ]


def test_equal_values_lie_in_the_middle_and_none_draw_nothing() -> None:
    assert charts.points([7, 7], width=10, height=20) == [(0.0, 10.0), (10.0, 10.0)]
    assert charts.points([], width=10, height=20) == []
    assert charts.bars([], width=10, height=20) == []


def test_a_loss_hangs_below_the_base() -> None:
    profit, loss = charts.bars([Decimal(30), Decimal(-10)], width=100, height=40)
    assert charts.base([30, -10], height=40) == 30.0
    assert (profit.y, profit.height) == (0.0, 30.0)
    assert (loss.y, loss.height) == (30.0, 10.0)


@given(FIGURES)
def test_every_bar_stays_inside_its_frame(values: list[int]) -> None:
    for bar in charts.bars(values, width=420, height=96):
        assert -0.1 <= bar.y <= bar.y + bar.height <= 96.2
        assert 0 <= bar.x <= bar.x + bar.width <= 420.2


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=6))
def test_parts_follow_one_another(parts: list[int]) -> None:
    end = 0.0
    for start, width in charts.shares(parts, width=1000):
        assert abs(start - end) <= 0.2
        end = start + width
    assert end <= 1001


def test_a_few_failures_of_thousands_can_be_seen() -> None:
    assert charts.shares([1839, 3, 0], width=1000, whole=2400, least=5)[1][1] == 5
    assert charts.shares([1839, 3, 0], width=1000, whole=2400, least=5)[2][1] == 0
