"""SIGKILL at every point of a turn: no prompt is repeated, none in the queue lost, no answer dropped."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path

import pytest

from core.errors import ConflictError, NotFoundError
from core.lifecycle.queue_records import prompt_id
from core.values.events import ApprovalChanged, ProcessChanged
from core.values.requests import AnswerApproval, SendPrompt
from core.values.states import ApprovalStatus, ProcessStatus
from tests.daemon.beginnings import begin_with_a_turn, begin_with_a_workspace
from tests.daemon.killing import killed
from tests.yard import Daemon

pytestmark = pytest.mark.slow

BEFORE = ("turn:queued", "turn:kept", "turn:written", "turn:spawned")
AFTER = ("turn:ended", "turn:checked", "turn:settled")


async def ended(daemon: Daemon, process: str) -> None:
    """Returns when a prompt has become a turn, and that has ended well."""
    async with daemon.watch() as watch:
        try:
            found = await daemon.client.wait_process(process)
        except NotFoundError:  # it waits in the queue
            await watch.until(ProcessChanged, lambda e: e.process.id == process, 60)
            found = await daemon.client.wait_process(process)
    assert found.status is ProcessStatus.COMPLETED, found


def told(workspace_folder: str) -> list[str]:
    return (Path(workspace_folder) / "repo" / "WORK.md").read_text().splitlines()


@pytest.mark.parametrize("repeats", [True, False], ids=["the client asks again", "the client is gone, too"])
@pytest.mark.parametrize("point", [*BEFORE, *AFTER])
async def test_a_sent_prompt_is_carried_out_once(daemon: Daemon, point: str, repeats: bool) -> None:
    workspace = await begin_with_a_turn(daemon)  # and with all that follows it, which has the same points
    body = SendPrompt(prompt="two", request_id="mine")
    await killed(daemon, point, lambda: daemon.client.send(workspace.name, body))
    if repeats:
        again = await daemon.client.send(workspace.name, body)
        await ended(daemon, again.id)
    else:
        await ended(daemon, prompt_id(workspace.name, "mine"))
    assert told(workspace.folder) == ["one", "two"]
    assert (await daemon.client.workspace(workspace.name)).turns == 2


async def test_a_client_killed_while_it_sends_neither_loses_nor_doubles(daemon: Daemon) -> None:
    workspace = await begin_with_a_turn(daemon)
    argv = [sys.executable, "-m", "core.cli.main", "--home", str(daemon.folder / "home"), "workspace", "send"]
    for number in range(6):
        command = [*argv, workspace.name, f"p{number}", "--request-id", f"r{number}"]
        client = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(client.wait(), 0.1 + 0.15 * number)
        if client.returncode is None:
            client.kill()
            await client.wait()
        again = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
        assert await again.wait() == 0
        await ended(daemon, prompt_id(workspace.name, f"r{number}"))
    assert told(workspace.folder) == ["one", *(f"p{number}" for number in range(6))]


@pytest.mark.parametrize("point", [*BEFORE[1:], *AFTER])
async def test_the_queue_goes_on_where_it_was(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    monkeypatch.setenv("GATE", str(daemon.folder / "gate"))
    workspace = await begin_with_a_workspace(daemon)
    gate = daemon.fifo()
    await daemon.client.send(workspace.name, SendPrompt(prompt="hold", agent="gated"))
    waiting = [
        (await daemon.client.send(workspace.name, SendPrompt(prompt=prompt, agent="writer"))).id
        for prompt in ("one", "two", "three")
    ]

    async def act() -> None:
        await asyncio.to_thread(gate.write_text, "go\n")

    await killed(daemon, point, act)
    for prompt in waiting:
        await ended(daemon, prompt)
    lines = told(workspace.folder)
    assert [line for line in lines if line in ("one", "two", "three")] == ["one", "two", "three"]
    assert await daemon.client.queue(workspace.name) == ()
    assert (await daemon.client.workspace(workspace.name)).turns == 4


async def test_a_prompt_that_the_engine_died_on_the_way_to_write_is_written_by_the_next(
    daemon: Daemon,
) -> None:
    workspace = await begin_with_a_turn(daemon)
    body = SendPrompt(prompt="Describe README.md", agent="demo", request_id="mine")
    await killed(daemon, "send:journalled", lambda: daemon.client.send(workspace.name, body))
    await completed(daemon, workspace.name, prompt_id(workspace.name, "mine"))
    assert (await daemon.client.workspace(workspace.name)).turns == 2


async def completed(daemon: Daemon, name: str, process: str) -> None:
    """Allows what the agent of a turn asks for until the turn has ended, which it must do well."""
    waits = asyncio.create_task(ended(daemon, process))
    while not waits.done():
        for approval in await daemon.client.approvals(name):
            with contextlib.suppress(ConflictError):
                await daemon.client.answer_approval(approval.id, AnswerApproval())
        await asyncio.wait([waits], timeout=0.1)
    await waits


@pytest.mark.parametrize("point", ["answer:kept", "answer:journalled", "answer:unsent", "answer:sent"])
async def test_an_answer_reaches_the_agent(daemon: Daemon, point: str) -> None:
    await daemon.start()
    async with daemon.watch() as watch:
        workspace = await daemon.workspace(title="Describe README.md", agent="demo")
        event = await watch.until(ApprovalChanged, lambda e: e.approval.status is ApprovalStatus.PENDING)
    first = event.approval.id
    await killed(daemon, point, lambda: daemon.client.answer_approval(first, AnswerApproval()))
    with pytest.raises(ConflictError, match="needs no answer any more"):
        await daemon.client.answer_approval(first, AnswerApproval())
    process = str((await daemon.client.workspace(workspace.name)).process_id)
    async with daemon.watch() as watch:
        waits = asyncio.create_task(daemon.client.wait_process(process))
        while not waits.done():
            for approval in await daemon.client.approvals(workspace.name):
                assert approval.id != first, "it was asked again"
                await daemon.client.answer_approval(approval.id, AnswerApproval())
            await asyncio.wait([waits], timeout=0.1)
    assert (await waits).status is ProcessStatus.COMPLETED
