"""The part of the engine in memory that reviews and lands: comments, marks, parts, updates, a queue."""

from __future__ import annotations

from typing import Any

import msgspec

from core.errors import ConflictError
from core.values import events as told
from core.values import requests as ask
from core.values.answers import ReviewedAnswer
from core.values.attempts import Attempt, CheckAnswer
from core.values.comments import ReviewComment
from core.values.conflicts import Conflict, ConflictSides, Forecast, UpdateState
from core.values.entities import Operation, Workspace
from core.values.landing import LandingEntry, LandingQueue, LandingStatus
from core.values.provenance import LinesFrom
from core.values.review import FileChange
from core.values.states import OperationStatus


class Slip:
    """What `Harbour` has of `core.client`'s `comment_calls`, `changing_calls` and `landing_calls`."""

    workspaces_: dict[str, Workspace]
    changed: tuple[FileChange, ...]

    def __init__(self) -> None:
        self.comments_: dict[str, ReviewComment] = {}
        self.forecasts_: tuple[Forecast, ...] = ()
        self.attempts_: tuple[Attempt, ...] = ()
        self.landing_ = LandingQueue()
        self.blame_: tuple[LinesFrom, ...] = ()
        self.sides: dict[str, ConflictSides] = {}
        self.conflicts: tuple[Conflict, ...] = ()
        """Those that the next update stops at."""
        self.changed_meanwhile = False
        """Whether parts are refused, because the workspace is not what was looked at."""
        self.deaf = 0
        """How many answers to sent comments get lost."""

    def emit(self, event: told.AnyEvent) -> None:
        raise NotImplementedError

    def set_workspace(self, workspace: Workspace, **more: Any) -> Workspace:
        raise NotImplementedError

    def put_operation(self, operation: Operation) -> Operation:
        raise NotImplementedError

    def _asked(self, name: str, value: Any) -> None:
        raise NotImplementedError

    # Comments and marks

    async def comments(self, name: str) -> tuple[ReviewComment, ...]:
        found = [each for each in self.comments_.values() if each.workspace == name]
        return tuple(sorted(found, key=lambda each: (each.path, each.first)))

    def put_comment(self, comment: ReviewComment) -> ReviewComment:
        self.comments_[comment.id] = comment
        self.emit(told.CommentChanged(comment=comment))
        return comment

    async def add_comment(self, name: str, body: ask.AddComment) -> ReviewComment:
        self._asked("add_comment", body)
        return self.put_comment(
            ReviewComment(
                id=f"comment-{len(self.comments_)}", workspace=name, repo_id="repo-app", path=body.path,
                side=body.side, first=body.first, last=body.last, body=body.body,
            )
        )  # fmt: skip

    async def update_comment(self, comment: str, body: ask.UpdateComment) -> ReviewComment:
        self._asked("update_comment", (comment, body))
        given = {k: v for k, v in msgspec.structs.asdict(body).items() if v is not msgspec.UNSET}
        return self.put_comment(msgspec.structs.replace(self.comments_[comment], **given))

    async def remove_comment(self, comment: str) -> None:
        self._asked("remove_comment", comment)
        del self.comments_[comment]
        self.emit(told.Removed(entity="comment", id=comment))

    async def send_comments(self, name: str, body: ask.SendComments) -> None:
        self._asked("send_comments", body)
        if self.deaf:
            self.deaf -= 1
            raise ConflictError("the answer got lost", hint="Try again.")
        for id_ in body.ids:
            self.put_comment(msgspec.structs.replace(self.comments_[id_], sent_at=1.0))

    async def mark_reviewed(self, name: str, body: ask.MarkReviewed) -> ReviewedAnswer:
        self._asked("mark_reviewed", body)
        self.changed = tuple(
            msgspec.structs.replace(each, reviewed=body.reviewed) if each.path == body.path else each
            for each in self.changed
        )
        return ReviewedAnswer(path=body.path, reviewed=body.reviewed)

    async def blame(self, name: str, path: str) -> tuple[LinesFrom, ...]:
        self._asked("blame", path)
        return self.blame_

    # Parts

    async def discard_parts(self, name: str, body: ask.DiscardParts) -> Operation:
        return self._parts("discard_parts", name, body)

    async def take_parts(self, name: str, body: ask.TakeParts) -> Operation:
        return self._parts("take_parts", body.into, body)

    def _parts(self, call: str, name: str, body: ask.DiscardParts) -> Operation:
        self._asked(call, body)
        if self.changed_meanwhile:
            raise ConflictError("the workspace has changed since", hint="Look again.")
        return self._done("discard", name, before=5)

    def _done(self, kind: str, name: str, **result: object) -> Operation:
        operation = Operation(
            id=f"op-{kind}-{name}", kind=kind, workspace=name, status=OperationStatus.DONE, result=result
        )
        return self.put_operation(operation)

    async def change_file(self, name: str, body: ask.ChangeFile) -> Operation:
        self._asked("change_file", (name, body))
        return self._done("apply", name, before=5)

    # Updates

    async def workspace(self, name: str) -> Workspace:
        return self.workspaces_[name]

    async def update_from_target(self, name: str, body: ask.UpdateFromTarget) -> Operation:
        self._asked("update_from_target", (name, body.style))
        if self.conflicts:
            state = UpdateState(style=body.style, conflicts=self.conflicts, before=3)
            self.set_workspace(self.workspaces_[name], update=state)
        return self._done("update", name, before=3, conflicts=[each.path for each in self.conflicts])

    async def continue_update(self, name: str) -> Operation:
        self._asked("continue_update", name)
        self.set_workspace(self.workspaces_[name], update=None)
        return self._done("update", name)

    async def abort_update(self, name: str) -> Operation:
        self._asked("abort_update", name)
        self.set_workspace(self.workspaces_[name], update=None)
        return self._done("update", name)

    async def hand_over_conflicts(self, name: str) -> None:
        self._asked("hand_over_conflicts", name)

    async def conflict_sides(self, name: str, path: str, repo: str = "") -> ConflictSides:
        return self.sides[path]

    async def take_side(self, name: str, body: ask.TakeSide) -> Operation:
        self._asked("take_side", (body.path, body.theirs))
        return self._done("take", name)

    # Attempts

    async def attempts(self, task: str) -> tuple[Attempt, ...]:
        return self.attempts_

    async def choose_attempt(self, task: str, body: ask.ChooseAttempt) -> tuple[Operation, ...]:
        self._asked("choose_attempt", body)
        return ()

    async def check(self, name: str) -> CheckAnswer:
        self._asked("check", name)
        return CheckAnswer(workspace=name, passed=False, reason="exit 2")

    # Landing

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
