"""Secrets are covered, however a log is cut into windows and however they overlap."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.runners.masking import NO_MASK, HideAll, Mask, cover_window
from core.values.conversation import Entry, EntryKind

SECRETS = st.lists(st.text('ab\n"é', min_size=4, max_size=8).map(str.encode), min_size=1, max_size=3)
PIECES = st.lists(st.sampled_from([b"a", b"b", b"\n", b"log ", "é".encode()]), max_size=30)


@st.composite
def outputs(draw: st.DrawFn) -> tuple[Mask, list[bytes], bytes]:
    secrets = draw(SECRETS)
    pieces = draw(st.lists(st.one_of(st.sampled_from(secrets), PIECES.map(b"".join)), max_size=8))
    return Mask(secrets), secrets, b"".join(pieces)


@given(outputs())
def test_no_value_is_left_and_nothing_else_changes(case: tuple[Mask, list[bytes], bytes]) -> None:
    mask, secrets, output = case
    covered = mask.cover(output)
    assert len(covered) == len(output)
    assert not any(secret in covered for secret in secrets)
    assert all(now in (was, ord("*")) for was, now in zip(output, covered, strict=True))


@given(outputs(), st.lists(st.integers(0, 80), max_size=6))
def test_windows_put_together_are_the_covered_whole(
    case: tuple[Mask, list[bytes], bytes], cuts: list[int]
) -> None:
    mask, _, output = case
    edges = [0, *sorted(min(cut, len(output)) for cut in cuts), len(output)]
    windows = [
        cover_window(mask, lambda at, count: output[at : at + count], start, end, more=False)
        for start, end in pairwise(edges)
    ]
    assert b"".join(windows) == mask.cover(output)


def grown(mask: Mask, there: bytes, shown: int, *, more: bool) -> bytes:
    """What is new of a log of which so much was shown."""
    return cover_window(mask, lambda at, count: there[at : at + count], shown, len(there), more=more)


@given(outputs(), st.lists(st.integers(1, 12), min_size=1, max_size=40))
def test_a_log_that_is_read_while_it_grows_never_shows_the_beginning_of_a_value(
    case: tuple[Mask, list[bytes], bytes], growth: list[int]
) -> None:
    mask, _, output = case
    shown, size = b"", 0
    for step in [*growth, len(output)]:
        size = min(len(output), size + step)
        shown += grown(mask, output[:size], len(shown), more=size < len(output))
        assert mask.cover(output).startswith(shown)
    assert shown == mask.cover(output)


def test_json_and_single_lines_of_a_value_are_covered_and_short_values_are_not() -> None:
    mask = Mask([b'line "one"\nline two', b"abc"])
    assert mask.text('say: line \\"one\\"\\nline two') == "say: " + "*" * len('line \\"one\\"\\nline two')
    assert mask.text("| line two") == "| ********"
    assert mask.text("abc") == "abc"
    assert not NO_MASK and mask


def test_a_value_of_the_api_is_covered_in_all_its_texts() -> None:
    entry = Entry(
        id="s3cret", process_id="p", kind=EntryKind.MESSAGE, order=0, text="s3cret", locations=("x/s3cret",)
    )
    covered = Mask([b"s3cret"]).value(entry)
    assert (covered.id, covered.text, covered.locations) == ("s3cret", "******", ("x/******",))
    assert HideAll().value(entry).text == "******"
