"""A clock that is set back: what came later is still the later, and nothing took less than no time."""

from __future__ import annotations

import time

import pytest

from core.values.requests import SendPrompt, TakeCheckpoint
from core.values.states import OperationStatus, ProcessStatus, RunReason
from tests.yard import Yard

BACK = 3 * 3600.0


async def test_turns_sessions_and_operations_keep_their_order(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = await yard.workspace(agent="writer", prompt="one")
    await yard.turn(workspace)
    await yard.client.send(workspace.name, SendPrompt(prompt="two"))
    await yard.turn(workspace)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() - BACK)
    await yard.restart()
    for prompt, agent in (("three", "writer"), ("four", "failing"), ("five", "writer")):
        sent = await yard.client.send(workspace.name, SendPrompt(prompt=prompt, agent=agent))
        assert (await yard.client.workspace(workspace.name)).process_id == sent.id, prompt
        ended = await yard.turn(workspace)
        assert ended.id == sent.id
        assert ended.completed_at is not None and ended.completed_at >= ended.started_at
    turns = [p for p in await yard.client.processes(workspace.name) if p.run_reason is RunReason.CODING_AGENT]
    told = [(await yard.client.turn(each.id)).prompt for each in reversed(turns)]
    assert told == ["one", "two", "three", "four", "five"]
    assert [each.status for each in turns].count(ProcessStatus.FAILED) == 1
    await yard.engine._context.supervisor.settle(workspace.name)
    await yard.client.take_checkpoint(workspace.name, TakeCheckpoint(message="kept"))
    kept = await yard.client.checkpoints(workspace.name)
    assert kept[-1].message == "kept" and [each.number for each in kept] == list(range(1, len(kept) + 1))
    for begin in (yard.client.close_workspace, yard.client.restore_workspace):
        ended_operation = await yard.client.wait_operation((await begin(workspace.name)).id)
        assert ended_operation.status is OperationStatus.DONE
    assert (await yard.client.workspace(workspace.name)).turns == 5
