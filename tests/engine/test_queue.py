"""The queue: order, pauses, and every prompt sent exactly once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from core.errors import ConflictError, NotFoundError, UsageError
from core.values.entities import Process, QueuedPrompt
from core.values.events import ProcessChanged, QueueChanged
from core.values.requests import SendPrompt, UpdateQueued, UpdateRepo
from core.values.states import Activity, ProcessStatus, RunReason
from tests.yard import Yard


@pytest.fixture
def gate(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the agent `gated` waits; a line lets it go on."""
    path = yard.fifo()
    monkeypatch.setenv("GATE", str(path))
    return path


async def open_gate(gate: Path) -> None:
    await asyncio.to_thread(gate.write_text, "go\n")


async def queued(yard: Yard, name: str, *prompts: str, agent: str = "writer") -> list[str]:
    """Ids of prompts sent while an agent works."""
    sent = [await yard.client.send(name, SendPrompt(prompt=prompt, agent=agent)) for prompt in prompts]
    assert all(isinstance(each, QueuedPrompt) for each in sent)
    return [each.id for each in sent]


async def told(yard: Yard, name: str) -> list[str]:
    """What the agents of a workspace were told, in order."""
    processes = [p for p in await yard.client.processes(name) if p.run_reason == "coding_agent"]
    return [(await yard.client.turn(p.id)).prompt for p in reversed(processes)]


async def all_done(yard: Yard, name: str, turns: int) -> None:
    async with yard.watch() as watch:
        while (await yard.client.workspace(name)).turns < turns:
            await watch.until(ProcessChanged)
            watch.seen.clear()
    await yard.turn(name)


async def test_prompts_are_moved_and_changed_before_they_start(yard: Yard, gate: Path) -> None:
    name = (await yard.workspace(agent="gated", prompt="begin")).name
    first, second, third = await queued(yard, name, "one", "two", "three")
    async with yard.watch() as watch:
        await yard.client.update_queued(name, third, UpdateQueued(position=0))
        event = await watch.until(QueueChanged)
        assert [prompt.prompt for prompt in event.queue] == ["three", "one", "two"]
    changed = await yard.client.update_queued(name, first, UpdateQueued(prompt="ONE", position=99))
    assert (changed.prompt, changed.position) == ("ONE", 2)
    assert [p.position for p in await yard.client.queue(name)] == [0, 1, 2]
    with pytest.raises(UsageError, match="empty"):
        await yard.client.update_queued(name, second, UpdateQueued(prompt=" "))
    await open_gate(gate)
    await all_done(yard, name, 4)
    assert await told(yard, name) == ["begin", "three", "two", "ONE"]
    with pytest.raises(NotFoundError):
        await yard.client.update_queued(name, third, UpdateQueued(position=0))


async def test_a_failed_turn_pauses_the_queue_and_discards_nothing(yard: Yard, gate: Path) -> None:
    name = (await yard.workspace(agent="gated", prompt="begin")).name
    await queued(yard, name, "fail", agent="failing")
    await queued(yard, name, "after")
    async with yard.watch() as watch:
        await open_gate(gate)
        event = await watch.until(ProcessChanged, lambda e: e.process.status is ProcessStatus.FAILED)
        await watch.until(QueueChanged, lambda e: len(e.queue) == 1)
    paused = await yard.client.workspace(name)
    assert (paused.queued, paused.activity) == (1, Activity.FAILED)
    assert paused.queue_paused.startswith("the last turn failed: the command exited with code 3")
    await yard.restart()
    await yard.engine._turns.catch_up()
    assert (await yard.client.workspace(name)).queued == 1, "another engine started what was paused"
    assert event.process.workspace == name
    assert await yard.client.resume_queue(name) == ()
    await yard.turn(name)
    assert await told(yard, name) == ["begin", "fail", "after"]
    assert (await yard.client.workspace(name)).queue_paused == ""
    with pytest.raises(ConflictError, match="nothing waits"):
        await yard.client.resume_queue(name)


async def test_a_stopped_turn_pauses_it_and_a_completed_one_lets_it_go_on(yard: Yard, gate: Path) -> None:
    name = (await yard.workspace(agent="gated", prompt="begin")).name
    await queued(yard, name, "later")
    await yard.client.stop_workspace(name)
    assert (await yard.client.workspace(name)).queue_paused == "the last turn was stopped"
    sent = await yard.client.send(name, SendPrompt(prompt="now", agent="writer"))
    assert isinstance(sent, Process), "a paused queue does not hold back what the user sends now"
    await all_done(yard, name, 3)
    assert await told(yard, name) == ["begin", "now", "later"]


async def test_one_that_cannot_start_stays_and_says_why(yard: Yard, gate: Path) -> None:
    name = (await yard.workspace(agent="gated", prompt="begin")).name
    (prompt,) = await queued(yard, name, "later")
    executors = yard.engine._context.executors._executors
    writer = executors.pop("writer")
    async with yard.watch() as watch:
        await open_gate(gate)
        event = await watch.until(QueueChanged, lambda e: e.queue and e.queue[0].trouble)
    assert "no agent named 'writer'" in event.queue[0].trouble
    assert "could not be started" in (await yard.client.workspace(name)).queue_paused
    executors["writer"] = writer
    await yard.client.resume_queue(name)
    await yard.turn(name)
    assert (await yard.client.turn(prompt)).prompt == "later"


