"""The table of bad input holds every number once, and names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

from tests.test_promises import names_in

ROOT = Path(__file__).parents[1]
TABLE = Path(__file__).parent / "BAD_INPUT.md"
LAST = 129


def rows() -> list[tuple[str, str]]:
    """Numbers and tests of each row."""
    found = re.findall(r"^\| ([\d, -]+) \| .* \| ([^|]+) \|$", TABLE.read_text(), flags=re.M)
    return [(numbers, tests) for numbers, tests in found]


def numbers_of(text: str) -> list[int]:
    """`1-3, 7` as 1, 2, 3, 7."""
    found: list[int] = []
    for part in text.split(", "):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def test_every_number_is_there_once() -> None:
    listed = [number for numbers, _ in rows() for number in numbers_of(numbers)]
    assert sorted(listed) == list(range(1, LAST + 1))


def test_every_row_names_tests_that_exist() -> None:
    for numbers, tests in rows():
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", tests)
        assert named and tests.count("`") == 2 * len(named), numbers
        for path, name in named:
            assert name in names_in(ROOT / path), f"{numbers}: {path}::{name}"
