"""Comments stay with their lines."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.review.anchors import find_lines

LINES = st.lists(st.sampled_from(["a", "b", "", "}"]), max_size=12)


@given(LINES, LINES, LINES)
def test_lines_that_moved_are_found(above: list[str], new_above: list[str], below: list[str]) -> None:
    quote = ["the very line"]
    assert find_lines(quote, len(above) + 1, [*new_above, *quote, *below]) == len(new_above) + 1


@given(LINES, LINES)
def test_lines_that_are_gone_are_not(old: list[str], new: list[str]) -> None:
    assert find_lines(["no such line", *old], 1, new) is None
    assert find_lines([], 1, new) is None


def test_of_equal_places_the_one_with_the_same_surroundings_counts_and_then_the_nearest() -> None:
    now = ["def f():", "    pass", "", "def g():", "    pass", "", "x", "    pass"]
    assert find_lines(["    pass"], 2, now, before=["def g():"]) == 5
    assert find_lines(["    pass"], 7, now) == 8
    assert find_lines(["    pass"], 1, now) == 2
