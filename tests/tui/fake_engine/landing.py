"""How work lands in the engine in memory: merges, updates, conflicts, attempts, the queue."""

from __future__ import annotations

import msgspec

from core.errors import BoatyardError, ConflictError
from core.values import events as told
from core.values import requests as ask
from core.values.attempts import Attempt, CheckAnswer
from core.values.conflicts import Conflict, ConflictSides, Forecast, UpdateState
from core.values.entities import (
    Merge,
    Operation,
)
from core.values.landing import LandingEntry, LandingQueue, LandingStatus
from core.values.review import (
    MergePreview,
    MergeResult,
    RepoMerge,
    RepoUnmerge,
    UnmergePreview,
    UnmergeResult,
)
from core.values.states import (
    MergeStyle,
)
from tests.tui.fake_engine.state import State
from tests.tui.fake_engine.values import NOW, PUSH, id_of


class Landing(State):
    """A part of `tests.tui.fake_engine.FakeEngine`."""

    async def merge_preview(self, name: str, style: MergeStyle | None = None) -> MergePreview:
        self._asked("merge_preview", style)
        if isinstance(self.preview, BoatyardError):
            raise self.preview
        preview = self.preview or MergePreview(
            workspace=name, style=MergeStyle.MERGE, message="Merge the work",
            repos=(RepoMerge(repo_id=id_of("repo", "app"), target_branch="main", old="a" * 40, new="b" * 40,
                             files=2, added=12, removed=3),),
        )  # fmt: skip
        return msgspec.structs.replace(preview, style=style or preview.style)

    async def merge(self, name: str, body: ask.MergeWorkspace) -> MergeResult:
        self._asked("merge", (name, body.style, body.message))
        if body.push:
            self._asked("merge_and_push", name)
        merge = Merge(
            id="m", workspace=name, repo_id=id_of("repo", "app"), target_branch="main",
            style=body.style or MergeStyle.MERGE, commit="c" * 40,
        )  # fmt: skip
        self.set_workspace(self.workspaces_[name], landed_at=NOW)
        return MergeResult(workspace=name, merges=(merge,), pushes=(PUSH,) if body.push else ())

    async def unmerge_preview(self, name: str) -> UnmergePreview:
        repo = RepoUnmerge(
            repo_id=id_of("repo", "app"), target_branch="main", commit="c" * 40, before="a" * 40
        )
        if self.pushed_merge:
            return UnmergePreview(
                workspace=name, repos=(repo,), blocked=("main was pushed",), hint="Revert it."
            )
        return UnmergePreview(workspace=name, repos=(repo,), task_status="in_review", carried_by=("first",))

    async def unmerge(self, name: str, body: ask.UnmergeWorkspace) -> UnmergeResult:
        self._asked("unmerge", (name, body.commits))
        preview = await self.unmerge_preview(name)
        if preview.blocked:
            raise ConflictError("main was pushed", hint="Revert it.")
        self.set_workspace(self.workspaces_[name], landed_at=None)
        return UnmergeResult(workspace=name, repos=preview.repos)

    async def update_from_target(self, name: str, body: ask.UpdateFromTarget) -> Operation:
        self._asked("update_from_target", (name, body.style))
        if self.conflicts:
            state = UpdateState(style=body.style, conflicts=self.conflicts, before=3)
            self.set_workspace(self.workspaces_[name], update=state)
        return self._ended("update", name, before=3, conflicts=[each.path for each in self.conflicts])

    async def continue_update(self, name: str) -> Operation:
        self._asked("continue_update", name)
        self.set_workspace(self.workspaces_[name], update=None)
        return self._ended("update", name, before=9, conflicts=[])

    async def abort_update(self, name: str) -> Operation:
        self._asked("abort_update", name)
        self.set_workspace(self.workspaces_[name], update=None)
        return self._ended("update", name)

    async def hand_over_conflicts(self, name: str) -> None:
        self._asked("hand_over_conflicts", name)

    async def conflict_sides(self, name: str, path: str, repo: str = "") -> ConflictSides:
        return self.sides[path]

    async def unresolved(self, name: str) -> tuple[Conflict, ...]:
        update = self.workspaces_[name].update
        return tuple(each for each in update.conflicts if each.path not in self.resolved) if update else ()

    async def take_side(self, name: str, body: ask.TakeSide) -> Operation:
        self._asked("take_side", (body.path, body.theirs))
        return self._ended("take", name)

    async def attempts(self, task: str) -> tuple[Attempt, ...]:
        return self.attempts_

    async def choose_attempt(self, task: str, body: ask.ChooseAttempt) -> tuple[Operation, ...]:
        self._asked("choose_attempt", body)
        return ()

    async def check(self, name: str) -> CheckAnswer:
        self._asked("check", name)
        return CheckAnswer(workspace=name, passed=False, reason="exit 2")

    async def forecast(self, *, fresh: bool = False) -> tuple[Forecast, ...]:
        return self.forecasts_

    def put_landing(self, queue: LandingQueue) -> LandingQueue:
        self.landing_ = queue
        self.emit(told.LandingChanged(queue=queue))
        return queue

    async def landing_queue(self) -> LandingQueue:
        return self.landing_

    async def queue_landing(self, body: ask.QueueLanding) -> LandingQueue:
        self._asked("queue_landing", body)
        entries = tuple(
            LandingEntry(workspace=name, position=at + 1, status=LandingStatus.QUEUED)
            for at, name in enumerate(body.workspaces)
        )
        return self.put_landing(LandingQueue(entries=(*self.landing_.entries, *entries), running=body.start))

    async def start_landing(self) -> LandingQueue:
        self._asked("start_landing", None)
        return self.put_landing(msgspec.structs.replace(self.landing_, running=True))

    async def stop_landing(self) -> LandingQueue:
        self._asked("stop_landing", None)
        return self.put_landing(msgspec.structs.replace(self.landing_, running=False))

    async def drop_landing(self, name: str) -> LandingQueue:
        self._asked("drop_landing", name)
        left = tuple(each for each in self.landing_.entries if each.workspace != name)
        return self.put_landing(msgspec.structs.replace(self.landing_, entries=left))
