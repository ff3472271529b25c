"""Looking into files where an agent may have put anything."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import NotFoundError, UsageError
from core.git.path_text import name_to_text
from core.review import files, folders
from core.review.files import read_file_window
from core.review.folders import change_marks, list_folder
from core.values.review import Change, FileChange


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "code"
    (folder / "repo/src").mkdir(parents=True)
    (folder / "repo/.git").write_text("gitdir: elsewhere\n")
    (folder / "repo/readme.md").write_text("one\ntwo\nthree\n")
    (folder / "repo/src/main.py").write_text("print()\n")
    (tmp_path / "secret").write_text("secret\n")
    return folder


def change(path: str, kind: Change) -> FileChange:
    return FileChange(repo_id="r1", path=path, change=kind)


async def test_a_folder_lists_folders_first_without_gits_own(root: Path) -> None:
    (root / "repo/zoo").mkdir()
    (root / "repo/link").symlink_to("/etc")
    found = await list_folder(root, "repo")
    assert [(node.path, node.folder, node.link) for node in found] == [
        ("repo/src", True, False), ("repo/zoo", True, False),
        ("repo/link", False, True), ("repo/readme.md", False, False),
    ]  # fmt: skip
    assert found[3].size == 14
    assert [node.name for node in await list_folder(root)] == ["repo"]


async def test_changes_mark_files_and_the_folders_above_them(root: Path) -> None:
    marks = change_marks(
        [change("src/main.py", Change.ADDED), change("gone/x", Change.DELETED)], {"r1": "repo"}
    )
    assert {node.path: node.change for node in await list_folder(root, "repo", marks)} == {
        "repo/src": Change.MODIFIED, "repo/readme.md": None,
    }  # fmt: skip
    assert [node.change for node in await list_folder(root, "repo/src", marks)] == [Change.ADDED]
    assert marks["repo"] is Change.MODIFIED


OUTSIDE = ["..", "repo/../..", "repo/.git", "/etc", "repo/out", "repo/out/below", "a\0b", "repo/loop",
           "repo/readme.md/x", "\udcff"]  # fmt: skip


@pytest.mark.parametrize("path", OUTSIDE)
async def test_no_path_leads_out_of_the_workspace(root: Path, tmp_path: Path, path: str) -> None:
    (root / "repo/out").symlink_to(tmp_path)
    (root / "repo/loop").symlink_to("loop")
    with pytest.raises(NotFoundError):
        await list_folder(root, path)
    with pytest.raises((NotFoundError, UsageError)):
        await read_file_window(root, f"{path}/secret")


async def test_a_link_is_shown_as_a_link(root: Path, tmp_path: Path) -> None:
    (root / "repo/link").symlink_to(tmp_path / "secret")
    found = await read_file_window(root, "repo/link")
    assert found.lines == (f"link to {tmp_path}/secret",)


async def test_a_window_of_lines(root: Path) -> None:
    found = await read_file_window(root, "repo/readme.md", start=1, limit=1)
    assert (found.start, found.lines, found.more, found.size) == (1, ("two",), True, 14)
    found = await read_file_window(root, "repo/readme.md", start=2)
    assert (found.lines, found.more) == (("three",), False)
    assert (await read_file_window(root, "repo/readme.md", start=9)).lines == ()


@given(
    data=st.text(st.sampled_from("ab\n\r é")),
    start=st.integers(0, 6),
    limit=st.integers(0, 6),
    chunk=st.integers(1, 5),
)
async def test_any_window_is_that_part_of_the_lines(
    tmp_path_factory: pytest.TempPathFactory, data: str, start: int, limit: int, chunk: int
) -> None:
    folder = tmp_path_factory.mktemp("window")
    (folder / "f").write_bytes(data.encode())
    lines = data.split("\n")
    expected = lines[:-1] if lines[-1] == "" else lines
    before, files._CHUNK = files._CHUNK, chunk
    try:
        found = await read_file_window(folder, "f", start=start, limit=limit)
    finally:
        files._CHUNK = before
    assert list(found.lines) == expected[start : start + limit]
    assert found.more == (start + limit < len(expected))


async def test_odd_kinds_of_files_never_block(root: Path) -> None:
    os.mkfifo(root / "repo/fifo")
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(root / "repo/s"))
    async with asyncio.timeout(5):
        for name in ("fifo", "s", "src"):
            with pytest.raises(UsageError, match="cannot be shown"):
                await read_file_window(root, f"repo/{name}")
        assert len(await list_folder(root, "repo")) == 4
    server.close()


async def test_a_binary_file_is_told_as_that(root: Path) -> None:
    (root / "repo/data").write_bytes(b"abc\0def")
    found = await read_file_window(root, "repo/data")
    assert found.binary and found.lines == () and found.size == 7


async def test_bytes_that_are_no_text_are_shown_as_such(root: Path) -> None:
    (root / "repo/latin").write_bytes(b"caf\xe9\n")
    assert (await read_file_window(root, "repo/latin")).lines == ("caf\\xe9",)


async def test_names_that_are_no_text_can_be_listed_and_read(root: Path) -> None:
    name = b"bad\xff[slug]\n"
    Path(os.fsdecode(os.fsencode(root) + b"/repo/src/" + name)).write_text("inside\n")
    found = (await list_folder(root, "repo/src"))[0]
    assert found.name == name_to_text(name)
    assert (await read_file_window(root, found.path)).lines == ("inside",)


async def test_an_endless_line_is_cut(root: Path) -> None:
    (root / "repo/long").write_text("x" * 1_000_000 + "\nnext\n")
    found = await read_file_window(root, "repo/long")
    assert len(found.lines[0]) < 20_000 and found.lines[0].endswith("more bytes)")
    assert found.lines[1] == "next"


async def test_an_enormous_file_is_read_so_far_and_no_further(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "SCAN_LIMIT", 1_000_000)
    with (root / "repo/sparse").open("wb") as file:
        file.write(b"first\n" + b"x" * 8000)
        file.truncate(100 * 1024**3)
    found = await read_file_window(root, "repo/sparse", limit=1)
    assert (found.lines, found.more) == (("first",), True)
    assert (await read_file_window(root, "repo/sparse", start=5)).more


async def test_a_window_never_grows_beyond_its_bytes(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "WINDOW_LIMIT", 1000)
    (root / "repo/many").write_text("0123456789\n" * 1000)
    found = await read_file_window(root, "repo/many", limit=1000)
    assert len(found.lines) == 100 and found.more


async def test_a_folder_of_too_many_entries_is_cut(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "FOLDER_LIMIT", 10)
    for number in range(30):
        (root / f"repo/src/{number}").write_text("")
    assert len(await list_folder(root, "repo/src")) == 10


async def test_missing_files_are_not_found(root: Path) -> None:
    for path in ("repo/absent", "absent/x"):
        with pytest.raises(NotFoundError):
            await read_file_window(root, path)
    with pytest.raises(UsageError):
        await read_file_window(root, "")


@pytest.mark.parametrize("end", ["", "\n"])
async def test_the_first_window_says_how_many_lines_there_are(root: Path, end: str) -> None:
    expected = [f"line {number} {'x' * (number % 90)}" for number in range(30_000)]
    (root / "repo" / "long").write_text("\n".join(expected) + end)
    first = await read_file_window(root, "repo/long", limit=10)
    assert (first.count, first.more) == (30_000, True)
    for start in (1, 9_999, 29_990, 29_999):
        found = await read_file_window(root, "repo/long", start=start, limit=20)
        assert list(found.lines) == expected[start : start + 20]
    (root / "repo" / "empty").write_text("")
    assert (await read_file_window(root, "repo/empty")).count == 0
