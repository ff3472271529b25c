"""Finding the address in what a dev server writes."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.lifecycle.served_url import LIMIT, ServedUrl, UrlFinder

VITE = (
    b"\x1b[32m\x1b[1mVITE\x1b[22m v5.0.0\x1b[39m  ready in 300 ms\n\n"
    b"  \x1b[32m\xe2\x9e\x9c\x1b[39m  \x1b[1mLocal\x1b[22m:   \x1b[36mhttp://localhost:\x1b[1m5173\x1b[22m/\x1b[39m\n"
    b"  Network: http://172.17.0.2:5173/\n"
)


def found(output: bytes, wished: tuple[int, ...] = ()) -> ServedUrl | None:
    finder = UrlFinder(wished)
    finder.feed(output)
    return finder.found


@pytest.mark.parametrize(
    ("output", "port", "path"),
    [
        (VITE, 5173, "/"),
        (b"Serving HTTP on 0.0.0.0 port 8000 (http://0.0.0.0:8000/) ...\n", 8000, "/"),
        (b" * Running on http://127.0.0.1:5000\n", 5000, "/"),
        (b"App: http://[::]:3001/app/?a=1.\n", 3001, "/app/?a=1"),
        (b"open http://localhost/\n", 80, "/"),
    ],
)
def test_what_servers_say(output: bytes, port: int, path: str) -> None:
    assert found(output) == ServedUrl("http", port, path)


@pytest.mark.parametrize(
    "output", [b"see https://example.org:3000/\n", b"http://localhost:99999\n", b"\xff\x1b["]
)
def test_what_is_no_address_of_this_machine(output: bytes) -> None:
    assert found(output) is None


def test_a_wished_port_wins_over_an_earlier_one() -> None:
    output = b"api http://localhost:9000\nweb http://localhost:3000\n"
    assert found(output) == ServedUrl("http", 9000)
    assert found(output, wished=(3000,)) == ServedUrl("http", 3000)


def test_an_address_in_a_line_that_has_not_ended_waits_for_what_follows() -> None:
    finder = UrlFinder()
    assert not finder.feed(b"http://localhost:30")
    assert finder.feed(b"00/a \xe2\x80\xa6 press q")
    assert finder.found == ServedUrl("http", 3000, "/a")


def test_a_flood_is_not_read_for_ever() -> None:
    finder = UrlFinder()
    finder.feed(b"x" * LIMIT)
    assert finder.done
    assert not finder.feed(b"\nhttp://localhost:3000\n")


@given(st.binary(max_size=300), st.lists(st.integers(min_value=1, max_value=400), max_size=6))
def test_how_the_output_is_cut_makes_no_difference(noise: bytes, cuts: list[int]) -> None:
    output = noise.replace(b"http", b"") + b"\nLocal: http://localhost:3000/x\n"
    whole, pieces = UrlFinder((3000,)), UrlFinder((3000,))
    whole.feed(output)
    edges = [0, *sorted(set(cuts)), len(output)]
    for start, end in itertools.pairwise(edges):
        pieces.feed(output[start:end])
    assert whole.found == pieces.found == ServedUrl("http", 3000, "/x")
