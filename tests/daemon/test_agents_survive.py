"""An engine killed at any moment of a turn: no prompt is repeated, and no answer to a request is lost."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.errors import UnreachableError
from core.values.entities import Approval
from core.values.events import ApprovalChanged
from core.values.requests import AnswerApproval
from core.values.states import ApprovalStatus, ProcessStatus
from tests.waiting import until
from tests.yard import HOST, Daemon

pytestmark = pytest.mark.slow

DOUBLE = Path(__file__).parents[1] / "agents" / "native_doubles.py"
KINDS = pytest.mark.parametrize("kind", ["claude", "codex", "acp"])


class Rig:
    """An engine with an agent of one kind that writes down what it is told."""

    def __init__(self, kind: str) -> None:
        self.daemon = Daemon(HOST, forked=True)
        self.log = self.daemon.folder / "told"
        self.gate = self.daemon.fifo()
        command = [sys.executable, str(DOUBLE), kind, str(self.log), str(self.gate)]
        # What a native kind adds to its command goes behind this, and the program does not look at it.
        self.daemon.config += f"[agents.double]\nkind = {json.dumps(kind)}\ncommand = {json.dumps(command)}\n"

    def told(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []

    async def asked(self) -> Approval:
        """A turn has begun, and its agent asks."""
        await self.daemon.start()
        async with self.daemon.watch() as watch:
            await self.daemon.begin(agent="double", prompt="Dig")
            return (await watch.until(ApprovalChanged)).approval

    async def finishes(self) -> None:
        await until(lambda: len(self.told()) == 2)
        self.gate.write_text("go\n")
        ended = await self.daemon.turn("do-it")
        assert (ended.status, ended.reason) == (ProcessStatus.COMPLETED, "")
        assert self.told()[0] == "prompt Dig"
        assert [line.split()[0] for line in self.told()] == ["prompt", "answer"]
        conversation = await self.daemon.client.conversation("do-it")
        assert [entry.text for entry in conversation.entries if entry.kind == "message"] == ["Done."]
        assert [entry.text for entry in conversation.entries if entry.kind == "user"] == ["Dig"]


@pytest.fixture
async def rig(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rig]:
    monkeypatch.delenv("BOATYARD_CRASH_AT", raising=False)
    each = Rig(request.getfixturevalue("kind"))
    async with each.daemon:
        yield each


@KINDS
async def test_killed_while_the_agent_asks(kind: str, rig: Rig) -> None:
    approval = await rig.asked()
    await rig.daemon.restart()
    (waiting,) = await rig.daemon.client.approvals("do-it")
    assert (waiting.id, waiting.status) == (approval.id, ApprovalStatus.PENDING)
    await rig.daemon.client.answer_approval(waiting.id, AnswerApproval())
    await rig.finishes()


@KINDS
async def test_killed_when_the_answer_is_kept_and_the_agent_has_not_heard_it(
    kind: str, rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOATYARD_CRASH_AT", "answer:kept")
    approval = await rig.asked()
    with pytest.raises(UnreachableError):
        await rig.daemon.client.answer_approval(approval.id, AnswerApproval())
    await rig.daemon.gone()
    assert len(rig.told()) == 1
    monkeypatch.delenv("BOATYARD_CRASH_AT")
    await rig.daemon.start()
    await rig.finishes()


@KINDS
async def test_killed_after_the_agent_has_heard_the_answer(kind: str, rig: Rig) -> None:
    approval = await rig.asked()
    await rig.daemon.client.answer_approval(approval.id, AnswerApproval())
    await until(lambda: len(rig.told()) == 2)
    await rig.daemon.restart()
    await rig.finishes()


@KINDS
async def test_killed_again_and_again(kind: str, rig: Rig) -> None:
    approval = await rig.asked()
    for _ in range(3):
        await rig.daemon.restart()
    await rig.daemon.client.answer_approval(approval.id, AnswerApproval())
    await rig.daemon.restart()
    await rig.daemon.restart()
    await rig.finishes()
