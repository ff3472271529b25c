"""Files are made, renamed, removed and brought back: nothing that git does not see is touched or lost."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from core.errors import ConflictError, NotFoundError
from core.lifecycle.placing import Placing
from core.runners import Environment, ExecResult
from core.runners.host import HostRunner
from core.values.entities import Operation
from core.values.requests import ChangeFile, FileAction, RestoreTo, TakeCheckpoint
from core.values.states import OperationStatus
from tests.yard import Yard, git

FILES = {"a.txt": "a\n", "folder/b.txt": "b\n", "folder/deep/c.txt": "c\n", ".gitignore": "*.log\n"}


async def made(yard: Yard) -> Path:
    """A workspace's clone with changed, new and ignored files."""
    workspace = await yard.workspace(yard.repository("repo", FILES), name="first")
    folder = Path(workspace.repos[0].path)
    (folder / "a.txt").write_text("changed\n")
    (folder / "new.txt").write_text("new\n")
    (folder / "folder" / "x.log").write_text("ignored\n")
    return folder


async def change(yard: Yard, action: FileAction, path: str, **more: str | int) -> Operation:
    body = ChangeFile(action=action, path=path, **more)  # type: ignore[arg-type]
    return await yard.done(await yard.client.change_file("first", body))


async def test_a_file_is_made_renamed_removed_and_brought_back(yard: Yard) -> None:
    folder = await made(yard)
    await change(yard, FileAction.CREATE, "repo/deep/er/n.txt", content="hello\n")
    assert (folder / "deep/er/n.txt").read_text() == "hello\n"
    await change(yard, FileAction.RENAME, "repo/new.txt", to="repo/folder/moved.txt")
    assert not (folder / "new.txt").exists() and (folder / "folder/moved.txt").read_text() == "new\n"
    ended = await change(yard, FileAction.DELETE, "repo/a.txt")
    assert not (folder / "a.txt").exists()
    (folder / "meanwhile.txt").write_text("stays\n")
    before = ended.result["before"]
    assert isinstance(before, int)
    await change(yard, FileAction.RESTORE, "repo/a.txt", checkpoint=before)
    assert (folder / "a.txt").read_text() == "changed\n", "with what was never committed"
    assert (folder / "meanwhile.txt").read_text() == "stays\n"
    assert "x.log" in {path.name for path in (folder / "folder").iterdir()}
    assert git(folder, "rev-parse", "HEAD") == git(folder, "rev-parse", "boatyard/first")


async def test_a_folder_goes_with_all_in_it_but_what_git_ignores(yard: Yard) -> None:
    folder = await made(yard)
    await change(yard, FileAction.RENAME, "repo/folder", to="repo/other")
    assert (folder / "other/deep/c.txt").read_text() == "c\n"
    assert [path.name for path in (folder / "folder").iterdir()] == ["x.log"]
    ended = await change(yard, FileAction.DELETE, "repo/other")
    assert not (folder / "other").exists() and (folder / "folder/x.log").read_text() == "ignored\n"
    before = ended.result["before"]
    assert isinstance(before, int)
    await change(yard, FileAction.RESTORE, "repo/other", checkpoint=before)
    assert (folder / "other/b.txt").read_text() == "b\n"


async def test_what_is_there_is_not_overwritten(yard: Yard) -> None:
    folder = await made(yard)
    for action, path, to in (
        (FileAction.CREATE, "repo/a.txt", ""), (FileAction.CREATE, "repo/folder", ""),
        (FileAction.CREATE, "repo/folder/x.log", ""), (FileAction.RENAME, "repo/a.txt", "repo/folder/x.log"),
        (FileAction.CREATE, "repo/a.txt/below", ""), (FileAction.RENAME, "repo/a.txt", "repo/new.txt"),
    ):  # fmt: skip
        with pytest.raises(ConflictError, match="already"):
            await yard.client.change_file("first", ChangeFile(action=action, path=path, to=to))
    assert (folder / "folder/x.log").read_text() == "ignored\n"
    assert (folder / "a.txt").read_text() == "changed\n"


