"""A turn of an earlier engine: what is decided before it is known again has to wait, and is not lost."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from core.supervision.supervisor import Subject, Supervisor
from core.values.events import ApprovalChanged
from core.values.states import ProcessStatus
from tests.waiting import until
from tests.yard import HOST, Yard

DOUBLE = Path(__file__).parents[1] / "agents" / "native_doubles.py"
KINDS = pytest.mark.parametrize("kind", ["claude", "codex", "acp"])

Early = Callable[[Supervisor, str], Awaitable[object]]


class Rig:
    """An engine with an agent that asks for a permission and writes down what it is told."""

    def __init__(self, kind: str) -> None:
        self.yard = Yard(HOST)
        self.log = self.yard.folder / "told"
        self.gate = self.yard.fifo()
        command = [sys.executable, str(DOUBLE), kind, str(self.log), str(self.gate)]
        self.yard.config += f"[agents.double]\nkind = {json.dumps(kind)}\ncommand = {json.dumps(command)}\n"

    def told(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []

    async def asks(self) -> str:
        """Starts a turn; the id of its process when the agent asks."""
        async with self.yard.watch() as watch:
            await self.yard.begin(agent="double", prompt="Dig")
            event = await watch.until(ApprovalChanged, seconds=60)
        return event.approval.process_id

    async def restart(self, monkeypatch: pytest.MonkeyPatch, early: Early) -> asyncio.Task[object]:
        """Another engine, in which something is done the moment a process has been taken over."""
        begun: list[asyncio.Task[object]] = []
        adopt = Supervisor.adopt

        async def adopt_and(supervisor: Supervisor, subject: Subject, process_id: str) -> None:
            await adopt(supervisor, subject, process_id)
            begun.append(asyncio.ensure_future(early(supervisor, process_id)))

        monkeypatch.setattr(Supervisor, "adopt", adopt_and)
        await self.yard.restart()
        (task,) = begun
        return task


@pytest.fixture
async def rig(kind: str) -> AsyncIterator[Rig]:
    each = Rig(kind)
    async with each.yard:
        yield each


@KINDS
async def test_an_early_answer_reaches_the_agent(
    kind: str, rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = await rig.asks()
    (approval,) = await rig.yard.client.approvals("do-it")
    allow = next(option.id for option in approval.options if option.kind == "allow_once")
    key = _key(rig, approval.id)
    answered = await rig.restart(monkeypatch, lambda supervisor, id_: supervisor.answer(id_, key, allow))
    await answered
    await until(lambda: len(rig.told()) == 2, seconds=60)
    await asyncio.to_thread(rig.gate.write_text, "go\n")
    assert (await rig.yard.client.wait_process(process)).status is ProcessStatus.COMPLETED
    assert [line.split()[0] for line in rig.told()] == ["prompt", "answer"]


@pytest.mark.parametrize("kind", ["claude"])
async def test_an_early_interruption_is_told_to_the_agent(
    kind: str, rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its turn is not taken for one that has never begun, which would just be ended."""
    await rig.asks()
    interrupted = await rig.restart(monkeypatch, Supervisor.interrupt)
    assert await interrupted is True
    await until(lambda: rig.told() == ["prompt Dig", "answer deny"], seconds=60)


def _key(rig: Rig, approval: str) -> str:
    from core.store import models as m

    return str(m.Approval.get_by_id(approval).key)
