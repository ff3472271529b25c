"""Text found in the files of a commit, whatever those files and their names are like."""

from __future__ import annotations

import os

import pytest

from core.errors import UsageError
from core.git import grep as module
from core.git.grep import LINE_LIMIT, Match, grep
from tests.git.world import World, write


async def found(world: World, pattern: str, **more: bool) -> list[Match]:
    commit = (await world.snapshot()).commit
    flags = {"regex": False, "ignore_case": False} | more
    return (await grep(world.depot, commit, pattern, limit=100, **flags))[0]


async def test_tracked_changed_and_new_files_are_searched_and_ignored_ones_are_not(world: World) -> None:
    write(world.folder, {"a.txt": "one\nneedle\n", "new/n.txt": "x\ny needle\n", "x.log": "needle\n"})
    assert await found(world, "needle") == [
        Match(b"a.txt", 2, b"needle"), Match(b"new/n.txt", 2, b"y needle"),
    ]  # fmt: skip


async def test_a_text_is_no_expression_unless_it_is_said_to_be_one(world: World) -> None:
    write(world.folder, {"a.txt": "a.c\nabc\nA.C\n-e\n"})
    assert [match.line for match in await found(world, "a.c")] == [1]
    assert [match.line for match in await found(world, "a.c", ignore_case=True)] == [1, 3]
    assert [match.line for match in await found(world, "^a.c$", regex=True)] == [1, 2]
    assert [match.line for match in await found(world, "-e")] == [4]


@pytest.mark.parametrize("pattern", ["", "a\nb", "a\0b", "x" * 2000])
async def test_what_no_line_can_have_is_refused(world: World, pattern: str) -> None:
    with pytest.raises(UsageError, match="nothing to look for"):
        await found(world, pattern)


async def test_an_expression_that_is_none_is_told(world: World) -> None:
    with pytest.raises(UsageError, match="is no expression"):
        await found(world, "(", regex=True)


async def test_lines_and_answers_are_bounded(world: World) -> None:
    long = "needle " + "x" * 3_000_000
    write(world.folder, {"a.txt": "\n".join(["needle"] * 50), "b.txt": f"{long}\nafter needle\n"})
    (world.folder / "c.bin").write_bytes(b"\0needle\n")
    matches = await found(world, "needle")
    assert len(matches) == 52, "no binary file is among them"
    assert len(matches[50].text) == LINE_LIMIT and matches[50].path == b"b.txt"
    assert matches[51] == Match(b"b.txt", 2, b"after needle"), "what follows a long line is read right"
    commit = (await world.snapshot()).commit
    few, more = await grep(world.depot, commit, "needle", regex=False, ignore_case=False, limit=3)
    assert len(few) == 3 and more


async def test_names_may_be_anything(world: World) -> None:
    names = {b"with:colon", b"\xff\xfe", b"line\nend", b"two\n\nends\n", b"-n"}
    for name in names:
        (world.folder / os.fsdecode(name)).write_bytes(b"needle\n")
    matches = await found(world, "needle")
    assert {match.path for match in matches} >= names
    assert len(matches) == len(names) and {match.text for match in matches} == {b"needle"}


async def test_a_search_that_takes_too_long_is_ended(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS", 0.0)
    with pytest.raises(Exception, match="has not ended"):
        await found(world, "one")
