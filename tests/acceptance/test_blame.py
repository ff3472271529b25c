"""For any line of a workspace: which turn, which prompt, which tool call brought it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.errors import NotFoundError
from core.git.path_text import name_to_text
from core.values.events import ApprovalChanged
from core.values.provenance import Origin
from core.values.requests import AnswerApproval, RestoreTo, TakeCheckpoint
from tests.acceptance.written_file import PATH, written_by_turns_and_hand
from tests.yard import Yard

pytestmark = pytest.mark.slow


async def test_each_line_knows_the_turn_and_the_prompt_that_brought_it(yard: Yard) -> None:
    written = await written_by_turns_and_hand(yard, "one")
    file = written.file
    file.write_text(file.read_text() + "not kept yet\n")
    assert file.read_text().splitlines() == ["from before", "one", "by hand", "two", "not kept yet"]
    found = await yard.client.blame("work", PATH)
    assert [(each.first, each.last, each.origin) for each in found] == [
        (1, 1, Origin.BASE), (2, 2, Origin.TURN), (3, 3, Origin.HAND), (4, 4, Origin.TURN),
        (5, 5, Origin.HAND),
    ]  # fmt: skip
    assert [(each.process_id, each.prompt) for each in found if each.origin is Origin.TURN] == [
        (written.first, "one"), (written.second, "two"),
    ]  # fmt: skip
    for path in ("repo/none.md", "other/WORK.md", "repo", "repo/../../x"):
        with pytest.raises(NotFoundError):
            await yard.client.blame("work", path)


async def test_a_file_without_lines_says_so_and_one_of_any_name_is_found(yard: Yard) -> None:
    workspace = await yard.workspace(yard.repository(), name="work", agent="writer", prompt="one")
    await yard.turn(workspace)
    folder = Path(workspace.repos[0].path)
    (folder / "picture.bin").write_bytes(b"\0\1\n\2")
    (folder / "empty.txt").touch()
    name = b"caf\xe9.txt"
    (folder / os.fsdecode(name)).write_text("by hand\n")
    for path, why in (("picture.bin", "binary"), ("empty.txt", "empty")):
        with pytest.raises(NotFoundError, match=f"is {why}: it has no lines"):
            await yard.client.blame("work", f"repo/{path}")
    (line,) = await yard.client.blame("work", f"repo/{name_to_text(name)}")
    assert (line.first, line.last) == (1, 1)


async def test_lines_that_a_restore_brought_back_know_who_brought_them_first(yard: Yard) -> None:
    workspace = await yard.workspace(yard.repository(), name="work", agent="writer", prompt="one")
    turn = await yard.turn(workspace)
    await yard.engine._context.supervisor.settle("work")
    file = Path(workspace.repos[0].path) / "WORK.md"
    kept = await yard.client.take_checkpoint("work", TakeCheckpoint(message="good"))
    file.write_text("all wrong\n")
    undone = await yard.done(await yard.client.restore_to("work", RestoreTo(number=kept.number)))
    assert file.read_text() == "one\n"
    (line,) = await yard.client.blame("work", "repo/WORK.md")
    assert (line.origin, line.process_id) == (Origin.TURN, turn.id)
    before = undone.result["before"]
    assert isinstance(before, int)
    await yard.done(await yard.client.restore_to("work", RestoreTo(number=before)))
    (line,) = await yard.client.blame("work", "repo/WORK.md")
    assert (line.origin, file.read_text()) == (Origin.HAND, "all wrong\n")


async def test_a_line_knows_the_tool_call_that_reported_it(yard: Yard) -> None:
    repository = yard.repository("repo", {"README.md": "# Repo\n"})
    workspace = await yard.workspace(repository, name="work", agent="demo", prompt="Describe README.md")
    async with yard.watch() as watch:
        pending = await yard.client.approvals("work")
        asked = pending[0] if pending else (await watch.until(ApprovalChanged)).approval
    await yard.client.answer_approval(asked.id, AnswerApproval(option=asked.options[0].id))
    turn = await yard.turn(workspace)
    await yard.engine._context.supervisor.settle("work")
    (changed, *_) = (await yard.client.diff("work")).files
    lines = [each for each in await yard.client.blame("work", f"repo/{changed.path}") if each.process_id]
    assert lines and {each.process_id for each in lines} == {turn.id}
    conversation = {entry.id: entry for entry in (await yard.client.conversation("work")).entries}
    for each in lines:
        assert conversation[each.entry_id].edits[0].path.endswith(changed.path)
        assert each.tool and each.agent == "demo"
