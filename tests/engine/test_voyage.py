"""A task from its beginning to its merge, through the client alone."""

from __future__ import annotations

import pytest

from core.errors import ConflictError
from core.values.conversation import EntryKind
from core.values.events import ApprovalChanged, OperationChanged, ProcessChanged, TaskChanged
from core.values.requests import AnswerApproval, MergeWorkspace, RunCommand, RunTask, SendPrompt
from core.values.states import (
    Activity,
    ApprovalStatus,
    MergeStyle,
    OperationStatus,
    ProcessStatus,
    TaskStatus,
    WorkspaceState,
)
from tests.yard import Yard, git


async def test_a_task_goes_from_todo_to_done_by_run_review_and_merge(yard: Yard) -> None:
    repository = yard.repository()
    async with yard.watch() as watch:
        operation = await yard.client.run_task(
            RunTask(title="Say hello", repos=(str(repository),), agent="writer")
        )
        await yard.done(operation)
        assert (await yard.turn(operation.workspace)).status is ProcessStatus.COMPLETED
        reviewed = await watch.until(TaskChanged, lambda e: e.task.status is TaskStatus.IN_REVIEW)
        statuses = [e.task.status for e in watch.seen if isinstance(e, TaskChanged)]
    assert statuses == [TaskStatus.TODO, TaskStatus.IN_PROGRESS, TaskStatus.IN_REVIEW]
    assert reviewed.task.title == "Say hello"

    diff = await yard.client.diff(operation.workspace)
    assert [(file.path, file.added) for file in diff.files] == [("WORK.md", 1)]
    merged = await yard.client.merge(operation.workspace, MergeWorkspace())
    assert git(repository, "rev-parse", "main") == merged.merges[0].commit
    assert git(repository, "show", "main:WORK.md") == "Say hello"
    (task,) = await yard.client.tasks()
    assert task.status is TaskStatus.DONE


@pytest.mark.parametrize("style", list(MergeStyle))
async def test_each_style_of_merge_lands_the_work(yard: Yard, style: MergeStyle) -> None:
    repository = yard.repository()
    before = git(repository, "rev-parse", "main")
    workspace = await yard.workspace(agent="writer", prompt="one")
    await yard.turn(workspace)
    preview = await yard.client.merge_preview(workspace.name, style)
    assert (preview.repos[0].old, preview.repos[0].files, preview.conflicts) == (before, 1, ())
    assert git(repository, "rev-parse", "main") == before, "a preview moves nothing"

    result = await yard.client.merge(workspace.name, MergeWorkspace(style=style, message="Land it"))
    assert result.merges[0].style is style
    parents = git(repository, "rev-list", "--parents", "-1", "main").split()[1:]
    assert len(parents) == (2 if style is MergeStyle.MERGE else 1)
    assert before in parents
    assert git(repository, "show", "main:WORK.md") == "one"
    assert (await yard.client.workspace(workspace.name)).added == 0, "landed work is no change any more"


async def test_a_conflict_changes_nothing_and_names_the_file(yard: Yard) -> None:
    repository = yard.repository("repo", {"WORK.md": "base\n"})
    workspace = await yard.workspace(agent="writer", prompt="mine")
    await yard.turn(workspace)
    (repository / "WORK.md").write_text("theirs\n")
    git(repository, "commit", "-aqm", "theirs")
    before = git(repository, "rev-parse", "main")

    preview = await yard.client.merge_preview(workspace.name)
    assert [conflict.path for conflict in preview.conflicts] == ["WORK.md"]
    with pytest.raises(ConflictError, match=r"WORK\.md|conflict"):
        await yard.client.merge(workspace.name, MergeWorkspace())
    assert git(repository, "rev-parse", "main") == before
    assert git(repository, "status", "--porcelain") == ""


