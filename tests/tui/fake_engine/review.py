"""The diff of the engine in memory, comments on it, and parts of it that go elsewhere."""

from __future__ import annotations

import msgspec

from core.errors import ConflictError
from core.values import events as told
from core.values import requests as ask
from core.values.answers import ReviewedAnswer
from core.values.comments import PLACE, CommentPlace, ReviewComment
from core.values.entities import (
    Operation,
)
from core.values.review import (
    DiffSummary,
    FileDiff,
)
from tests.tui.fake_engine.state import State

WHOLE = 1000
"""From so many lines around changes on all of a file is shown."""


class Review(State):
    """A part of `tests.tui.fake_engine.FakeEngine`."""

    async def diff(
        self, name: str, *, base: str = "", until: int = 0, whitespace: bool = True, latest: bool = False,
        containing: str = "", repo: str = "",
    ) -> DiffSummary:  # fmt: skip
        self._asked("diff_latest" if latest else "diff", (name, base, until) if base or until else name)
        if self.snapshotting is not None and not latest:
            await self.snapshotting.wait()
        if self.reading is not None:
            await self.reading.wait()
        added, removed = sum(f.added for f in self.changed), sum(f.removed for f in self.changed)
        files = tuple(file for file in self.changed if not containing or self._holds(file.path, containing))
        names = {each.repo_id: each.name for each in self.workspaces_[name].repos}
        files = tuple(file for file in files if repo in ("", names.get(file.repo_id)))
        return DiffSummary(workspace=name, snapshot={}, files=files, added=added, removed=removed)

    def _holds(self, path: str, text: str) -> bool:
        changed = (line for line in self.diffs.get(path, []) if line.old is None or line.new is None)
        return any(text.casefold() in line.text.casefold() for line in changed)

    async def file_diff(
        self, name: str, repo_id: str, path: str, *, start: int = 0, limit: int = 2000, context: int = 3,
        base: str = "", until: int = 0, whitespace: bool = True, partial: bool = False,
    ) -> FileDiff:  # fmt: skip
        self.calls.append(("file_diff", (path, start)))
        file = next(each for each in self.changed if each.path == path)
        lines = self.diffs.get(path, [])
        if context >= WHOLE:
            lines = self.whole_diffs.get(path, lines)
        window = tuple(lines[start : start + limit])
        if self.counting is not None and partial and not self.counting.is_set():
            return FileDiff(file=file, lines=window, total=start + len(window), start=start, complete=False)
        if self.counting is not None:
            await self.counting.wait()
        return FileDiff(file=file, lines=window, total=len(lines), start=start)

    async def comments(self, name: str) -> tuple[ReviewComment, ...]:
        found = [each for each in self.comments_.values() if each.workspace == name]
        return tuple(sorted(found, key=lambda each: (each.path, each.first)))

    async def comment_drafts(self, name: str) -> tuple[ReviewComment, ...]:
        """As they were begun; `moved` says where their lines are now."""
        found = []
        for (kind, key), scratch in self.scratches.items():
            if kind == "draft_comment" and key.startswith(f"{name} ") and PLACE in scratch.payload:
                at = msgspec.json.decode(str(scratch.payload[PLACE]), type=CommentPlace)
                draft = ReviewComment(
                    id=key, workspace=name, repo_id=at.repo_id, path=at.path, side=at.side, first=at.first,
                    last=at.last, quote=at.quote, body=str(scratch.payload["body"]), draft=True,
                )  # fmt: skip
                found.append(msgspec.structs.replace(draft, **self.moved))
        return tuple(found)

    def put_comment(self, comment: ReviewComment) -> ReviewComment:
        self.comments_[comment.id] = comment
        self.emit(told.CommentChanged(comment=comment))
        return comment

    async def add_comment(self, name: str, body: ask.AddComment) -> ReviewComment:
        self._asked("add_comment", body)
        self._drop_draft(body.draft)
        return self.put_comment(
            ReviewComment(
                id=f"comment-{len(self.comments_)}", workspace=name, repo_id="repo-app", path=body.path,
                side=body.side, first=body.first, last=body.last, body=body.body,
            )
        )  # fmt: skip

    async def update_comment(self, comment: str, body: ask.UpdateComment) -> ReviewComment:
        self._asked("update_comment", (comment, body))
        self._drop_draft(body.draft)
        fields = msgspec.structs.asdict(body).items()
        given = {k: v for k, v in fields if v is not msgspec.UNSET and k != "draft"}
        return self.put_comment(msgspec.structs.replace(self.comments_[comment], **given))

    def _drop_draft(self, draft: str) -> None:
        self.scratches.pop(("draft_comment", draft), None)

    async def remove_comment(self, comment: str) -> None:
        self._asked("remove_comment", comment)
        self.removed_comments[comment] = self.comments_.pop(comment)
        self.emit(told.Removed(entity="comment", id=comment))

    async def restore_comment(self, comment: str) -> ReviewComment:
        self._asked("restore_comment", comment)
        return self.put_comment(self.removed_comments.pop(comment))

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

    async def discard_parts(self, name: str, body: ask.DiscardParts) -> Operation:
        return self._parts("discard_parts", name, body)

    async def take_parts(self, name: str, body: ask.TakeParts) -> Operation:
        return self._parts("take_parts", body.into, body)

    def _parts(self, call: str, name: str, body: ask.DiscardParts) -> Operation:
        self._asked(call, body)
        if self.changed_meanwhile:
            raise ConflictError("the workspace has changed since", hint="Look again.")
        return self._ended("discard", name, before=5)
