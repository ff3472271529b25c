"""How the interface gets hold of the engine in memory: the connection, the snapshot, the events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from core.code_mark import code_mark
from core.errors import UnreachableError
from core.values import events as told
from core.values.entities import (
    AgentInfo,
    EngineStatus,
    Snapshot,
)
from tests.tui.fake_engine.state import State
from tests.tui.fake_engine.values import HOST, NOW


class Connection(State):
    """A part of `tests.tui.fake_engine.FakeEngine`."""

    async def connect(self, start: bool = True) -> Any:
        self.asked_to_start = start
        if not self.up:
            raise UnreachableError("the engine does not answer", hint="Start it.")
        return self

    def fall(self) -> None:
        """The engine goes away under its clients."""
        self.up = False
        for stream in self._streams:
            stream.put_nowait(None)

    async def stop_engine(self) -> None:
        self._asked("stop_engine", None)
        self.code = code_mark()  # the one that takes its place
        self.emit(told.Stopping())

    async def close(self) -> None:
        return

    async def engine_status(self) -> EngineStatus:
        return EngineStatus(
            pid=1,
            version="0",
            code=self.code,
            home="/h",
            instance="i",
            started_at=NOW,
            sequence=self.sequence,
            runners=(HOST,),
        )

    async def agents(self) -> tuple[AgentInfo, ...]:
        return self.agents_

    async def snapshot(self) -> Snapshot:
        return Snapshot(
            sequence=self.sequence,
            projects=tuple(self.projects_.values()), repos=tuple(self.repos_.values()),
            tasks=tuple(self.tasks_.values()), workspaces=tuple(self.workspaces_.values()),
            approvals=tuple(self.approvals_.values()), operations=tuple(self.operations_.values()),
            notice=self.notice,
        )  # fmt: skip

    async def events(self, since: int) -> AsyncIterator[told.AnyEvent]:
        if self.resets:
            self.resets = False
            yield told.Reset()
            return
        queue: asyncio.Queue[told.AnyEvent | None] = asyncio.Queue()
        for event in self.log_of_events:
            if event.sequence > since:
                queue.put_nowait(event)
        self._streams.add(queue)
        try:
            while (event_or_end := await queue.get()) is not None:
                yield event_or_end
        finally:
            self._streams.discard(queue)
