"""What users say of a diff: comments, and which files they have read."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual import work
from textual.containers import Vertical

from core.errors import BoatyardError
from core.values import requests as ask
from tui.diff.bases import Compared
from tui.diff.files import DiffFiles
from tui.diff.folds import Folds
from tui.diff.source import DiffSource
from tui.diff.view import DiffView

if TYPE_CHECKING:
    from core.values.comments import ReviewComment
    from core.values.review import FileChange
    from tui.engine.link import Link
    from tui.engine.store import Store
    from tui.looks.look import Look


class DiffRemarks(Vertical):
    """The pane's part that knows whose diff it is, and what was said of it."""

    view: DiffView
    files: DiffFiles

    def __init__(self, store: Store, link: Link, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._store = store
        self._link = link
        self.source: DiffSource | None = None
        """None: no workspace is selected."""
        self.comments: tuple[ReviewComment, ...] = ()
        """Those that were begun, too."""
        self._folds = Folds()

    @property
    def workspace(self) -> str | None:
        """The workspace whose diff it is."""
        return self.source.workspace if self.source is not None else None

    @property
    def compared(self) -> Compared:
        """What is compared."""
        return self.source.compared if self.source is not None else Compared()

    def repo_name(self, repo_id: str) -> str:
        """What the repo is called, for requests and for people."""
        workspace = self._store.workspaces.get(self.workspace or "")
        repos = workspace.repos if workspace else ()
        return next((each.name for each in repos if each.repo_id == repo_id), repo_id)

    def path_of(self, each: FileChange | ReviewComment) -> str:
        """What a file is called for people: where there are several repos, with its own."""
        workspace = self._store.workspaces.get(self.workspace or "")
        return workspace.path_of(each.repo_id, each.path) if workspace is not None else each.path

    def read_comments(self) -> None:
        """Reads the comments anew."""
        if self.source is not None:
            self._read_comments(self.source.workspace)

    @work(group="diff-comments", exclusive=True)
    async def _read_comments(self, workspace: str) -> None:
        try:
            client = self._link.client
            comments = (*await client.comments(workspace), *await client.comment_drafts(workspace))
        except BoatyardError:
            return  # The diff says what is wrong.
        if workspace == self.workspace:
            self.comments = comments
            self.files.show_comments(comments)
            if self.view.file is not None:
                self.view.show_comments(self._comments_on(self.view.file))

    def _comments_on(self, file: FileChange | None) -> tuple[ReviewComment, ...]:
        key = (file.repo_id, file.path) if file is not None else None
        return tuple(each for each in self.comments if (each.repo_id, each.path) == key)

    def action_reviewed(self) -> None:
        file = self.files.current if self.files.has_focus else self.view.file
        if file is not None and self.workspace:
            self._mark(self.workspace, file)

    @work(group="diff-mark")
    async def _mark(self, workspace: str, file: FileChange) -> None:
        repo = self.repo_name(file.repo_id)
        body = ask.MarkReviewed(path=file.path, content=file.new_id, repo=repo, reviewed=not file.reviewed)
        try:
            await self._link.client.mark_reviewed(workspace, body)
        except BoatyardError as error:
            self.say(f"{error.message} {error.hint}".strip())
            return
        self._folds.forget(file)
        self.read_again()

    def read_again(self) -> None:
        """Reads it all anew: it is known to be another one now."""
        raise NotImplementedError

    def say(self, text: str) -> None:
        """Tells the user, in passing."""
        cast("Look", self.app).say(text, severity="warning")
