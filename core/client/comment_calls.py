"""The client's calls about comments on diffs, and files that have been read."""

from __future__ import annotations

from core.client.connection import Connection
from core.client.parts import part
from core.values import requests as ask
from core.values.answers import RemovedAnswer, ReviewedAnswer, SendAnswer
from core.values.comments import ReviewComment


class CommentCalls:
    """A part of `core.client.Client`."""

    _http: Connection

    async def comments(self, name: str) -> tuple[ReviewComment, ...]:
        """All comments of a workspace, by file and line, each where its lines are now."""
        path = f"/workspaces/{part(name)}/comments"
        return await self._http.call("GET", path, tuple[ReviewComment, ...])

    async def comment_drafts(self, name: str) -> tuple[ReviewComment, ...]:
        """Comments that were begun and not kept, each where its lines are now."""
        path = f"/workspaces/{part(name)}/comments/drafts"
        return await self._http.call("GET", path, tuple[ReviewComment, ...])

    async def add_comment(self, name: str, body: ask.AddComment) -> ReviewComment:
        return await self._http.call("POST", f"/workspaces/{part(name)}/comments", ReviewComment, body=body)

    async def update_comment(self, comment: str, body: ask.UpdateComment) -> ReviewComment:
        """Changes its text, or resolves it, or opens it again."""
        return await self._http.call("PATCH", f"/comments/{part(comment)}", ReviewComment, body=body)

    async def remove_comment(self, comment: str) -> None:
        await self._http.call("DELETE", f"/comments/{part(comment)}", RemovedAnswer)

    async def restore_comment(self, comment: str) -> ReviewComment:
        """Brings a removed one back as it was."""
        return await self._http.call("POST", f"/comments/{part(comment)}/restore", ReviewComment)

    async def send_comments(self, name: str, body: ask.SendComments) -> SendAnswer:
        """Sends comments to the agent as one follow-up; without ids all that wait."""
        return await self._http.call("POST", f"/workspaces/{part(name)}/comments/send", SendAnswer, body=body)

    async def mark_reviewed(self, name: str, body: ask.MarkReviewed) -> ReviewedAnswer:
        """Marks a file of the diff as read, or as not read."""
        path = f"/workspaces/{part(name)}/reviewed"
        return await self._http.call("POST", path, ReviewedAnswer, body=body)
