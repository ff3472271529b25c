"""Which files differ: records parsed whatever the names are, against real git."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import GitError, UsageError
from core.git.changes import LONGEST_TEXT, RawChange, changed_files, holding, parse_changes
from core.git.path_text import name_to_text
from core.values.review import Change, FileChange
from tests.git.world import World, write

NAMES = st.binary(min_size=1, max_size=12).map(lambda name: name.replace(b"\0", b"x"))
OID = b"a" * 40


@st.composite
def records(draw: st.DrawFn) -> tuple[bytes, list[RawChange], dict[bytes, tuple[int, int] | None]]:
    names = draw(st.lists(NAMES, unique=True, max_size=6))
    raw, counts, first, second = [], {}, b"", b""
    for name in names:
        status = draw(st.sampled_from("AMDTRC"))
        old_name = draw(NAMES) if status in "RC" else None
        lines = draw(st.none() | st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)))
        raw.append(RawChange("100644", "100755", status, name, old_name, OID.decode(), ""))
        counts[name] = lines
        score = b"087" if status in "RC" else b""
        first += b":100644 100755 " + OID + b" " + b"0" * 40 + b" " + status.encode() + score + b"\0"
        shown = b"-\t-\t" if lines is None else b"%d\t%d\t" % lines
        if old_name is None:
            first, second = first + name + b"\0", second + shown + name + b"\0"
        else:
            first += old_name + b"\0" + name + b"\0"
            second += shown + b"\0" + old_name + b"\0" + name + b"\0"
    return first + second, raw, counts


@given(records())
def test_every_record_is_read_as_it_was_written(
    given: tuple[bytes, list[RawChange], dict[bytes, tuple[int, int] | None]],
) -> None:
    output, raw, counts = given
    assert parse_changes(output) == (raw, counts)


@given(records(), st.integers(0, 200), st.binary(max_size=5))
def test_a_broken_answer_is_an_error_and_nothing_else(
    given: tuple[bytes, list[RawChange], dict[bytes, tuple[int, int] | None]], at: int, noise: bytes
) -> None:
    output = given[0][:at] + noise + given[0][at + 1 :]
    try:
        parse_changes(output)
    except GitError as error:
        assert error.hint


async def changes(world: World) -> dict[str, FileChange]:
    snapshot = await world.snapshot()
    found = await changed_files(world.depot, "r1", world.start, snapshot.commit)
    assert all(change.repo_id == "r1" for change in found)
    return {change.path: change for change in found}


async def test_each_kind_of_change_is_told(world: World) -> None:
    write(world.folder, {"new.txt": "1\n2\n", "a.txt": "one\nTWO\nthree\nfour\nfive\n"})
    (world.folder / "b.txt").unlink()
    (world.folder / "b.txt").symlink_to("a.txt")
    (world.folder / "folder/c.txt").chmod(0o755)
    (world.folder / ".gitignore").unlink()
    (world.folder / "data.bin").write_bytes(b"\0\1")
    found = await changes(world)
    told = {
        path: (change.change, change.added, change.removed, change.binary) for path, change in found.items()
    }
    assert told == {
        "new.txt": (Change.ADDED, 2, 0, False),
        "a.txt": (Change.MODIFIED, 1, 1, False),
        "b.txt": (Change.TYPE, 1, 1, False),
        "folder/c.txt": (Change.MODIFIED, 0, 0, False),
        ".gitignore": (Change.DELETED, 0, 2, False),
        "data.bin": (Change.ADDED, 0, 0, True),
    }
    assert (found["folder/c.txt"].old_mode, found["folder/c.txt"].new_mode) == ("100644", "100755")


async def test_a_rename_is_one_change(world: World) -> None:
    (world.folder / "a.txt").rename(world.folder / "folder/renamed.txt")
    found = await changes(world)
    assert list(found) == ["folder/renamed.txt"]
    change = found["folder/renamed.txt"]
    assert (change.change, change.old_path, change.added) == (Change.RENAMED, "a.txt", 0)


@pytest.mark.parametrize(
    "name",
    [b"line\nend\ttab", b"esc\x1b]52;c;x\x07", b"-rf", b"--output=x", b"[slug]", b"bad\xff\xfe", b'"q"'],
)
async def test_hostile_names_come_back_exactly(world: World, name: bytes) -> None:
    Path(os.fsdecode(os.fsencode(world.folder) + b"/" + name)).write_text("x\n")
    found = await changes(world)
    assert list(found) == [name_to_text(name)]
    assert found[name_to_text(name)].added == 1


async def test_nothing_changed_is_an_empty_list(world: World) -> None:
    assert await changes(world) == {}


async def holders(world: World, text: str) -> list[str]:
    snapshot = await world.snapshot()
    found = await changed_files(world.depot, "r1", world.start, snapshot.commit, holding(text))
    return [change.path for change in found]


@pytest.mark.parametrize("text", ["a.*(b)[c]{d}^$|+?\\", "grösse", "GRÖSSE", "--output=x", " (", "ç"])
async def test_only_files_are_told_whose_changed_lines_have_a_text_in_whatever_case(
    world: World, text: str
) -> None:
    write(
        world.folder,
        {"new.txt": "x\na.*(B)[C]{d}^$|+?\\ (Größe, GRÖSSE) --OUTPUT=X Ç\n", "other.txt": "ab\n"},
    )
    assert await holders(world, text) == ["new.txt"]


async def test_lines_that_did_not_change_and_names_do_not_count(world: World) -> None:
    write(world.folder, {"a.txt": "one\nTWO\nthree\nfour\nfive\n"})
    (world.folder / "data.bin").write_bytes(b"\0two")
    assert await holders(world, "two") == ["a.txt"]
    assert await holders(world, "three") == []
    assert await holders(world, "a.txt") == []


@pytest.mark.parametrize("text", ["two\nlines", "nul\0", "x" * (LONGEST_TEXT + 1)])
def test_what_no_line_has_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="nothing to look for"):
        holding(text)
