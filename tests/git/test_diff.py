"""One file's diff by window, and patches that git takes back."""

from __future__ import annotations

import difflib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import GitError, NotFoundError
from core.git import diff
from core.git.changes import changed_files
from core.git.diff import DiffWindow, file_diff, patch_text, split_lines
from core.git.path_text import name_to_text
from core.values.review import Change, DiffLine, FileChange, FileDiff, LineKind
from tests.git.world import World, git, write

LINE = st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=8)
TEXT = st.lists(
    st.one_of(LINE, st.sampled_from(["-- a", "++ b", "@@ -1 +1 @@", "diff --git a/x b/x", "\\ No"]))
)


def unified(old: list[str], new: list[str]) -> list[str]:
    """A patch as git would print it, by another implementation."""
    body = list(difflib.unified_diff(old, new, "a/f", "b/f", lineterm=""))
    return ["diff --git a/f b/f", *body] if body else []


@given(TEXT, TEXT)
def test_numbers_and_kinds_rebuild_both_sides(old: list[str], new: list[str]) -> None:
    window = DiffWindow(0, 10**9, range(1))
    patch = unified(old, new)
    for line in patch:
        window.read(line.encode())
    assert window.total == len(window.lines) == len(patch)
    assert window.section == (0 if patch else -1)
    for shown in window.lines:
        if shown.kind in (LineKind.CONTEXT, LineKind.REMOVED):
            assert shown.old is not None and old[shown.old - 1] == shown.text
        if shown.kind in (LineKind.CONTEXT, LineKind.ADDED):
            assert shown.new is not None and new[shown.new - 1] == shown.text
    assert sum(line.kind is LineKind.FILE for line in window.lines) == bool(patch)
    kinds = [shown.kind for shown in window.lines]
    assert kinds.count(LineKind.ADDED) - kinds.count(LineKind.REMOVED) == len(new) - len(old)


@given(TEXT, TEXT, st.integers(0, 30), st.integers(0, 30))
def test_a_window_is_the_part_of_the_whole(old: list[str], new: list[str], start: int, limit: int) -> None:
    whole, part = DiffWindow(0, 10**9, range(1)), DiffWindow(start, limit, range(1))
    for line in unified(old, new):
        whole.read(line.encode())
        part.read(line.encode())
    assert part.lines == whole.lines[start : start + limit]
    assert part.total == whole.total


@given(st.lists(st.binary(max_size=20)))
async def test_lines_come_out_of_chunks_as_they_went_in(chunks: list[bytes]) -> None:
    async def source() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    found = [line async for batch in split_lines(source()) for line in batch]
    whole = b"".join(chunks)
    expected = whole.split(b"\n")
    assert found == (expected[:-1] if expected[-1] == b"" else expected)


async def look(world: World, path: str, **window: int) -> FileDiff:
    snapshot = await world.snapshot()
    found = await changed_files(world.depot, "r1", world.start, snapshot.commit)
    change = next(change for change in found if change.path == path)
    return await file_diff(world.depot, world.start, snapshot.commit, change, **window)


def signed(found: FileDiff) -> list[str]:
    sign = {LineKind.ADDED: "+", LineKind.REMOVED: "-", LineKind.CONTEXT: " ", LineKind.NOTE: "\\"}
    return [sign[line.kind] + line.text for line in found.lines if line.kind in sign]


async def test_a_change_is_shown_with_its_numbers(world: World) -> None:
    write(world.folder, {"a.txt": "one\nTWO\nthree\nfour\nfive\n"})
    found = await look(world, "a.txt", context=1)
    assert [line.kind for line in found.lines][:1] == [LineKind.FILE]
    assert found.lines[-5:] == (
        DiffLine(kind=LineKind.HUNK, text="@@ -1,3 +1,3 @@"),
        DiffLine(kind=LineKind.CONTEXT, text="one", old=1, new=1),
        DiffLine(kind=LineKind.REMOVED, text="two", old=2),
        DiffLine(kind=LineKind.ADDED, text="TWO", new=2),
        DiffLine(kind=LineKind.CONTEXT, text="three", old=3, new=3),
    )
    assert found.total == len(found.lines)


async def test_a_missing_line_end_is_noted(world: World) -> None:
    write(world.folder, {"b.txt": "b"})
    assert signed(await look(world, "b.txt")) == ["-b", "+b", "\\No newline at end of file"]


async def test_a_binary_file_is_said_to_differ(world: World) -> None:
    (world.folder / "data.bin").write_bytes(b"\0\1\2")
    found = await look(world, "data.bin")
    assert found.file.binary
    assert any(line.kind is LineKind.NOTE and "differ" in line.text for line in found.lines)


