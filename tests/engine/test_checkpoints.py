"""Checkpoints through the engine's door: numbered, compared, and refused where they must be."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from core.client.exchange import export_to, import_from
from core.errors import ConflictError, NotFoundError, UsageError
from core.values.events import CheckpointTaken, ProcessChanged
from core.values.requests import (
    ImportCheckpoint,
    RestoreTo,
    RunCommand,
    SendPrompt,
    TakeCheckpoint,
    UpdateRepo,
)
from core.values.states import CheckpointKind, ProcessStatus, WorkspaceState
from tests.yard import Yard, git

pytestmark = pytest.mark.slow


async def test_numbers_go_up_without_a_clash_and_each_is_told(yard: Yard) -> None:
    workspace = await yard.workspace()
    async with yard.watch() as watch:
        taken = await asyncio.gather(
            *(yard.client.take_checkpoint(workspace.name, TakeCheckpoint(message=str(n))) for n in range(5))
        )
        await watch.until(CheckpointTaken, lambda event: event.checkpoint.number == 5)
    assert sorted(each.number for each in taken) == [1, 2, 3, 4, 5]
    listed = await yard.client.checkpoints(workspace.name)
    assert [each.number for each in listed] == [1, 2, 3, 4, 5]
    assert {each.files for each in listed} == {0}
    (repo,) = workspace.repos
    refs = git(yard.home.depots / f"{repo.repo_id}.git", "for-each-ref", "--format=%(refname)")
    assert refs.count(f"workspaces/{workspace.name}/checkpoints/") == 5


async def test_any_two_and_the_present_can_be_compared(yard: Yard) -> None:
    workspace = await yard.workspace()
    name, file = workspace.name, Path(workspace.repos[0].path) / "a.txt"
    for text in ("one\n", "one\ntwo\n"):
        file.write_text(text)
        await yard.client.take_checkpoint(name, TakeCheckpoint())
    file.write_text("one\ntwo\nthree\n")
    diff = await yard.client.diff(name, base="checkpoint:1", until=2)
    assert [(each.path, each.added, each.removed) for each in diff.files] == [("a.txt", 1, 0)]
    assert (await yard.client.diff(name, base="checkpoint:1")).added == 2
    assert (await yard.client.diff(name, until=1)).added == 1
    assert (await yard.client.diff(name, base="checkpoint:2", until=1)).removed == 1
    assert "+two" in await yard.client.patch(name, base="checkpoint:1", until=2)
    shown = await yard.client.file_diff(
        name, workspace.repos[0].repo_id, "a.txt", base="checkpoint:1", until=2
    )
    assert [line.text for line in shown.lines][-1] == "two"
    with pytest.raises(NotFoundError, match="no checkpoint 7") as refusal:
        await yard.client.diff(name, base="checkpoint:7")
    assert "checkpoints" in refusal.value.hint


async def test_going_back_is_refused_while_an_agent_works(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = yard.fifo()
    monkeypatch.setenv("GATE", str(gate))
    workspace = await yard.workspace()
    name = workspace.name
    await yard.client.take_checkpoint(name, TakeCheckpoint())
    async with yard.watch() as watch:
        await yard.client.send(name, SendPrompt(prompt="x", agent="gated"))
        await watch.until(ProcessChanged, lambda each: each.process.status is ProcessStatus.RUNNING)
    with pytest.raises(ConflictError, match="an agent works") as refusal:
        await yard.client.restore_to(name, RestoreTo(number=1))
    assert "workspace stop" in refusal.value.hint
    await asyncio.to_thread(gate.write_text, "go\n")
    await yard.turn(name)


async def test_a_closed_workspace_can_go_back_too(yard: Yard) -> None:
    workspace = await yard.workspace()
    file = Path(workspace.repos[0].path) / "new.txt"
    file.write_text("kept\n")
    await yard.client.take_checkpoint(workspace.name, TakeCheckpoint())
    file.unlink()
    await yard.done(await yard.client.close_workspace(workspace.name))
    await yard.done(await yard.client.restore_to(workspace.name, RestoreTo(number=1)))
    assert file.read_text() == "kept\n"
    assert (await yard.client.workspace(workspace.name)).state is WorkspaceState.CLOSED


async def test_bad_requests_change_nothing(yard: Yard) -> None:
    workspace = await yard.workspace()
    for body in (TakeCheckpoint(message="x" * 501), TakeCheckpoint(message="\0")):
        with pytest.raises(UsageError):
            await yard.client.take_checkpoint(workspace.name, body)
    with pytest.raises(NotFoundError, match="no checkpoint 3"):
        await yard.client.restore_to(workspace.name, RestoreTo(number=3))
    with pytest.raises(NotFoundError):
        await yard.client.checkpoints("no-such")
    assert await yard.client.checkpoints(workspace.name) == ()


async def test_what_changes_while_it_goes_back_is_not_lost(yard: Yard) -> None:
    """The present, with a file that is ignored and in the way, is the checkpoint before."""
    workspace = await yard.workspace()
    name, folder = workspace.name, Path(workspace.repos[0].path)
    (folder / "result").write_text("old\n")
    await yard.client.take_checkpoint(name, TakeCheckpoint())
    (folder / ".gitignore").write_text("result\n")
    (folder / "result").write_text("precious\n")
    await yard.done(await yard.client.restore_to(name, RestoreTo(number=1)))
    assert (folder / "result").read_text() == "old\n"
    last = (await yard.client.checkpoints(name))[-1]
    assert last.kind is CheckpointKind.BEFORE_RESTORE
    await yard.done(await yard.client.restore_to(name, RestoreTo(number=last.number)))
    assert (folder / "result").read_text() == "precious\n"
    process = await yard.client.run_command(name, RunCommand(argv=("git", "status", "--porcelain")))
    await yard.client.wait_process(process.id)
    assert (await yard.client.log(process.id)).text == "?? .gitignore\n"


async def test_copied_files_stay_as_they_are(yard: Yard) -> None:
    repository = yard.repository("repo", {"README.md": "# Repo\n"})
    (repository / ".env").write_text("KEY=1\n")
    await yard.task("x", repository)
    await yard.client.update_repo("repo", UpdateRepo(copy_files=(".env",)))
    workspace = await yard.workspace(repository)
    name, folder = workspace.name, Path(workspace.repos[0].path)
    await yard.client.take_checkpoint(name, TakeCheckpoint())
    (folder / ".env").write_text("KEY=2\n")
    (folder / "README.md").write_text("changed\n")
    await yard.done(await yard.client.restore_to(name, RestoreTo(number=1)))
    assert (folder / ".env").read_text() == "KEY=2\n"
    assert (folder / "README.md").read_text() == "# Repo\n"
    assert {each.files for each in await yard.client.checkpoints(name)} == {0, 1}


async def test_a_zip_is_written_and_read_into_another_workspace(yard: Yard, tmp_path: Path) -> None:
    workspace = await yard.workspace()
    name, folder = workspace.name, Path(workspace.repos[0].path)
    (folder / "new.txt").write_text("new\n")
    (folder / "hollow").mkdir()
    await yard.client.take_checkpoint(name, TakeCheckpoint(message="all [b]well"))
    file = tmp_path / "kept.zip"
    size = await export_to(yard.client, name, 1, file)
    assert size == file.stat().st_size
    with pytest.raises(ConflictError, match="is there already"):
        await export_to(yard.client, name, 1, file)

    other = await yard.workspace(title="Another")
    there = Path(other.repos[0].path)
    made = await import_from(yard.client, other.name, file)
    assert (made.kind, made.files) == (CheckpointKind.MANUAL, 1)
    assert made.message == f"imported {name}-1: all [b]well"
    assert not (there / "new.txt").exists(), "an import restores nothing"
    await yard.done(await yard.client.restore_to(other.name, RestoreTo(number=made.number)))
    assert (there / "new.txt").read_text() == "new\n"
    assert (there / "hollow").is_dir()
    assert list(yard.home.exchange.iterdir()) == []


async def test_a_file_that_is_none_makes_no_checkpoint(yard: Yard, tmp_path: Path) -> None:
    workspace = await yard.workspace()
    file = tmp_path / "bad.zip"
    file.write_bytes(b"no zip")
    with pytest.raises(UsageError, match="no whole zip"):
        await import_from(yard.client, workspace.name, file)
    for path in ("../x.zip", "/etc/passwd", "a.txt", ".zip", "missing.zip"):
        with pytest.raises(NotFoundError):
            await yard.client.import_checkpoint(workspace.name, ImportCheckpoint(file=path))
    with pytest.raises(NotFoundError, match="no file"):
        await import_from(yard.client, workspace.name, tmp_path / "missing.zip")
    assert await yard.client.checkpoints(workspace.name) == ()
    assert list(yard.home.exchange.iterdir()) == []
