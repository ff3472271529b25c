"""All comments of a workspace: gone to, resolved, edited, removed, sent to the agent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast
from uuid import uuid4

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from core.errors import BoatyardError
from core.values import requests as ask
from core.values.comments import ReviewComment
from tui.comments.comment_sheet import CommentSheet
from tui.comments.drafts import other_drafts
from tui.comments.rows import comment_place, comment_sign
from tui.engine.store import Store
from tui.keys.actions import bindings
from tui.text.spans import Line, fit
from tui.widgets.rows import RowView
from tui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from tui.comments.drafts import CommentDrafts
    from tui.engine.changes import Changes
    from tui.engine.link import Link
    from tui.looks.look import Look


class CommentRows(RowView):
    """One row per comment."""

    def __init__(self) -> None:
        super().__init__(id="comments")
        self.comments: tuple[ReviewComment, ...] = ()
        self.note = "Reading the comments"
        self.path_of: Callable[[str, str], str] = lambda repo_id, path: path
        self._longest = 0
        """Cells of the longest word that says how far a comment is."""

    def show(self, comments: tuple[ReviewComment, ...]) -> None:
        """Shows these; the cursor stays on its comment."""
        at = self.current.id if self.current else ""
        self.comments, self.note = (
            comments,
            f"No comment yet: {self.look.keymap.hint('comment')} in the diff makes one",
        )
        self._longest = max([len("outdated"), *(len(comment_sign(each)[1]) for each in comments)])
        self.styles.height = min(max(3, len(comments)), 20)
        self.rows_changed()
        self.move_to(next((n for n, each in enumerate(comments) if each.id == at), self.cursor_row))

    @property
    def current(self) -> ReviewComment | None:
        """The comment at the cursor."""
        return self.comments[self.cursor_row] if self.cursor_row < len(self.comments) else None

    def place(self, comment: ReviewComment) -> str:
        """Where a comment is, in words."""
        return comment_place(comment, self.path_of(comment.repo_id, comment.path))

    def row_count(self) -> int:
        return len(self.comments)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        each = self.comments[index]
        sign, word = comment_sign(each)
        first, _, rest = each.body.strip().partition("\n")
        author = f"{each.author}: " if each.author else ""
        word = f"{word:<{self._longest}} "
        place = fit(self.place(each), max(10, width // 3), cut=self.glyphs.cut, keep_end=True)
        said = f"{first} {self.glyphs.cut}" if rest else first
        return (
            (f" {self.glyphs.state(sign)} {word}", sign), (f"{place}  ", "link"), (author, "strong"),
            (said, "dim" if each.resolved else "text"),
        ), ()  # fmt: skip

    def empty_text(self) -> Line:
        return ((f" {self.note}", "dim"),)


HINTS = (
    "{choose} go there", "{comments-send} send", "{comment-resolve} resolve",
    "{comment-edit} edit", "{comment-remove} remove", "{comment-back} undo", "{sheet-leave}",
)  # fmt: skip


THEIRS = "It is on a pull request, where its author changes it: {comment-resolve} marks it as resolved here."

BEGUN = "It is begun, and no comment yet: {choose} opens it."


class CommentsSheet(Sheet[ReviewComment]):
    """Gives the comment to go to, or the draft to go on with."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("comments")]

    def __init__(self, link: Link, store: Store, workspace: str, drafts: CommentDrafts) -> None:
        super().__init__(f"Comments on {workspace}", *HINTS)
        self._link, self._store, self._workspace = link, store, workspace
        self._drafts = drafts
        self._request: tuple[tuple[str, ...], str] = ((), "")
        """What was sent and not answered yet, so that trying again repeats nothing."""
        self._read = False
        """Whether the comments are here."""

    def body(self) -> ComposeResult:
        yield CommentRows()

    def on_mount(self) -> None:
        self._rows = self.query_one(CommentRows)
        if self._workspace in self._store.workspaces:
            self._rows.path_of = self._store.workspaces[self._workspace].path_of
        self._rows.focus()
        self._store.watch(self._on_changes)
        self._load()

    def on_unmount(self) -> None:
        self._store.unwatch(self._on_changes)

    def _on_changes(self, changes: Changes) -> None:
        other = "" in changes.comments or self._workspace in changes.comments
        if changes.everything or other or other_drafts(changes, self._workspace):
            self._load()

    @work(exclusive=True, group="load")
    async def _load(self) -> None:
        await self._try(self._show_all)

    async def _show_all(self) -> None:
        client = self._link.client
        comments = (*await client.comment_drafts(self._workspace), *await client.comments(self._workspace))
        self._rows.show(tuple(sorted(comments, key=lambda each: (each.repo_id, each.path, each.first))))
        self._read = True

    async def _try(self, call: Callable[[], Awaitable[object]]) -> bool:
        try:
            await call()
        except BoatyardError as error:
            self.problem(f"{error.message}\n{error.hint}".strip())
            return False
        self.problem("")
        return True

    def acts(self) -> Mapping[str, Callable[[], object]]:
        return {
            "comment-resolve": self._resolve, "comment-edit": self._edit, "comment-remove": self._remove,
            "comment-back": self.undo, "comments-send": self._send,
        }  # fmt: skip

    @work(group="change")
    async def _resolve(self) -> None:
        each = self._rows.current
        if each is not None and each.draft:
            self.problem(self.filled(BEGUN))
        elif each is not None:
            body = ask.UpdateComment(resolved=not each.resolved)
            if await self._try(lambda: self._link.client.update_comment(each.id, body)):
                self._load()

    @work(group="change")
    async def _edit(self) -> None:
        each = self._rows.current
        if each is None:
            return
        if each.draft:
            self.dismiss(each)
            return
        if each.author:
            self.problem(self.filled(THEIRS))
            return
        sheet = CommentSheet(f"Comment on {self._rows.place(each)}", each.id, self._drafts, each.body)
        text = await self.app.push_screen_wait(sheet)
        if not text or text == each.body:
            await self._drafts.left(each.id)
            return
        await self._drafts.save()
        body = ask.UpdateComment(body=text, draft=each.id)
        if await self._try(lambda: self._link.client.update_comment(each.id, body)):
            await self._drafts.forget(each.id)
            self._load()

    @work(group="change")
    async def _remove(self) -> None:
        async with self.in_turn:
            await self._remove_now(self._rows.current)

    async def _remove_now(self, each: ReviewComment | None) -> None:
        if each is not None and each.draft:
            texts = await self._drafts.of(each.id)
            await self._drafts.forget(each.id)
            self.can_undo("The draft is thrown away", partial(self._drafts.put_back, each.id, texts))
            self._load()
        elif each is not None and await self._try(lambda: self._link.client.remove_comment(each.id)):
            await self._drafts.forget(each.id)
            self.can_undo("The comment is removed", partial(self._link.client.restore_comment, each.id))
            self._load()

    @work(group="send", exclusive=True)
    async def _send(self) -> None:
        """Those that are seen here as open, and no others; a second try is known by its id."""
        if not self._read and not await self._try(self._show_all):
            return
        comments = self._rows.comments
        ids = tuple(each.id for each in comments if not (each.resolved or each.sent_at or each.draft))
        begun = any(each.draft for each in comments)
        if not ids:
            told = BEGUN if begun else "No comment waits: all are sent or resolved."
            self.problem(self.filled(told))
            return
        if self._request[0] != ids:
            self._request = (ids, uuid4().hex)
        body = ask.SendComments(ids=ids, request_id=self._request[1])
        if await self._try(lambda: self._link.client.send_comments(self._workspace, body)):
            self._request = ((), "")
            rest = ", without what is begun" if begun else ""
            cast("Look", self.app).say(f"{len(ids)} sent to the agent, as one prompt{rest}")
            await self._show_all()

    @on(RowView.Chosen)
    def _chosen(self, event: RowView.Chosen) -> None:
        event.stop()
        self.dismiss(self._rows.comments[event.index])
