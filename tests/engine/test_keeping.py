"""Workspaces that rest: archived and shown again, pinned, closed when idle, deleted when they are old."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from pathlib import Path

import pytest

from core.errors import ConflictError, NotFoundError, UsageError
from core.values.events import Noticed, WorkspaceChanged
from core.values.requests import (
    ArchiveWorkspace,
    EmptyTrash,
    RunCommand,
    TakeCheckpoint,
    UpdateRepo,
    UpdateWorkspace,
)
from core.values.states import OperationStatus, WorkspaceState
from tests.yard import Yard, git

pytestmark = pytest.mark.slow

HOUR = 3600.0
KEPT = 30 * 24 * HOUR
"""What is promised."""


def later(yard: Yard, seconds: float) -> None:
    """The engine's clock is ahead from now on."""
    yard.engine._context.clock = lambda: time.time() + seconds


class TestArchive:
    async def test_it_runs_the_scripts_closes_and_hides_and_restoring_shows_it_again(
        self, yard: Yard
    ) -> None:
        workspace = await yard.workspace()
        name, code = workspace.name, Path(workspace.repos[0].path)
        await yard.client.update_repo("repo", UpdateRepo(archive_script="echo bye > ../archived"))
        running = await yard.client.run_command(name, RunCommand(argv=("sleep", "600")))
        await yard.done(await yard.client.archive_workspace(name, ArchiveWorkspace()))
        assert (code.parent / "archived").read_text() == "bye\n"
        assert (await yard.client.process(running.id)).completed_at is not None
        assert await yard.client.workspaces() == ()
        (archived,) = await yard.client.workspaces(archived=True)
        assert (archived.state, archived.archived) == (WorkspaceState.CLOSED, True)
        with pytest.raises(ConflictError, match="archived already") as refusal:
            await yard.client.archive_workspace(name, ArchiveWorkspace())
        assert "--undo" in refusal.value.hint

        assert (await yard.client.unarchive_workspace(name)).state is WorkspaceState.CLOSED
        assert [each.name for each in await yard.client.workspaces()] == [name]
        await yard.done(await yard.client.archive_workspace(name, ArchiveWorkspace()))
        await yard.done(await yard.client.restore_workspace(name))
        assert (await yard.client.workspace(name)).archived is False

    async def test_a_script_that_fails_hides_nothing_and_can_be_skipped(self, yard: Yard) -> None:
        workspace = await yard.workspace()
        await yard.client.update_repo("repo", UpdateRepo(archive_script="exit 3"))
        operation = await yard.client.archive_workspace(workspace.name, ArchiveWorkspace())
        ended = await yard.client.wait_operation(operation.id)
        assert ended.status is OperationStatus.FAILED
        assert ended.error is not None and "archive script of repo failed" in str(ended.error["message"])
        assert "--skip-script" in str(ended.error["hint"])
        shown = await yard.client.workspace(workspace.name)
        assert (shown.state, shown.archived) == (WorkspaceState.OPEN, False)
        await yard.done(
            await yard.client.archive_workspace(workspace.name, ArchiveWorkspace(skip_script=True))
        )


class TestIdle:
    async def idle(self, yard: Yard, minutes: float = 30) -> str:
        workspace = await yard.workspace()
        await yard.client.update_workspace(workspace.name, UpdateWorkspace(idle_minutes=minutes))
        return workspace.name

    async def state(self, yard: Yard, name: str) -> WorkspaceState:
        await yard.engine.housekeeping.look()
        return (await yard.client.workspace(name)).state

    async def test_it_closes_says_why_and_loses_nothing(self, yard: Yard) -> None:
        name = await self.idle(yard)
        file = Path((await yard.client.workspace(name)).repos[0].path) / "new.txt"
        file.write_text("kept\n")
        later(yard, 29 * 60)
        assert await self.state(yard, name) is WorkspaceState.OPEN
        later(yard, 31 * 60)
        async with yard.watch() as watch:
            assert await self.state(yard, name) is WorkspaceState.CLOSED
            told = await watch.until(WorkspaceChanged, lambda each: "by itself" in each.workspace.notice)
            noticed = await watch.until(Noticed)
        assert told.workspace.notice.startswith("Closed by itself after 30 idle minutes")
        assert noticed.notice.text == f"{name} was closed after 30 idle minutes; everything is kept"
        assert file.read_text() == "kept\n"
        assert (await yard.client.diff(name)).added == 1
        await yard.done(await yard.client.restore_workspace(name))
        assert "by itself" not in (await yard.client.workspace(name)).notice
        assert "isolates" in (await yard.client.workspace(name)).notice

    async def test_the_host_never_closes_by_default_and_0_is_never(self, yard: Yard) -> None:
        workspace = await yard.workspace()
        later(yard, 1000 * HOUR)
        assert await self.state(yard, workspace.name) is WorkspaceState.OPEN
        await yard.client.update_workspace(workspace.name, UpdateWorkspace(idle_minutes=0))
        assert await self.state(yard, workspace.name) is WorkspaceState.OPEN

    async def test_a_pinned_one_and_one_where_something_runs_stay(self, yard: Yard) -> None:
        name = await self.idle(yard)
        later(yard, HOUR)
        await yard.client.update_workspace(name, UpdateWorkspace(pinned=True))
        assert await self.state(yard, name) is WorkspaceState.OPEN
        await yard.client.update_workspace(name, UpdateWorkspace(pinned=False))
        await yard.client.run_command(name, RunCommand(argv=("sleep", "600")))
        assert await self.state(yard, name) is WorkspaceState.OPEN
        await yard.client.stop_workspace(name)
        assert await self.state(yard, name) is WorkspaceState.CLOSED

    async def test_an_open_shell_is_activity(self, yard: Yard) -> None:
        name = await self.idle(yard)
        gate = yard.fifo()
        argv = await yard.client.shell_argv(name, RunCommand(argv=("sh", "-c", f"read line < {gate}; exit")))
        shell = await asyncio.create_subprocess_exec(*argv)
        async with asyncio.timeout(20):
            writer = await asyncio.to_thread(os.open, gate, os.O_WRONLY)  # the shell is there
        later(yard, HOUR)
        assert await self.state(yard, name) is WorkspaceState.OPEN
        os.write(writer, b"go\n")
        os.close(writer)
        await shell.wait()
        later(yard, 2 * HOUR)
        assert await self.state(yard, name) is WorkspaceState.CLOSED

    async def test_the_engine_stays_for_what_is_to_close(self, yard: Yard) -> None:
        name = await self.idle(yard)
        await yard.engine.housekeeping.look()
        assert yard.engine.housekeeping.waiting == 1
        await yard.done(await yard.client.close_workspace(name))
        await yard.engine.housekeeping.look()
        assert yard.engine.housekeeping.waiting == 0