async def test_the_demo_agent_asks_is_answered_and_takes_a_follow_up(yard: Yard) -> None:
    async with yard.watch() as watch:
        workspace = await yard.workspace(title="Describe README.md", agent="demo")
        asked = await watch.until(ApprovalChanged, lambda e: e.approval.status is ApprovalStatus.PENDING)
        assert (await yard.client.workspace(workspace.name)).activity is Activity.WAITING
        assert await yard.client.approvals(workspace.name) == (asked.approval,)
        while (await yard.client.workspace(workspace.name)).activity is Activity.WAITING:
            for approval in await yard.client.approvals(workspace.name):
                await yard.client.answer_approval(approval.id, AnswerApproval())
            await watch.until(
                ProcessChanged, lambda e: e.process.workspace == workspace.name and e.process.status.ended
            )
        first = await yard.turn(workspace)
    assert first.status is ProcessStatus.COMPLETED, first

    sent = await yard.client.send(workspace.name, SendPrompt(prompt="Thanks, and explain README.md"))
    assert (await yard.client.workspace(workspace.name)).turns == 2
    await yard.client.stop_workspace(workspace.name)
    conversation = await yard.client.conversation(workspace.name)
    users = [entry.text for entry in conversation.entries if entry.kind is EntryKind.USER]
    assert users == ["Describe README.md", "Thanks, and explain README.md"]
    assert (await yard.client.process(sent.id)).status.ended


async def test_a_workspace_over_two_repositories_merges_into_both(yard: Yard) -> None:
    one, two = yard.repository("one"), yard.repository("two")
    workspace = await yard.workspace(one, two)
    assert [repo.name for repo in workspace.repos] == ["one", "two"]
    script = "for r in one two; do echo $r > $r/NEW.md; done"
    process = await yard.client.run_command(workspace.name, RunCommand(argv=("sh", "-c", script)))
    assert (await yard.client.wait_process(process.id)).status is ProcessStatus.COMPLETED
    diff = await yard.client.diff(workspace.name)
    assert len({file.repo_id for file in diff.files}) == 2
    result = await yard.client.merge(workspace.name, MergeWorkspace())
    assert len(result.merges) == 2
    assert (git(one, "show", "main:NEW.md"), git(two, "show", "main:NEW.md")) == ("one", "two")


async def test_the_patch_of_two_repositories_can_be_applied_renames_included(yard: Yard) -> None:
    files = {"README.md": "# Repo\n", "old.txt": "".join(f"line {n}\n" for n in range(50))}
    one, two = yard.repository("one", files), yard.repository("two", files)
    workspace = await yard.workspace(one, two)
    script = "for r in one two; do mv $r/old.txt $r/new.txt; echo more >> $r/new.txt; done"
    process = await yard.client.run_command(workspace.name, RunCommand(argv=("sh", "-c", script)))
    assert (await yard.client.wait_process(process.id)).status is ProcessStatus.COMPLETED
    patch = yard.folder / "both.patch"
    patch.write_text(await yard.client.patch(workspace.name))
    git(yard.folder, "apply", str(patch))
    for repository in (one, two):
        assert not (repository / "old.txt").exists()
        assert (repository / "new.txt").read_text().endswith("line 49\nmore\n")


async def test_the_steps_of_a_creation_are_told_as_they_happen(yard: Yard) -> None:
    async with yard.watch() as watch:
        operation = await yard.begin(agent="writer")
        await watch.until(
            OperationChanged,
            lambda e: e.operation.id == operation.id and e.operation.status is OperationStatus.DONE,
        )
        told = [
            [step.name for step in event.operation.steps if step.ended_at]
            for event in watch.seen
            if isinstance(event, OperationChanged)
        ]
    names = ["depot", "clone", "files", "environment", "agent", "setup", "start"]
    for count in range(len(names) + 1):
        assert names[:count] in told
    ended = await yard.client.operation(operation.id)
    assert all(step.started_at and step.ended_at and step.ended_at >= step.started_at for step in ended.steps)
    assert (await yard.client.workspace(operation.workspace)).state is WorkspaceState.OPEN
