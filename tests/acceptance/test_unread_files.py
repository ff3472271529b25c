"""What nobody can read is told, and nothing is merged without it or brought over it."""

from __future__ import annotations

import pytest

from core.errors import BoatyardError, ConflictError
from core.values.entities import Workspace
from core.values.requests import MergeWorkspace, RestoreTo, RunCommand, TakeCheckpoint
from core.values.states import OperationStatus
from tests.yard import AGENTS, Yard, docker_settings, git

pytestmark = [pytest.mark.container, pytest.mark.slow]


async def inside(yard: Yard, command: str) -> Workspace:
    """Runs a command in the workspace's container, and looks at what it did."""
    process = await yard.client.run_command("work", RunCommand(argv=("sh", "-c", command)))
    assert (await yard.client.wait_process(process.id)).exit_code == 0
    await yard.client.diff("work")
    return await yard.client.workspace("work")


async def test_a_file_that_cannot_be_read_is_told_and_not_left_behind_by_a_merge(docker_engine: str) -> None:
    async with Yard(AGENTS) as yard:
        repository = yard.repository("repo", {"a.txt": "a\n"})
        await yard.workspace(repository, name="work", settings=docker_settings(docker_engine))
        at = "cd repo 2>/dev/null; "
        found = await inside(yard, at + "echo s > s.txt; mkdir d; echo x > d/x; chmod 0 s.txt d")
        assert set(found.repos[0].unread) == {"s.txt", "d/"}
        before = git(repository, "for-each-ref")
        preview = await yard.client.merge_preview("work")
        assert any("s.txt" in told and "cannot be read" in told for told in preview.blocked)
        with pytest.raises(ConflictError, match=r"s\.txt") as refused:
            await yard.client.merge("work", MergeWorkspace())
        assert "chmod" in refused.value.hint
        assert git(repository, "for-each-ref") == before

        found = await inside(yard, at + "chmod u+rX s.txt d")
        assert found.repos[0].unread == ()
        await yard.client.merge("work", MergeWorkspace())
        assert (repository / "s.txt").read_text() == "s\n" and (repository / "d/x").read_text() == "x\n"


async def test_nothing_is_brought_over_what_no_checkpoint_could_give_back(docker_engine: str) -> None:
    async with Yard(AGENTS) as yard:
        repository = yard.repository("repo", {"a.txt": "a\n"})
        await yard.workspace(repository, name="work", settings=docker_settings(docker_engine))
        at = "cd repo 2>/dev/null; "
        await inside(yard, at + "echo one > a.txt")
        kept = await yard.client.take_checkpoint("work", TakeCheckpoint(message="one"))
        await inside(yard, at + "echo two > a.txt; chmod 0 a.txt")
        with pytest.raises(BoatyardError, match=r"a\.txt"):
            ended = await yard.client.wait_operation(
                (await yard.client.restore_to("work", RestoreTo(number=kept.number))).id
            )
            assert ended.status is not OperationStatus.DONE
            raise ConflictError(str((ended.error or {})["message"]))
        await inside(yard, at + "chmod u+r a.txt; grep -q two a.txt")
        await yard.done(await yard.client.restore_to("work", RestoreTo(number=kept.number)))
        await inside(yard, at + "grep -q one a.txt")
