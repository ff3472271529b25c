"""Comments on a workspace's diff: made, found again after edits, resolved, and sent to the agent."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from core.engine.comment_places import Anchored, begun_comment, comment_of, meant_lines, placed
from core.engine.comments_prompt import comments_prompt
from core.engine.comparing import Comparing, DiffRequest
from core.engine.file_places import located_in_diff
from core.engine.scratches import comment_drafts, take_comment_draft
from core.engine.sessions import Sessions
from core.engine.texts import check_text
from core.errors import ConflictError, NotFoundError, UsageError
from core.git.path_text import text_to_name
from core.lifecycle.context import Context
from core.review.base import parse_base
from core.store import lookup
from core.store import models as m
from core.store.models.fields import now
from core.values.answers import RemovedAnswer, ReviewedAnswer, SendAnswer
from core.values.comments import ReviewComment
from core.values.events import CommentChanged, Removed, ScratchChanged
from core.values.prompting import Scratch
from core.values.requests import AddComment, MarkReviewed, SendComments, SendPrompt, UpdateComment

BODY_LIMIT = 64 * 1024
REMOVED_KEPT_SECONDS = 30 * 24 * 3600.0


class Comments:
    """What a user says about a diff."""

    def __init__(self, context: Context, comparing: Comparing, sessions: Sessions) -> None:
        self._context = context
        self._comparing = comparing
        self._sessions = sessions

    async def list(self, name: str, *, fresh: bool = False) -> tuple[ReviewComment, ...]:
        """All comments of a workspace, by file and line, each where its lines are now; without `fresh`: where
        they were when somebody last looked."""

        def read() -> list[Anchored]:
            return [Anchored(comment_of(row, name), row.before, row.after) for row in _rows(name)]

        return await self._placed(name, await self._context.store.read(read), fresh=fresh)

    async def drafts(self, name: str) -> tuple[ReviewComment, ...]:
        """What was begun and not kept, each where its lines are now; drafts of edits are not here."""

        def read() -> list[Anchored]:
            lookup.live_workspace(name)
            begun = (begun_comment(row, name) for row in comment_drafts())
            return [each for each in begun if each is not None]

        return await self._placed(name, await self._context.store.read(read))

    async def _placed(
        self, name: str, each: Sequence[Anchored], *, fresh: bool = False
    ) -> tuple[ReviewComment, ...]:
        if not each:
            return ()
        return await placed(each, await self._comparing.sides(name, DiffRequest(), fresh=fresh))

    async def add(self, name: str, body: AddComment) -> ReviewComment:
        """Keeps a comment on lines of a file, or on a file as a whole.

        Raises:
            UsageError: The repo, the file or the lines are not there, or the comment is empty.
        """
        text = check_text("the comment", body.body, BODY_LIMIT).strip()
        if not text:
            raise UsageError("the comment is empty", hint="Write what should be different.")
        sides = await self._comparing.sides(name, DiffRequest(parse_base(body.base)))
        side, path = await located_in_diff(sides, body.repo, body.path)
        body = msgspec.structs.replace(body, path=path)
        meant = await meant_lines(side, body)

        def write() -> tuple[ReviewComment, Scratch | None]:
            row = m.ReviewComment.create(
                workspace=lookup.live_workspace(name), repo=side.repo_id, path=body.path,
                side=body.side.value, first=meant.first, last=meant.last, quote=list(meant.quote),
                before=list(meant.before), after=list(meant.after), body=text,
            )  # fmt: skip
            return comment_of(row, name), take_comment_draft(body.draft, text)

        return self._tell(*await self._context.store.write(write))

    async def update(self, comment_id: str, body: UpdateComment) -> ReviewComment:
        """Changes its text, or resolves it, or opens it again.

        Raises:
            ConflictError: The text is one on a pull request.
        """
        text = None if not isinstance(body.body, str) else check_text("the comment", body.body, BODY_LIMIT)

        def write() -> tuple[ReviewComment, Scratch | None]:
            row = _row(comment_id)
            if text is not None:
                if not text.strip():
                    raise UsageError("the comment is empty", hint="Remove it instead.")
                if row.remote_id:
                    raise ConflictError(
                        "the comment is on a pull request, where its author wrote it",
                        hint="Add one of your own beside it, or mark it as resolved.",
                    )
                row.body, row.sent_at = text.strip(), None
            if isinstance(body.resolved, bool):
                row.resolved = body.resolved
            row.save()
            return comment_of(row, row.workspace.name), take_comment_draft(body.draft, text or "")

        return self._tell(*await self._context.store.write(write))

    async def tell_changed(self, name: str, changed: Sequence[str], gone: Sequence[str]) -> None:
        """Tells of comments that came from a pull request, or are gone there."""

        def read() -> list[ReviewComment]:
            rows = m.ReviewComment.select().where(m.ReviewComment.id.in_(list(changed)))
            return [comment_of(row, name) for row in rows]

        for comment in await self._context.store.read(read):
            self._tell(comment)
        for comment_id in gone:
            self._context.hub.publish(Removed(entity="comment", id=comment_id))

    async def remove(self, comment_id: str) -> RemovedAnswer:
        """Takes it away; for 30 days `restore` brings it back.

        Raises:
            ConflictError: It is on a pull request: it would come back from there.
        """

        def write() -> str:
            row = _row(comment_id)
            if row.remote_id:
                raise ConflictError(
                    "the comment is on a pull request, and would come back from there",
                    hint="Mark it as resolved instead.",
                )
            row.removed_at = now()
            row.save(only=[m.ReviewComment.removed_at])
            old = m.ReviewComment.removed_at < now() - REMOVED_KEPT_SECONDS
            m.ReviewComment.delete().where(old).execute()
            return str(row.id)

        removed = await self._context.store.write(write)
        self._context.hub.publish(Removed(entity="comment", id=removed))
        return RemovedAnswer(removed=removed)

    async def restore(self, comment_id: str) -> ReviewComment:
        """Brings a removed one back as it was, for 30 days.

        Raises:
            NotFoundError: There is none, or no more.
            ConflictError: It was not removed.
        """

        def write() -> ReviewComment:
            row = lookup.by_id(m.ReviewComment, comment_id, "comment")
            if row.removed_at is None:
                raise ConflictError(
                    f"the comment {comment_id[:40]!r} is there", hint="Nothing is to be done."
                )
            row.removed_at = None
            row.save(only=[m.ReviewComment.removed_at])
            return comment_of(row, lookup.live_workspace(row.workspace.name).name)

        return self._tell(await self._context.store.write(write))

    async def send(self, name: str, body: SendComments) -> SendAnswer:
        """Sends comments to the agent as one follow-up that quotes path, lines and code.

        Without ids: all that are neither resolved nor sent.

        Raises:
            ConflictError: There is none to send.
        """
        wanted = set(body.ids)
        chosen = [
            each
            for each in await self.list(name, fresh=True)
            if (each.id in wanted if wanted else not each.resolved and each.sent_at is None)
        ]
        if not chosen:
            raise ConflictError(f"no comment on {name!r} waits to be sent", hint="Make one first.")
        facts = await self._comparing.live(name)
        names = {repo.repo_id: repo.name for repo in facts.repos}
        prompt = comments_prompt(chosen, names, body.message)
        answer = await self._sessions.send(
            name, SendPrompt(prompt=prompt, agent=body.agent, request_id=body.request_id)
        )
        await self._mark_sent(name, [each.id for each in chosen])
        return answer

    async def mark_reviewed(self, name: str, body: MarkReviewed) -> ReviewedAnswer:
        """Marks a file as read, or as not read; the mark goes when its content changes."""
        sides = await self._comparing.sides(name, DiffRequest(), fresh=False)
        side, path = await located_in_diff(sides, body.repo, body.path)
        text_to_name(path)

        def write() -> None:
            row = lookup.live_workspace(name)
            where = (m.ReviewedFile.workspace == row, m.ReviewedFile.repo == side.repo_id,
                     m.ReviewedFile.path == path)  # fmt: skip
            m.ReviewedFile.delete().where(*where).execute()
            if body.reviewed:
                m.ReviewedFile.create(workspace=row, repo=side.repo_id, path=path, content=body.content)

        await self._context.store.write(write)
        return ReviewedAnswer(path=path, reviewed=body.reviewed)

    async def _mark_sent(self, name: str, ids: Sequence[str]) -> None:
        def write() -> list[ReviewComment]:
            rows = list(m.ReviewComment.select().where(m.ReviewComment.id.in_(list(ids))))
            for row in rows:
                row.sent_at = now()
                row.save(only=[m.ReviewComment.sent_at])
            return [comment_of(row, name) for row in rows]

        for comment in await self._context.store.write(write):
            self._tell(comment)

    def _tell(self, comment: ReviewComment, draft: Scratch | None = None) -> ReviewComment:
        self._context.hub.publish(CommentChanged(comment=comment))
        if draft is not None:
            self._context.hub.publish(ScratchChanged(scratch=draft))
        return comment


def _rows(name: str) -> list[m.ReviewComment]:
    c = m.ReviewComment
    return list(lookup.live_workspace(name).comments.where(c.removed_at.is_null()).order_by(c.created_at))


def _row(comment_id: str) -> m.ReviewComment:
    row = lookup.by_id(m.ReviewComment, comment_id, "comment")
    if row.removed_at is not None:
        raise NotFoundError(f"the comment {comment_id[:40]!r} was removed", hint="Bring it back first.")
    return row