class TestTrash:
    async def test_what_can_be_recovered_is_listed_with_its_size_and_end(self, yard: Yard) -> None:
        workspace = await yard.workspace(title="Sail")
        assert await yard.client.trash() == ()
        await yard.remove(workspace.name)
        (found,) = await yard.client.trash()
        assert (found.name, found.task_title) == (workspace.name, "Sail")
        assert found.expires_at - found.removed_at == KEPT
        assert found.files > 3 and found.size > 1000

    async def test_it_is_emptied_by_age(self, yard: Yard) -> None:
        workspace = await yard.workspace()
        await yard.remove(workspace.name)
        later(yard, KEPT - HOUR)
        await yard.engine.housekeeping.look()
        assert len(await yard.client.trash()) == 1
        later(yard, KEPT + HOUR)
        await yard.engine.housekeeping.look()
        assert await yard.client.trash() == ()
        assert list(yard.home.trash.iterdir()) == []
        depot = yard.home.depots / f"{workspace.repos[0].repo_id}.git"
        assert workspace.name not in git(depot, "for-each-ref", "--format=%(refname)")
        with pytest.raises(NotFoundError):
            await yard.client.recover_workspace(workspace.name)

    async def test_it_is_emptied_earlier_only_by_name_or_all_with_a_report(self, yard: Yard) -> None:
        names = [(await yard.workspace(title=title)).name for title in ("one", "two", "three")]
        for name in names[:2]:
            await yard.remove(name)
        for body in (EmptyTrash(), EmptyTrash(names=(names[0],), all=True)):
            with pytest.raises(UsageError):
                await yard.client.empty_trash(body)
        with pytest.raises(ConflictError, match="not in the trash"):
            await yard.client.empty_trash(EmptyTrash(names=(names[0], names[2])))
        dry = await yard.client.empty_trash(EmptyTrash(all=True, dry_run=True))
        assert ({each.name for each in dry.workspaces}, dry.deleted) == (set(names[:2]), False)
        assert len(await yard.client.trash()) == 2
        report = await yard.client.empty_trash(EmptyTrash(names=(names[0],)))
        assert ([each.name for each in report.workspaces], report.deleted) == ([names[0]], True)
        assert report.size > 0
        assert [each.name for each in await yard.client.trash()] == [names[1]]
        await yard.done(await yard.client.recover_workspace(names[1]))


class TestWithoutFolder:
    async def used(self, yard: Yard) -> str:
        workspace = await yard.workspace()
        script = "echo c > c; git add c; git commit -qm c; echo u > u"
        process = await yard.client.run_command(workspace.name, RunCommand(argv=("sh", "-c", script)))
        await yard.client.wait_process(process.id)
        await yard.client.take_checkpoint(workspace.name, TakeCheckpoint())
        return workspace.name

    async def whole(self, yard: Yard, name: str) -> None:
        folder = Path((await yard.client.workspace(name)).repos[0].path)
        assert (folder / "u").read_text() == "u\n"
        assert git(folder, "log", "-1", "--format=%s") == "c"
        assert git(folder, "status", "--porcelain") == "?? u"

    async def test_a_removed_one_comes_back_even_without_its_folder(self, yard: Yard) -> None:
        name = await self.used(yard)
        await yard.remove(name)
        shutil.rmtree(yard.home.trash / name)
        await yard.done(await yard.client.recover_workspace(name))
        await self.whole(yard, name)
