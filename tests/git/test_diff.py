"""One file's diff by window, and patches that git takes back."""

from __future__ import annotations

import asyncio
import difflib
import os
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ConflictError, GitError, NotFoundError
from core.git import diff, patch_pages
from core.git.diff import WHOLE, Shown, file_pages, patch_text
from core.git.patch_lines import PatchReader, split_lines
from core.git.patch_pages import PatchPages
from core.git.path_text import name_to_text
from core.review.diff import FileDiffs, Sides, diff_summary
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


def read_all(patch: list[str], sections: range = range(1)) -> tuple[list[DiffLine], PatchReader]:
    reader = PatchReader(sections)
    lines = [reader.read(line.encode(), wanted=True) for line in patch]
    return [line for line in lines if line is not None], reader


async def as_chunks(patch: list[str], size: int) -> AsyncGenerator[bytes, None]:
    whole = "".join(f"{line}\n" for line in patch).encode()
    for start in range(0, len(whole), size):
        yield whole[start : start + size]


@given(TEXT, TEXT)
def test_numbers_and_kinds_rebuild_both_sides(old: list[str], new: list[str]) -> None:
    patch = unified(old, new)
    lines, reader = read_all(patch)
    assert reader.total == len(lines) == len(patch)
    assert reader.section == (0 if patch else -1)
    for shown in lines:
        if shown.kind in (LineKind.CONTEXT, LineKind.REMOVED):
            assert shown.old is not None and old[shown.old - 1] == shown.text
        if shown.kind in (LineKind.CONTEXT, LineKind.ADDED):
            assert shown.new is not None and new[shown.new - 1] == shown.text
    assert sum(line.kind is LineKind.FILE for line in lines) == bool(patch)
    kinds = [shown.kind for shown in lines]
    assert kinds.count(LineKind.ADDED) - kinds.count(LineKind.REMOVED) == len(new) - len(old)


@given(TEXT, TEXT, st.integers(0, 30), st.integers(0, 30), st.integers(1, 40), st.integers(1, 7))
async def test_a_window_is_the_part_of_the_whole(
    old: list[str], new: list[str], start: int, limit: int, chunk: int, every: int
) -> None:
    patch = unified(old, new)
    whole, _ = read_all(patch)
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(patch_pages, "MARK_EVERY", every)
        pages = PatchPages(as_chunks(patch, chunk), range(1))
        early = await pages.window(start, limit, whole=False)
        found = await pages.window(start, limit, whole=True)
        await pages.close()
    assert found.lines == early.lines == tuple(whole[start : start + limit])
    assert (found.total, found.complete) == (len(whole), True)


async def test_a_window_comes_before_the_rest_has_been_read() -> None:
    gate = asyncio.Event()

    async def slow() -> AsyncGenerator[bytes, None]:
        yield b"diff --git a/x b/x\n@@ -0,0 +1,2 @@\n+one\n+"
        await gate.wait()
        yield b"two\n"

    pages = PatchPages(slow(), range(1))
    first = await pages.window(0, 3, whole=False)
    assert ([line.text for line in first.lines][-1], first.total, first.complete) == ("one", 3, False)
    gate.set()
    last = await pages.window(3, 5, whole=False)
    assert ([line.text for line in last.lines], last.total, last.complete) == (["two"], 4, True)
    await pages.close()


async def test_a_window_of_a_patch_that_was_put_away_says_so() -> None:
    async def never() -> AsyncGenerator[bytes, None]:
        await asyncio.Event().wait()
        yield b""

    pages = PatchPages(never(), range(1))
    waiting = asyncio.create_task(pages.window(0, 1, whole=False))
    await asyncio.sleep(0)
    await pages.close()
    with pytest.raises(ConflictError, match="put away"):
        await waiting


@given(st.lists(st.binary(max_size=20)))
async def test_lines_come_out_of_chunks_as_they_went_in(chunks: list[bytes]) -> None:
    async def source() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    found = [line async for batch in split_lines(source()) for line in batch]
    whole = b"".join(chunks)
    expected = whole.split(b"\n")
    assert found == (expected[:-1] if expected[-1] == b"" else expected)


async def look(
    world: World, path: str, *, start: int = 0, limit: int = 2000, shown: Shown = WHOLE
) -> FileDiff:
    target = Sides("r1", "home", world.depot, world.start, (await world.snapshot()).commit)
    diffs = FileDiffs()
    found = await diffs.window(target, path, shown, start=start, limit=limit)
    await diffs.close()
    return found


def signed(found: FileDiff) -> list[str]:
    sign = {LineKind.ADDED: "+", LineKind.REMOVED: "-", LineKind.CONTEXT: " ", LineKind.NOTE: "\\"}
    return [sign[line.kind] + line.text for line in found.lines if line.kind in sign]


async def test_a_change_is_shown_with_its_numbers(world: World) -> None:
    write(world.folder, {"a.txt": "one\nTWO\nthree\nfour\nfive\n"})
    found = await look(world, "a.txt", shown=Shown(context=1))
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
    found = await look(world, "z.txt", shown=Shown(context=0))
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
    monkeypatch.setattr(patch_pages, "READ_LIMIT", 100_000)
    write(world.folder, {"big.txt": "".join(f"line {n}\n" for n in range(100_000))})
    assert (await look(world, "big.txt", limit=10)).truncated


async def test_whitespace_alone_can_be_left_out(world: World) -> None:
    write(
        world.folder, {"a.txt": "one\n two\nthree\nfour\nfive\n", "b.txt": "b  \n", "folder/c.txt": "new\n"}
    )
    quiet = Shown(whitespace=False)
    assert signed(await look(world, "b.txt", shown=quiet)) == []
    assert signed(await look(world, "folder/c.txt", shown=quiet)) == ["-c", "+new"]
    assert signed(await look(world, "b.txt")) == ["-b", "+b  "]


async def test_what_is_known_of_a_file_beside_its_lines_is_told(world: World) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
    write(world.folder, {"big.psd": pointer, "yarn.lock": "x\n" * 50, "note.txt": "version one\n"})
    (world.folder / "data.bin").write_bytes(b"\0" * 3000)
    target = Sides("r1", "home", world.depot, world.start, (await world.snapshot()).commit)
    files = {file.path: file for file in (await diff_summary("w", [target])).files}
    assert [path for path, file in files.items() if file.lfs] == ["big.psd"]
    assert [path for path, file in files.items() if file.generated] == ["yarn.lock"]
    assert (files["data.bin"].old_size, files["data.bin"].new_size) == (None, 3000)
    assert files["note.txt"].new_size is None and len(files["note.txt"].new_id) == 40


async def test_a_copy_is_told_as_one(world: World) -> None:
    text = (world.folder / "a.txt").read_text()
    write(world.folder, {"a.txt": text + "six\n", "copy.txt": text})
    target = Sides("r1", "home", world.depot, world.start, (await world.snapshot()).commit)
    files = {file.path: file for file in (await diff_summary("w", [target])).files}
    assert (files["copy.txt"].change, files["copy.txt"].old_path) == (Change.COPIED, "a.txt")
    assert any("copy from a.txt" in line.text for line in (await look(world, "copy.txt")).lines)


async def test_a_file_that_does_not_differ_is_not_found(world: World) -> None:
    snapshot = await world.snapshot()
    for path in ("a.txt", "\udcff", "--output=x"):
        change = FileChange(repo_id="r1", path=path, change=Change.MODIFIED)
        with pytest.raises(NotFoundError):
            await file_pages(world.depot, world.start, snapshot.commit, change, WHOLE)
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