@pytest.mark.parametrize("restarted", [False, True], ids=["the same engine", "the next engine"])
async def test_what_is_sent_between_two_turns_goes_behind_what_waits(
    yard: Yard, gate: Path, restarted: bool
) -> None:
    """The cleanup script of the first turn holds the queue back for as long as the test wants."""
    workspace = await yard.workspace(agent="gated", prompt="begin")
    go_on = Path(workspace.folder).parent / "go-on"
    (repo,) = await yard.client.repos()
    script = f"until [ -e {go_on} ]; do sleep 0.05; done"
    await yard.client.update_repo(repo.id, UpdateRepo(cleanup_script=script))
    await queued(yard, workspace.name, "one", "two")
    async with yard.watch() as watch:
        await open_gate(gate)
        await watch.until(ProcessChanged, lambda e: e.process.run_reason is RunReason.CLEANUP_SCRIPT, 60)
    if restarted:
        await yard.restart()
    sent = await yard.client.send(workspace.name, SendPrompt(prompt="three", agent="writer"))
    assert isinstance(sent, QueuedPrompt), "it went before what was sent earlier"
    go_on.touch()
    await all_done(yard, workspace.name, 4)
    assert await told(yard, workspace.name) == ["begin", "one", "two", "three"]


class TestExactlyOnce:
    async def test_a_repeated_request_gets_the_same_answer(self, yard: Yard, gate: Path) -> None:
        name = (await yard.workspace()).name
        body = SendPrompt(prompt="once", agent="gated", request_id="mine")
        first = await yard.client.send(name, body)
        again = await asyncio.gather(*(yard.client.send(name, body) for _ in range(5)))
        assert {each.id for each in again} == {first.id}
        follow = SendPrompt(prompt="then", agent="writer", request_id="other")
        waits = await yard.client.send(name, follow)
        assert isinstance(waits, QueuedPrompt)
        assert (await yard.client.send(name, follow)).id == waits.id
        assert len(await yard.client.queue(name)) == 1
        await open_gate(gate)
        await all_done(yard, name, 2)
        started = await yard.client.send(name, follow)
        assert isinstance(started, Process) and started.id == waits.id
        assert await told(yard, name) == ["once", "then"]

    async def test_the_same_word_means_another_prompt_elsewhere(self, yard: Yard) -> None:
        one, two = await yard.workspace(title="a"), await yard.workspace(title="b")
        body = SendPrompt(prompt="x", agent="writer", request_id="mine")
        assert (await yard.client.send(one.name, body)).id != (await yard.client.send(two.name, body)).id

    async def test_many_at_once_start_one_turn(self, yard: Yard) -> None:
        name = (await yard.workspace()).name
        body = SendPrompt(prompt="once", agent="writer", request_id="mine")
        sent = await asyncio.gather(*(yard.client.send(name, body) for _ in range(10)))
        assert len({each.id for each in sent}) == 1
        await yard.turn(name)
        assert await told(yard, name) == ["once"]

    async def test_one_that_was_dropped_does_not_come_back(self, yard: Yard, gate: Path) -> None:
        name = (await yard.workspace(agent="gated", prompt="begin")).name
        body = SendPrompt(prompt="x", agent="writer", request_id="mine")
        waits = await yard.client.send(name, body)
        await yard.client.drop_queued(name, waits.id)
        with pytest.raises(ConflictError, match="taken out of the queue"):
            await yard.client.send(name, body)

    async def test_a_refused_one_leaves_nothing_behind(self, yard: Yard) -> None:
        name = (await yard.workspace()).name
        with pytest.raises(NotFoundError, match="no image"):
            await yard.client.send(name, SendPrompt(prompt="x", agent="writer", attachments=("0" * 32,)))
        with pytest.raises(NotFoundError, match="no agent named"):
            await yard.client.send(name, SendPrompt(prompt="x", agent="nobody", request_id="mine"))
        assert await yard.client.queue(name) == ()
        await yard.client.send(name, SendPrompt(prompt="x", agent="writer", request_id="mine"))
        await yard.turn(name)


async def test_an_interrupted_turn_ends_and_its_conversation_goes_on(yard: Yard) -> None:
    name = (await yard.workspace(title="Describe README.md", agent="demo")).name
    async with yard.watch() as watch:
        while not await yard.client.approvals(name):
            await watch.until(ProcessChanged)
            watch.seen.clear()
    await yard.client.interrupt(name)
    ended = await yard.turn(name)
    assert ended.status is ProcessStatus.KILLED
    (session,) = await yard.client.sessions(name)
    assert session.agent_session_id
    await yard.client.send(name, SendPrompt(prompt="go on"))
    (same,) = await yard.client.sessions(name)
    assert same.agent_session_id == session.agent_session_id
    with pytest.raises(ConflictError, match="no agent works"):
        await yard.client.stop_workspace(name)
        await yard.client.interrupt(name)
