"""Trouble in the engine's own house: full disks, broken drivers, journals that make no sense."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Any

import psutil
import pytest

from core.agents.command import CommandDriver
from core.errors import StorageError
from core.lifecycle import turn_records
from core.store import Store
from core.store import models as m
from core.supervision import ending, records
from core.supervision.journal import Journal
from core.values.events import LogGrew, ProcessChanged, TaskChanged, WorkspaceChanged
from core.values.requests import RunCommand, SendPrompt
from core.values.states import OperationStatus, ProcessStatus, TaskStatus, WorkspaceState
from tests.waiting import until
from tests.yard import Yard


def refuse(monkeypatch: pytest.MonkeyPatch, refused: Callable[..., Any], times: int) -> list[int]:
    """Makes the store refuse an action so often, as a full disk does; the list says how often it has."""
    write = Store.write
    count: list[int] = []

    async def failing(self: Store, action: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        if action is refused and len(count) < times:
            count.append(1)
            raise StorageError("the database refused: database or disk is full", hint="Free some space.")
        return await write(self, action, *args, **kwargs)

    monkeypatch.setattr(Store, "write", failing)
    return count


async def test_the_end_of_a_process_is_recorded_as_soon_as_the_disk_has_room(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ending, "RETRY_SECONDS", 0.01)
    workspace = await yard.workspace()
    refusals = refuse(monkeypatch, records.finish, 5)
    process = await yard.client.run_command(workspace.name, RunCommand(argv=("sh", "-c", "exit 7")))
    ended = await yard.client.wait_process(process.id)
    assert (ended.status, ended.exit_code, len(refusals)) == (ProcessStatus.FAILED, 7, 5)


async def test_what_follows_a_turn_is_done_as_soon_as_the_disk_has_room(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ending, "FOLLOW_UP_SECONDS", 0.01)
    monkeypatch.setenv("GATE", str(gate := yard.fifo()))
    workspace = await yard.workspace(agent="gated", prompt="first")
    await yard.client.send(workspace.name, SendPrompt(prompt="second", agent="writer"))
    refusals = refuse(monkeypatch, turn_records.settle, 3)
    noted = refuse(monkeypatch, turn_records.note, 3)
    async with yard.watch() as watch:
        await asyncio.to_thread(gate.write_text, "go\n")
        await watch.until(TaskChanged, lambda e: e.task.status is TaskStatus.IN_REVIEW, 60)
        await watch.until(WorkspaceChanged, lambda e: e.workspace.turns == 2, 60)
    assert (len(refusals), len(noted)) == (3, 3)
    assert (await yard.turn(workspace)).status is ProcessStatus.COMPLETED


async def test_a_full_disk_keeps_nobody_from_stopping_what_fills_it(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = await yard.workspace()
    process = await yard.client.run_command(workspace.name, RunCommand(argv=("sleep", "600")))
    refusals = refuse(monkeypatch, records.request_stop, 1)
    stopped = await yard.client.stop_process(process.id)
    assert (stopped.status, len(refusals)) == (ProcessStatus.KILLED, 1)


async def test_a_turn_whose_decisions_cannot_be_kept_is_ended_not_left_alone(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Journal, record: object) -> None:
        raise StorageError("the journal cannot be written: No space left on device")

    monkeypatch.setattr(Journal, "append", full)
    workspace = await yard.workspace(title="Describe README.md", agent="demo")
    ended = await yard.turn(workspace)
    assert ended.status is ProcessStatus.FAILED
    assert "No space left on device" in ended.reason


async def test_a_broken_driver_takes_only_its_own_turn_along(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: CommandDriver, line: bytes, now: float) -> list[Any]:
        raise ZeroDivisionError("on purpose")

    other = await yard.workspace(name="other")
    running = await yard.client.run_command(other.name, RunCommand(argv=("sleep", "600")))
    monkeypatch.setattr(CommandDriver, "receive", broken)
    async with yard.watch() as watch:
        workspace = await yard.workspace(agent="writer")
        ended = await yard.turn(workspace)
        await watch.until(ProcessChanged, lambda e: e.process.id == ended.id and e.process.status.ended)
    assert ended.status is ProcessStatus.FAILED
    assert "log says how" in ended.reason
    assert (await yard.client.process(running.id)).status is ProcessStatus.RUNNING
    monkeypatch.undo()
    await yard.client.send(workspace.name, SendPrompt(prompt="again"))
    assert (await yard.turn(workspace)).status is ProcessStatus.COMPLETED


async def test_an_operation_that_nobody_knows_does_not_keep_the_engine_from_starting(yard: Yard) -> None:
    workspace = await yard.workspace()

    def odd() -> str:
        row = m.Operation.create(kind="teleport", workspace=workspace.id, workspace_name=workspace.name)
        return str(row.id)

    operation_id = await yard.engine._context.store.write(odd)
    await yard.restart()
    operation = await yard.client.operation(operation_id)
    assert operation.status is OperationStatus.FAILED
    assert operation.error is not None and "defect" in str(operation.error["hint"])
    assert (await yard.client.workspace(workspace.name)).state is WorkspaceState.OPEN


async def test_a_process_whose_run_directory_is_gone_is_lost_with_a_reason(yard: Yard) -> None:
    workspace = await yard.workspace()
    session_id = workspace.session_id

    def orphan() -> str:
        return str(m.ExecutionProcess.create(session=session_id, run_reason="command").id)

    process_id = await yard.engine._context.store.write(orphan)
    await yard.restart()
    ended = await yard.client.wait_process(process_id)
    assert (ended.status, ended.exit_code) == (ProcessStatus.LOST, None)
    assert "before it was started" in ended.reason


async def test_a_process_killed_with_its_wrapper_is_lost_with_a_reason(yard: Yard) -> None:
    workspace = await yard.workspace()
    argv = ("sh", "-c", "echo $PPID; exec sleep 600")
    process = await yard.client.run_command(workspace.name, RunCommand(argv=argv))
    async with yard.watch() as watch:
        if not (await yard.client.log(process.id)).text.strip():
            await watch.until(LogGrew, lambda e: e.process_id == process.id)
    run = yard.home.workspaces / workspace.name / "runs" / process.id
    wrapper = psutil.Process(int((run / "pid").read_text().split()[0]))
    family = [wrapper, *wrapper.children(recursive=True)]
    for member in reversed(family):
        member.kill()
    ended = await yard.client.wait_process(process.id)
    assert ended.status in (ProcessStatus.LOST, ProcessStatus.FAILED)
    assert ended.reason


async def test_an_agent_does_not_inherit_the_engines_own_home(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOATYARD_HOME", str(yard.folder))
    workspace = await yard.workspace()
    argv = ("sh", "-c", "echo ${BOATYARD_HOME-none} $BOATYARD_WORKSPACE")
    process = await yard.client.run_command(workspace.name, RunCommand(argv=argv))
    await yard.client.wait_process(process.id)
    assert (await yard.client.log(process.id)).text == f"none {workspace.name}\n"


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_nothing_is_left_open_by_ten_thousand_reads(yard: Yard) -> None:
    workspace = await yard.workspace(agent="writer")
    process = await yard.turn(workspace)
    engine = psutil.Process()

    def everything() -> tuple[int, int, int]:
        return engine.num_fds(), engine.num_threads(), len(engine.children(recursive=True))

    opening = (  # of which each opens files or asks the database for much
        lambda: yard.client.log(process.id),
        lambda: yard.client.snapshot(),
        lambda: yard.client.files(workspace.name),
        lambda: yard.client.workspace(workspace.name),
    )

    async def look(number: int) -> None:
        """Twenty reads at once."""
        conversations = (yard.client.conversation(workspace.name) for _ in range(19))
        await asyncio.gather(opening[number % len(opening)](), *conversations)

    for number in range(20):  # pools of threads and connections have their full size by then
        await look(number)
    before = everything()
    for number in range(500):
        await look(number)
    await until(lambda: all(now <= then + 2 for now, then in zip(everything(), before, strict=True)))
    for _ in range(20):  # these run git each time
        await yard.client.diff(workspace.name)
    await until(lambda: all(now <= then + 2 for now, then in zip(everything(), before, strict=True)))
    assert os.getpid() == engine.pid
