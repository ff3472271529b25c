"""What one writes to the engine in memory: drafts, tags, commands, the queue of prompts."""

from __future__ import annotations

import msgspec

from core.values import events as told
from core.values import requests as ask
from core.values.conversation import AgentCommand
from core.values.entities import (
    QueuedPrompt,
)
from core.values.prompting import Scratch, Tag
from tests.tui.fake_engine.state import State
from tests.tui.fake_engine.values import NOW


class Prompting(State):
    """A part of `tests.tui.fake_engine.FakeEngine`."""

    async def scratch(self, kind: str, owner: str) -> Scratch:
        return self.scratches.get((kind, owner)) or Scratch(kind=kind, id=owner)

    async def put_scratch(self, kind: str, owner: str, body: ask.PutScratch) -> Scratch:
        self._asked("put_scratch", (kind, owner, body.payload))
        return self.put_draft(kind, owner, body.payload)

    def put_draft(self, kind: str, owner: str, payload: dict[str, object]) -> Scratch:
        scratch = Scratch(kind=kind, id=owner, payload=payload, updated_at=NOW + self.sequence)
        self.scratches[kind, owner] = scratch
        self.emit(told.ScratchChanged(scratch=scratch))
        return scratch

    async def remove_scratch(self, kind: str, owner: str) -> None:
        self._asked("remove_scratch", (kind, owner))
        if self.scratches.pop((kind, owner), None):
            self.emit(told.ScratchChanged(scratch=Scratch(kind=kind, id=owner)))

    async def tags(self) -> tuple[Tag, ...]:
        return tuple(self.tags_)

    async def commands(self, workspace: str) -> tuple[AgentCommand, ...]:
        return self.commands_

    async def queue(self, name: str) -> tuple[QueuedPrompt, ...]:
        return tuple(prompt for prompt in self.queued if prompt.workspace == name)

    def put_queued(self, name: str, *prompts: str) -> None:
        self.queued += [
            QueuedPrompt(id=f"queued-{prompt}", workspace=name, prompt=prompt, position=at)
            for at, prompt in enumerate(prompts, len(self.queued))
        ]
        self._queue_changed(name)

    def _queue_changed(self, name: str) -> None:
        self.queued = [msgspec.structs.replace(each, position=at) for at, each in enumerate(self.queued)]
        self.emit(told.QueueChanged(workspace=name, queue=tuple(self.queued)))
        self.set_workspace(self.workspaces_[name], queued=len(self.queued))

    async def drop_queued(self, name: str, prompt: str) -> None:
        self._asked("drop_queued", prompt)
        self.queued = [each for each in self.queued if each.id != prompt]
        self._queue_changed(name)

    async def update_queued(self, name: str, prompt: str, body: ask.UpdateQueued) -> QueuedPrompt:
        self._asked("update_queued", (prompt, body))
        at = next(at for at, each in enumerate(self.queued) if each.id == prompt)
        queued = self.queued.pop(at)
        if body.prompt is not msgspec.UNSET:
            queued = msgspec.structs.replace(queued, prompt=body.prompt)
        self.queued.insert(at if body.position is msgspec.UNSET else body.position, queued)
        self._queue_changed(name)
        return queued

    async def resume_queue(self, name: str) -> tuple[QueuedPrompt, ...]:
        self._asked("resume_queue", name)
        self.set_workspace(self.workspaces_[name], queue_paused="")
        return tuple(self.queued)
