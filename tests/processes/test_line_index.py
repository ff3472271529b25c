"""The counted line ends lead to where each line begins, however the output grows."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from core.processes import line_index
from core.processes.line_index import LineIndex


@given(st.lists(st.text("ab\n", max_size=30)), st.integers(1, 8))
def test_every_line_is_found_where_it_begins(pieces: list[str], block: int) -> None:
    before, line_index.BLOCK = line_index.BLOCK, block
    try:
        index, data = LineIndex(), b""
        for piece in pieces:
            data += piece.encode()
            index.extend(lambda at, count, now=data: now[at : at + count], len(data))  # type: ignore[misc]
            lines = data.splitlines(keepends=True)
            assert index.total == len(lines)
            at = 0
            for number, line in enumerate(lines):
                assert index.offset(lambda at, count, now=data: now[at : at + count], number) == at  # type: ignore[misc]
                at += len(line)
            assert index.offset(lambda at, count, now=data: now[at : at + count], len(lines) + 3) == at  # type: ignore[misc]
    finally:
        line_index.BLOCK = before


def test_what_was_counted_is_not_read_again() -> None:
    pick = random.Random(3)
    data = b"".join(b"x" * pick.randrange(200) + b"\n" for _ in range(20_000))
    read = 0

    def reading(at: int, count: int) -> bytes:
        nonlocal read
        read += count
        return data[at : at + count]

    index = LineIndex()
    index.extend(reading, len(data))
    assert (index.total, read <= len(data) + line_index.BLOCK) == (20_000, True)
    read = 0
    index.extend(reading, len(data))
    assert data[index.offset(reading, 19_999) :].count(b"\n") == 1
    assert read <= 3 * line_index.BLOCK