async def test_a_rename_with_a_change_shows_the_change(world: World) -> None:
    (world.folder / "a.txt").rename(world.folder / "z.txt")
    write(world.folder, {"z.txt": "one\ntwo\nthree\nfour\nFIVE\n"})
    found = await look(world, "z.txt", context=0)
    assert signed(found) == ["-five", "+FIVE"]
    assert any("rename from a.txt" in line.text for line in found.lines)


async def test_a_change_of_type_shows_both_sides(world: World) -> None:
    (world.folder / "b.txt").unlink()
    (world.folder / "b.txt").symlink_to("a.txt")
    assert signed(await look(world, "b.txt")) == ["-b", "+a.txt", "\\No newline at end of file"]


async def test_a_file_that_took_a_folders_place_is_shown_alone(world: World) -> None:
    (world.folder / "folder/c.txt").unlink()
    (world.folder / "folder").rmdir()
    write(world.folder, {"folder": "now a file\n"})
    assert signed(await look(world, "folder")) == ["+now a file"]
    assert signed(await look(world, "folder/c.txt")) == ["-c"]


async def test_content_that_looks_like_a_patch_is_content(world: World) -> None:
    text = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\n+new\n\\ No newline at end of file\n"
    write(world.folder, {"patch.txt": text})
    assert signed(await look(world, "patch.txt")) == ["+" + line for line in text.splitlines()]


@pytest.mark.parametrize(
    "name", [b"line\nend", b"-rf", b"[slug]", b"f[12]", b"*", b":(exclude)x", b"bad\xff"]
)
async def test_hostile_names_show_their_own_diff_alone(world: World, name: bytes) -> None:
    write(world.folder, {"f1": "other\n", "rf": "other\n", "slug": "other\n"})
    Path(os.fsdecode(os.fsencode(world.folder) + b"/" + name)).write_text("mine\n")
    assert signed(await look(world, name_to_text(name))) == ["+mine"]


async def test_bytes_that_are_no_text_are_shown_as_such(world: World) -> None:
    (world.folder / "latin.txt").write_bytes(b"caf\xe9\r\n")
    assert signed(await look(world, "latin.txt")) == ["+caf\\xe9\r"]


async def test_an_endless_line_is_cut_with_a_mark(world: World) -> None:
    write(world.folder, {"long.txt": "x" * 1_000_000})
    (line,) = [line for line in (await look(world, "long.txt")).lines if line.kind is LineKind.ADDED]
    assert len(line.text) < 20_000 and line.text.endswith("more bytes)")


async def test_a_diff_of_100_000_lines_gives_its_window_and_its_length(world: World) -> None:
    write(world.folder, {"big.txt": "".join(f"line {n}\n" for n in range(100_000))})
    found = await look(world, "big.txt", start=50_000, limit=3)
    header = found.total - 100_000
    assert 4 <= header <= 8
    assert [line.text for line in found.lines] == [f"line {50_000 - header + n}" for n in range(3)]
    assert found.lines[0].new == 50_000 - header + 1
    assert not found.truncated
    assert (await look(world, "big.txt", start=200_000)).lines == ()


async def test_a_diff_beyond_what_is_read_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diff, "COUNT_LIMIT", 100_000)
    write(world.folder, {"big.txt": "".join(f"line {n}\n" for n in range(100_000))})
    assert (await look(world, "big.txt", limit=10)).truncated


async def test_a_file_that_does_not_differ_is_not_found(world: World) -> None:
    snapshot = await world.snapshot()
    for path in ("a.txt", "\udcff", "--output=x"):
        change = FileChange(repo_id="r1", path=path, change=Change.MODIFIED)
        with pytest.raises(NotFoundError):
            await file_diff(world.depot, world.start, snapshot.commit, change)
    assert not list(world.depot.path.glob("x"))


async def test_a_patch_applies_to_the_target(world: World) -> None:
    write(world.folder, {"a.txt": "x", "new [1].txt": "n\n"})
    (world.folder / "data.bin").write_bytes(os.urandom(3000))
    (world.folder / "b.txt").rename(world.folder / "moved.txt")
    snapshot = await world.snapshot()
    text = await patch_text(world.depot, world.start, snapshot.commit)
    (world.root / "patch").write_text(text)
    git(world.home, "apply", "--index", str(world.root / "patch"))
    assert git(world.home, "write-tree") == git(world.depot.path, "rev-parse", f"{snapshot.commit}^{{tree}}")


async def test_a_patch_too_large_for_a_text_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diff, "PATCH_LIMIT", 1000)
    write(world.folder, {"big.txt": "line\n" * 1000})
    snapshot = await world.snapshot()
    with pytest.raises(GitError, match="larger than"):
        await patch_text(world.depot, world.start, snapshot.commit)
