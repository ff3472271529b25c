"""The part of the engine in memory that steers agents: drafts, tags, paths, pictures, the queue, rules."""

from __future__ import annotations

from typing import Any

import msgspec

from core.errors import NotFoundError
from core.values import events as told
from core.values import requests as ask
from core.values.conversation import AgentCommand, AgentModes
from core.values.entities import ApprovalRule, Budget, Process, QueuedPrompt, Spent, TaskUsage, Workspace
from core.values.prompting import Image, PathMatch, Scratch, Tag
from core.values.search import SearchAnswer, SearchHit
from core.values.states import Activity, ProcessStatus, RunReason

NOW = 1_800_000_000.0


class Quay:
    """What `Harbour` has of `core.client.steering_calls` and `prompting_calls`."""

    workspaces_: dict[str, Workspace]
    sequence: int

    def __init__(self) -> None:
        self.scratches: dict[tuple[str, str], Scratch] = {}
        self.tags_: list[Tag] = []
        self.paths: list[str] = []
        self.commands_: tuple[AgentCommand, ...] = ()
        self.modes_ = AgentModes()
        self.queued: list[QueuedPrompt] = []
        self.hits: list[SearchHit] = []
        self.rules_: list[ApprovalRule] = []

    def emit(self, event: told.AnyEvent) -> None:
        raise NotImplementedError

    def set_workspace(self, workspace: Workspace, **more: Any) -> Workspace:
        raise NotImplementedError

    def _asked(self, name: str, value: Any) -> None:
        raise NotImplementedError

    # Modes

    async def modes(self, name: str) -> AgentModes:
        return self.modes_

    async def set_mode(self, name: str, mode: str) -> AgentModes:
        self._asked("set_mode", (name, mode))
        self.modes_ = msgspec.structs.replace(self.modes_, chosen=mode)
        return self.modes_

    # Drafts

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

    # What is inserted

    async def tags(self) -> tuple[Tag, ...]:
        return tuple(self.tags_)

    async def find_paths(self, name: str, query: str, *, limit: int = 20) -> tuple[PathMatch, ...]:
        found = [path for path in self.paths if query in path]
        return tuple(
            PathMatch(path=path, matched=tuple(range(path.find(query), path.find(query) + len(query))))
            for path in found[:limit]
        )

    async def commands(self, workspace: str) -> tuple[AgentCommand, ...]:
        return self.commands_

    async def search(
        self, text: str, *, workspace: str = "", kind: str = "", limit: int = 50, cursor: str = ""
    ) -> SearchAnswer:
        self._asked("search", (text, workspace, kind, cursor))
        found = [
            hit
            for hit in self.hits
            if all(word.casefold() in hit.text.casefold() for word in text.split())
            and workspace in ("", hit.workspace)
            and kind in ("", hit.kind)
        ]
        first = int(cursor or 0)
        more = str(first + limit) if len(found) > first + limit else ""
        return SearchAnswer(hits=tuple(found[first : first + limit]), cursor=more)

    async def add_image(self, body: ask.AddImage) -> Image:
        self._asked("add_image", body.path)
        if "broken" in body.path:
            raise NotFoundError(f"{body.path} is no picture", hint="Attach another.")
        name = body.path.rpartition("/")[2]
        return Image(id=f"image-{name}", name=name, mime_type="image/png", size=2048, sha256="0")

    # The queue

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

    # Attention and rules

    async def seen(self, name: str) -> Workspace:
        self._asked("seen", name)
        workspace = self.workspaces_[name]
        if workspace.activity is Activity.UNSEEN:
            workspace = self.set_workspace(workspace, activity=Activity.IDLE)
        return workspace

    async def resume(self, name: str) -> Process:
        self._asked("resume", name)
        workspace = self.set_workspace(self.workspaces_[name], activity=Activity.RUNNING)
        return Process(
            id="again", session_id="", workspace=workspace.name, run_reason=RunReason.CODING_AGENT,
            status=ProcessStatus.RUNNING,
        )  # fmt: skip

    async def task_usage(self, task: str) -> TaskUsage:
        return TaskUsage(task_id=task, total=Spent(turns=3, minutes=4.5), budget=Budget(turns=5))

    async def update_project(self, project: str, body: ask.UpdateProject) -> None:
        self._asked("update_project", (project, body))

    async def interrupt(self, name: str) -> None:
        self._asked("interrupt", name)

    async def rules(self, project: str) -> tuple[ApprovalRule, ...]:
        return tuple(rule for rule in self.rules_ if rule.project_id == project)

    async def remove_rule(self, rule: str) -> None:
        self._asked("remove_rule", rule)
        self.rules_ = [each for each in self.rules_ if each.id != rule]
        self.emit(told.Removed(entity="rule", id=rule))
