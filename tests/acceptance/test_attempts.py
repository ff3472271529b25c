"""Several attempts at one task side by side: measured, checked, compared with each other, one chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ConflictError, UsageError
from core.values.attempts import CheckState
from core.values.requests import ChooseAttempt, NewWorkspace, RunCommand, UpdateRepo
from core.values.states import WorkspaceState
from tests.yard import Yard

pytestmark = pytest.mark.slow


async def attempted(yard: Yard) -> tuple[str, Path]:
    """A task with two attempts; gives its id and the folder of the second one's clone."""
    repository = yard.repository("repo", {"a.txt": "a\n"})
    first = await yard.workspace(repository, name="first", agent="writer", prompt="one")
    await yard.turn(first)
    body = NewWorkspace(task=first.task_id, name="second", agent="writer", prompt="two")
    await yard.done(await yard.client.new_workspace(body))
    await yard.turn("second")
    for name in ("first", "second"):
        await yard.engine._context.supervisor.settle(name)
    folder = Path((await yard.client.workspace("second")).repos[0].path)
    (folder / "a.txt").write_text("changed\n" * 3)
    return first.task_id, folder


async def test_they_are_measured_and_checked(yard: Yard) -> None:
    task, folder = await attempted(yard)
    with pytest.raises(UsageError, match="check script") as refused:
        await yard.client.check("second")
    assert "--check-script" in refused.value.hint
    await yard.client.update_repo(str(yard.repository()), UpdateRepo(check_script="test ! -e broken"))
    assert (await yard.client.check("first")).passed
    (folder / "broken").touch()
    answer = await yard.client.check("second")
    assert not answer.passed and "check of repo failed" in answer.reason
    first, second = await yard.client.attempts(task)
    assert (first.workspace, first.agent, first.files, first.added, first.removed) == (
        "first",
        "writer",
        1,
        1,
        0,
    )
    assert (first.check, first.check_stale, first.size) == (CheckState.PASSED, False, len("one\n"))
    assert (second.files, second.check) == (3, CheckState.FAILED)
    assert second.paths == ("repo/WORK.md", "repo/a.txt", "repo/broken")
    assert (first.spent.turns, first.landed, first.conflicts) == (1, False, 0)
    assert first.summary == "did: one" and first.spent.minutes >= 0
    (folder / "broken").unlink()
    assert (await yard.client.attempts(task))[1].check_stale
    assert (await yard.client.check("second")).passed
    _, second = await yard.client.attempts(task)
    assert (second.check, second.check_stale) == (CheckState.PASSED, False)


async def test_their_differences_are_a_diff_of_diffs(yard: Yard) -> None:
    await attempted(yard)
    files = (await yard.client.diff("second", base="workspace:first")).files
    assert {file.path: (file.added, file.removed) for file in files} == {"WORK.md": (1, 1), "a.txt": (3, 1)}


async def test_one_is_chosen_and_the_others_are_archived(yard: Yard) -> None:
    task, _ = await attempted(yard)
    running = await yard.client.run_command("first", RunCommand(argv=("sleep", "600")))
    with pytest.raises(ConflictError, match="still runs"):
        await yard.client.choose_attempt(task, ChooseAttempt(workspace="second"))
    await yard.client.stop_process(running.id)
    with pytest.raises(UsageError, match="no attempt"):
        await yard.client.choose_attempt(task, ChooseAttempt(workspace="third"))
    (operation,) = await yard.client.choose_attempt(task, ChooseAttempt(workspace="second"))
    await yard.done(operation)
    assert [each.workspace for each in await yard.client.attempts(task)] == ["second"]
    archived = await yard.client.workspace("first")
    assert archived.archived and archived.state is WorkspaceState.CLOSED


async def test_what_the_agent_said_it_did_is_the_drafted_message_of_the_merge(yard: Yard) -> None:
    task, _ = await attempted(yard)
    title = (await yard.client.task(task)).title
    assert (await yard.client.merge_preview("first")).message == f"{title}\n\ndid: one"
