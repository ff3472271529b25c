"""What the fuzzer has found is given to the parsers in every run; and it is led by what it reaches."""

from __future__ import annotations

import pytest

from tests.fuzz.__main__ import CORPUS, inputs
from tests.fuzz.guided import Fuzzer
from tests.fuzz.targets import PARSERS

MOST_BYTES = 300_000


@pytest.mark.parametrize("name", PARSERS)
def test_no_input_that_was_kept_breaks_its_parser(name: str) -> None:
    kept = inputs(name)
    assert kept, f"python -m tests.fuzz {name}"
    for data in (*PARSERS[name].seeds, *kept):
        PARSERS[name].target(data)


def test_the_corpus_is_small_and_of_known_parsers() -> None:
    assert {path.name for path in CORPUS.iterdir()} == set(PARSERS)
    assert sum(path.stat().st_size for path in CORPUS.rglob("*") if path.is_file()) < MOST_BYTES


def deep(data: bytes) -> None:
    """Breaks on one word of five letters, each of which has to be at its place."""
    if data[:1] == b"c":
        if data[1:2] == b"a":
            if data[2:3] == b"n":
                if data[3:4] == b"o":
                    if data[4:5] == b"e":
                        raise ZeroDivisionError


@pytest.mark.parametrize("guided", [True, False])
def test_what_takes_several_steps_is_found_by_guidance_alone(guided: bool) -> None:
    words = (b"c", b"a", b"n", b"o", b"e")
    fuzzer = Fuzzer(deep, ("tests/fuzz/test_corpus",), words, seed=1, guided=guided)
    fuzzer.begin([b"xxxxx"])
    for _ in range(20_000):
        fuzzer.step()
        if fuzzer.failures:
            break
    assert bool(fuzzer.failures) is guided