@pytest.mark.parametrize(
    "path",
    ["", "../x", "repo", "repo/", "repo/../x", "folder/../x", ".git/config", "repo/.git/config",
     "repo/folder/.GIT/hooks/x", "repo//x", "/etc/passwd", "repo/a\0b"],
)  # fmt: skip
async def test_a_path_that_is_none_of_the_workspace_is_refused(yard: Yard, path: str) -> None:
    folder = await made(yard)
    before = sorted(folder.rglob("*"))
    for action in FileAction:
        body = ChangeFile(action=action, path=path, to="repo/t", checkpoint=1)
        with pytest.raises(NotFoundError, match="no path of a file"):
            await yard.client.change_file("first", body)
    with pytest.raises(NotFoundError, match="no path of a file"):
        await yard.client.change_file(
            "first", ChangeFile(action=FileAction.RENAME, path="repo/a.txt", to=path)
        )
    assert sorted(folder.rglob("*")) == before


async def test_what_git_does_not_see_is_left_alone_and_said(yard: Yard) -> None:
    folder = await made(yard)
    with pytest.raises(NotFoundError, match="git sees no"):
        await yard.client.change_file("first", ChangeFile(action=FileAction.DELETE, path="repo/folder/x.log"))
    assert (folder / "folder/x.log").exists()


async def test_an_ignored_file_above_a_new_name_is_left_alone(yard: Yard) -> None:
    folder = await made(yard)
    (folder / "some.log").write_text("ignored\n")
    for path in ("repo/some.log/new.txt", "some.log/deep/new.txt", "folder/x.log/x.log"):
        with pytest.raises(ConflictError, match=r"\.log' already"):
            await yard.client.change_file("first", ChangeFile(action=FileAction.CREATE, path=path))
    assert (folder / "some.log").read_text() == "ignored\n"


async def test_an_ignored_file_in_the_way_of_one_that_comes_back_is_kept(yard: Yard) -> None:
    folder = await made(yard)
    before = (await yard.client.take_checkpoint("first", TakeCheckpoint())).number
    await change(yard, FileAction.DELETE, "repo/new.txt")
    (folder / ".gitignore").write_text("*.log\nnew.txt\n")
    (folder / "new.txt").write_text("ignored now\n")
    ended = await change(yard, FileAction.RESTORE, "repo/new.txt", checkpoint=before)
    assert (folder / "new.txt").read_text() == "new\n"
    number = ended.result["before"]
    assert isinstance(number, int)
    await yard.done(await yard.client.restore_to("first", RestoreTo(number=number)))
    assert (folder / "new.txt").read_text() == "ignored now\n"


async def test_empty_folders_come_back_with_what_was_changed(yard: Yard) -> None:
    folder = await made(yard)
    (folder / "empty/inner").mkdir(parents=True)
    ended = await change(yard, FileAction.CREATE, "repo/n.txt")
    assert (folder / "empty/inner").is_dir()
    shutil.rmtree(folder / "empty")
    number = ended.result["before"]
    assert isinstance(number, int)
    await yard.done(await yard.client.restore_to("first", RestoreTo(number=number)))
    assert (folder / "empty/inner").is_dir() and not (folder / "n.txt").exists()


async def test_what_is_written_between_the_look_and_the_change_stops_it(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = await made(yard)
    keep = Placing.keep

    async def written_meanwhile(self: Placing, *what: Any) -> None:
        (folder / "a.txt").write_text("by an agent\n")
        await keep(self, *what)

    monkeypatch.setattr(Placing, "keep", written_meanwhile)
    begun = await yard.client.change_file("first", ChangeFile(action=FileAction.DELETE, path="repo/a.txt"))
    ended = await yard.client.wait_operation(begun.id)
    assert ended.status is OperationStatus.UNDONE and "changed meanwhile" in str(ended.error)
    assert (folder / "a.txt").read_text() == "by an agent\n"


async def test_a_change_goes_into_the_sandbox_three_times(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To look, to write, to look what came of it: each of them costs a moment in a container."""
    await made(yard)
    execute, asked = HostRunner.exec, list[str]()

    async def counted(self: HostRunner, env: Environment, argv: tuple[str, ...], **more: Any) -> ExecResult:
        asked.append(argv[3])
        return await execute(self, env, argv, **more)

    monkeypatch.setattr(HostRunner, "exec", counted)
    await change(yard, FileAction.RENAME, "repo/new.txt", to="repo/moved.txt")
    assert asked == ["boatyard-snapshot", "boatyard-restore", "boatyard-snapshot"]
