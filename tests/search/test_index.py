"""The index: whatever is typed is searched for, every line is in it once, a damaged file is made anew."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.search.index import Index
from core.search.lines import LINE_BYTES, whole_lines
from core.search.reader import Found, Reader

ODD = ["NEAR(", "\"", "*", "a OR", "AND", "(", ")", "^a", "text:", "-", "' OR 1=1 --", "\"a", "a\0b",
       "{x} : y", "a*b*", "+", "\ud800", "NOT", "a NOT", "- -", "\"\"", "''", "%", "(a+)+$"]  # fmt: skip


def fill(path: Path, text: str, *, process: str = "p", kind: str = "output", workspace: str = "w1") -> Index:
    index = Index(path)
    piece = whole_lines(text.encode("utf-8", "replace"), more=False)
    index.add((process, kind), workspace, piece.places, piece.texts, piece.size, done=True)
    return index


def find(path: Path, query: str, **filters: str) -> list[Found]:
    reader = Reader(path)
    try:
        return reader.search(query, 0, 100, **filters)[0]
    finally:
        reader.close()


@pytest.mark.parametrize("query", ODD)
def test_an_odd_query_is_an_answer_and_no_error(tmp_path: Path, query: str) -> None:
    fill(tmp_path / "x", "a line that is no NEAR thing\n").close()
    find(tmp_path / "x", query)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("index") / "x"
    fill(path, "some words\n").close()
    return path


@given(st.text(max_size=60))
def test_no_query_raises(filled: Path, query: str) -> None:
    find(filled, query)


def test_words_phrases_beginnings_and_exclusions(tmp_path: Path) -> None:
    path = tmp_path / "x"
    fill(path, "red apple\ngreen apple pie\napples\nGR\u00dcN\nsnake_case.name()\n").close()
    assert [f.line for f in find(path, "apple")] == [1, 0]
    assert [f.line for f in find(path, "APPLE -green")] == [0]
    assert [f.line for f in find(path, "apple*")] == [2, 1, 0]
    assert [f.line for f in find(path, '"apple pie"')] == [1]
    assert find(path, '"pie apple"') == []
    assert [f.line for f in find(path, "grun")] == [3]
    assert [f.line for f in find(path, "snake_case.name")] == [4]


def test_only_one_workspace_or_kind(tmp_path: Path) -> None:
    path = tmp_path / "x"
    index = fill(path, "word\n", workspace="a1")
    for process, kind, workspace in (("q", "errors", "a1"), ("r", "output", "b2")):
        index.add((process, kind), workspace, [0], ["word"], 5, done=True)
    index.close()
    assert [f.process for f in find(path, "word", workspace="a1")] == ["q", "p"]
    assert [f.process for f in find(path, "word", kind="output")] == ["r", "p"]
    assert [f.process for f in find(path, "word", workspace="a1", kind="output")] == ["p"]
    assert find(path, "a1") == [], "what is kept beside a line is not found as its text"


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[str, str]]]:
    """Lines of two workspaces and two kinds: one mostly of one, with the other's in between."""
    path, pick = tmp_path_factory.mktemp("mixed") / "x", random.Random(3)
    index, rows = Index(path), []
    for number in range(300):
        belongs = ("w2" if pick.random() < 0.04 else "w1", "errors" if pick.random() < 0.2 else "output")
        index.add(
            (f"p{number}", belongs[1]), belongs[0], [0], ["word" if number % 7 else "gap"], 5, done=True
        )
        rows.append(belongs if number % 7 else ("", ""))
    index.close()
    return path, rows


@given(
    limit=st.integers(1, 80), workspace=st.sampled_from(["", "w1", "w2", "w3"]),
    kind=st.sampled_from(["", "output", "errors"]),
)  # fmt: skip
def test_pages_of_what_belongs_are_all_of_it_once(
    mixed: tuple[Path, list[tuple[str, str]]], limit: int, workspace: str, kind: str
) -> None:
    path, rows = mixed
    reader, before, seen = Reader(path), 0, []
    while True:
        found, before = reader.search("word", before, limit, workspace=workspace, kind=kind)
        assert len(found) <= limit
        seen += [each.row for each in found]
        if not before:
            break
    reader.close()
    wanted = [
        number + 1
        for number, (of, is_) in enumerate(rows)
        if of and workspace in ("", of) and kind in ("", is_)
    ]
    assert seen == wanted[::-1]


@given(
    st.lists(st.binary(max_size=40).filter(lambda b: b"\n" not in b), max_size=30),
    st.lists(st.integers(1, 60), min_size=1),
)
def test_output_in_pieces_gives_each_line_once_at_its_place(lines: list[bytes], cuts: list[int]) -> None:
    data = b"\n".join(lines)
    found: list[tuple[int, str]] = []
    start, end, number = 0, 0, 0
    while end < len(data) or start < len(data):
        end = min(len(data), end + cuts[number % len(cuts)])
        number += 1
        piece = whole_lines(data[start:end], more=end < len(data))
        found += [(start + place, text) for place, text in zip(piece.places, piece.texts, strict=True)]
        start += piece.size
    whole = whole_lines(data, more=False)
    assert found == list(zip(whole.places, whole.texts, strict=True))


def test_a_line_without_an_end_is_cut(tmp_path: Path) -> None:
    piece = whole_lines(b"x" * (3 * LINE_BYTES + 5), more=True)
    assert (piece.places, piece.size) == ([0, LINE_BYTES, 2 * LINE_BYTES], 3 * LINE_BYTES)


def test_every_line_is_found_at_its_place_after_the_index_was_opened_again(tmp_path: Path) -> None:
    path, random_ = tmp_path / "x", random.Random(7)
    data = b"".join(b"line%d %s\n" % (n, b"y" * random_.randrange(50)) for n in range(1000))
    start = 0
    while start < len(data):
        index = Index(path)
        known = index.progress.get(("p", "output"))
        assert (known.bytes if known else 0) == start
        piece = whole_lines(data[start : start + 5000], more=True)
        index.add(("p", "output"), "w", piece.places, piece.texts, piece.size, done=False)
        index.close()
        start += piece.size
    for number in (0, 127, 128, 500, 999):
        (found,) = find(path, f"line{number}")
        assert found.line == number
        assert data[found.offset :].startswith(b"line%d " % number)


def test_a_batch_that_did_not_come_to_its_end_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x"
    index = fill(path, "one\n")
    with pytest.raises(sqlite3.Error):
        index.add(("p", "errors"), "w", [0, 4], ["two", object()], 9, done=True)  # type: ignore[list-item]
    index.add(("p", "errors"), "w", [0], ["three"], 6, done=True)
    index.close()
    assert find(path, "two") == []
    assert len(find(path, "three")) == 1


def test_what_is_forgotten_is_not_found_and_its_rows_are_not_used_again(tmp_path: Path) -> None:
    path = tmp_path / "x"
    index = fill(path, "word one\n")
    index.forget({"p"})
    index.close()
    index = Index(path)
    index.add(("q", "output"), "w", [0], ["word two"], 9, done=True)
    index.close()
    assert [(f.process, f.offset) for f in find(path, "word")] == [("q", 0)]


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"x" * 5000])
def test_a_damaged_file_is_made_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    fill(path, "word\n").close()
    assert len(find(path, "word")) == 1
    assert path.stat().st_mode & 0o077 == 0
