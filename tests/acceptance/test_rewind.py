"""A turn that went wrong is taken back, files and conversation, and given back again."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ConflictError, NotFoundError
from core.values.conversation import EntryKind
from core.values.requests import RestoreTo, RewindWorkspace, SendPrompt
from tests.yard import Yard


async def prompts(yard: Yard, name: str) -> list[str]:
    entries = (await yard.client.conversation(name)).entries
    return [entry.text for entry in entries if entry.kind is EntryKind.USER]


async def test_a_turn_is_taken_back_and_the_taking_back_undone() -> None:
    async with Yard() as yard:
        workspace = await yard.workspace(agent="writer", prompt="one")
        name, file = workspace.name, Path(workspace.repos[0].path) / "WORK.md"
        first = await yard.turn(name)
        sent = []
        for prompt, agent in (("two", "writer"), ("three", "failing")):
            process = await yard.client.send(name, SendPrompt(prompt=prompt, agent=agent))
            sent.append((await yard.client.wait_process(process.id)).id)
            await yard.engine._context.supervisor.settle(name)
        rewound = await yard.done(await yard.client.rewind(name, RewindWorkspace(process=sent[0])))
        assert file.read_text() == "one\n"
        assert await prompts(yard, name) == ["one"]
        state = await yard.client.workspace(name)
        assert (state.turns, state.agent, state.process_id) == (1, "writer", first.id)
        dropped = [p.id for p in await yard.client.processes(name) if p.dropped]
        assert set(dropped) == set(sent)
        with pytest.raises(ConflictError, match="already"):
            await yard.client.rewind(name, RewindWorkspace(process=sent[0]))
        with pytest.raises(NotFoundError):
            await yard.client.rewind(name, RewindWorkspace(process="0" * 32))

        before = rewound.result["before"]
        assert isinstance(before, int)
        await yard.done(await yard.client.restore_to(name, RestoreTo(number=before)))
        assert file.read_text() == "one\ntwo\n"
        assert (await yard.client.workspace(name)).turns == 3
        assert await prompts(yard, name) == ["three"]


async def test_the_next_prompt_begins_anew_and_tells_the_turns_that_are_left() -> None:
    async with Yard() as yard:
        workspace = await yard.workspace(agent="writer", prompt="one")
        await yard.turn(workspace)
        await yard.client.send(workspace.name, SendPrompt(prompt="two"))
        second = await yard.turn(workspace)
        await yard.done(await yard.client.rewind(workspace.name, RewindWorkspace(process=second.id)))
        await yard.client.send(workspace.name, SendPrompt(prompt="better"))
        third = await yard.turn(workspace)
        turn = await yard.client.turn(third.id)
        assert turn.prompt == "better"
        assert "> one" in turn.sent and "two" not in turn.sent
        assert await prompts(yard, workspace.name) == ["one", "better"]
        assert len(await yard.client.sessions(workspace.name)) == 1
