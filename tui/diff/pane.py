"""The fourth pane: what the workspace changed, against whatever one chooses."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget

from core.errors import BoatyardError
from core.values import requests as ask
from core.values.review import LineKind
from tui.diff.bar import DiffBar
from tui.diff.bases import Compared, of_checkpoints
from tui.diff.files import DiffFiles
from tui.diff.head import why_folded
from tui.diff.view import PAGE, DiffView
from tui.engine.changes import Changes
from tui.engine.link import Link
from tui.engine.store import Store
from tui.keys.actions import bindings
from tui.widgets.rows import RowView

if TYPE_CHECKING:
    from core.values.comments import ReviewComment, Side
    from core.values.review import DiffLine, DiffSummary, FileChange
    from tui.looks.look import Look

REST_SECONDS = 0.08
"""How long the cursor rests on a file before its diff is read."""
FIRST_PAGE_SECONDS = 1.0
"""How long the first page may keep the look at what is new waiting."""
MOST_CONTEXT = 200
SEEK = 4000
"""Lines that are looked through at a time."""


class DiffPane(Vertical):
    """Files and one file's diff; only the diff where there is no room for both."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("diff")]
    DEFAULT_CSS = """
    DiffPane DiffFiles { width: 34; border-right: solid $boatyard-rule; }
    DiffPane DiffView { width: 1fr; }
    """

    class Loaded(Message):
        """The list of changed files is known."""

        def __init__(self, summary: DiffSummary) -> None:
            super().__init__()
            self.summary = summary

    class Moved(Message):
        """The cursor is in another file or hunk."""

    def __init__(self, store: Store, link: Link, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._store = store
        self._link = link
        self.workspace: str | None = None
        self.summary: DiffSummary | None = None
        self.watched = False
        """Whether somebody else shows the list of files too, so that it is read out of sight."""
        self.compared = Compared()
        self.whitespace = True
        self.comments: tuple[ReviewComment, ...] = ()
        self._stale = True
        self._folds: dict[tuple[str, str, str], bool] = {}
        """What was folded or unfolded by hand, by file and content."""
        self._fold_all: bool | None = None
        self._page_here = asyncio.Event()
        """Whether a page of the workspace's diff has come."""
        self._wanted: tuple[str, str, Side, int] | None = None
        """A place to go to as soon as it is there."""

    def compose(self) -> ComposeResult:
        yield DiffBar(id="diff-bar")
        with Horizontal():
            yield DiffFiles(id="diff-files")
            yield DiffView(id="diff-view")

    def on_mount(self) -> None:
        self._files = self.query_one("#diff-files", DiffFiles)
        self.view = self.query_one("#diff-view", DiffView)
        self._bar = self.query_one("#diff-bar", DiffBar)
        self._store.watch(self._on_changes)
        self._rest: Timer | None = None

    @property
    def main(self) -> Widget:
        """What gets the focus when the pane does."""
        return self.view if self.has_class("-inside") else self._files

    def show_workspace(self, name: str | None) -> None:
        """Another workspace is selected; its diff is read when the pane is in sight."""
        if name != self.workspace:
            self.workspace = name
            self.compared = Compared()
            self.comments = ()
            self._forget("Reading the diff" if name else "No workspace selected")
        self.look_again()

    def compare(self, since: int, until: int) -> None:
        """Shows what differs between two checkpoints (see `Client.diff`) until one steps back."""
        self.compare_with(of_checkpoints(since, until))

    def compare_with(self, compared: Compared) -> None:
        """Shows another comparison until one steps back."""
        self.compared = compared
        self._forget("Reading the diff")
        self.look_again()

    def _forget(self, note: str) -> None:
        self.summary = None
        self._stale = True
        self._page_here.clear()
        self.remove_class("-inside")
        self._files.show(None, note)
        self.view.show(None, " ")

    def look_again(self, *, opening: bool = False) -> None:
        """Reads what may be old, if anybody looks or, with `opening`, is about to."""
        looked_at = opening or (self.display and self.is_on_screen)
        if self._stale and self.workspace and (looked_at or self.watched):
            self._stale = False
            self._read_summary(self.workspace)
            self._read_comments(self.workspace)

    def read_comments(self) -> None:
        """Reads the comments anew."""
        if self.workspace:
            self._read_comments(self.workspace)

    def read_again(self) -> None:
        """Reads it all anew: it is known to be another one now."""
        self._stale = True
        self.look_again()

    @property
    def file(self) -> FileChange | None:
        """The file whose diff is shown."""
        return self.view.file

    @property
    def line(self) -> int:
        """The number, in the changed file, of the line at the cursor."""
        return self.view.line_number()

    def repo_name(self, repo_id: str) -> str:
        """What the repo is called, for requests and for people."""
        workspace = self._store.workspaces.get(self.workspace or "")
        repos = workspace.repos if workspace else ()
        return next((each.name for each in repos if each.repo_id == repo_id), repo_id)

    def refresh_bar(self) -> None:
        """Shows what is compared, how much it is, and where the cursor is."""
        workspace = self._store.workspaces.get(self.workspace or "")
        targets = {each.target_branch for each in workspace.repos} if workspace else set()
        words = self.compared.words(" ".join(sorted(targets)) or "the target branch")
        words += "" if self.whitespace else ", without white space"
        shown = {"auto": "", "unified": "unified", "split": "side by side"}[self.view.mode]
        self._bar.tell(words, self.summary, self._position(), shown)

    def _position(self) -> str:
        if not self._files.files:
            return ""
        at, total = self.view.hunk_position()
        file = f"file {self._files.cursor_row + 1}/{len(self._files.files)}"
        return f"{file}  hunk {at}/{total}" if total else file

    def step_back(self) -> bool:
        """From the diff to the list of files."""
        if self.has_class("-inside"):
            self.remove_class("-inside")
            self._files.focus()
            return True
        if not self.compared.usual:
            self.compare(0, 0)
            return True
        return False

    def _on_changes(self, changes: Changes) -> None:
        if changes.everything or (self.workspace and self.workspace in changes.files):
            self.read_again()
        elif self.workspace and ("" in changes.comments or self.workspace in changes.comments):
            self._read_comments(self.workspace)

    # Moving

    @on(RowView.Highlighted, "#diff-files")
    def _file_moved(self, event: RowView.Highlighted) -> None:
        event.stop()
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST_SECONDS, self._show_current)

    @on(RowView.Highlighted, "#diff-view")
    def _line_moved(self, event: RowView.Highlighted) -> None:
        event.stop()
        self.post_message(self.Moved())

    def _show_current(self) -> None:
        file = self._files.current
        shown = self.view.file
        if file is not None and (shown is None or (file.repo_id, file.path) != (shown.repo_id, shown.path)):
            self._show(file)

    def _show(self, file: FileChange | None, note: str = "") -> None:
        self.view.comments = tuple(
            each for each in self.comments if file and (each.repo_id, each.path) == (file.repo_id, file.path)
        )
        self.view.show(file, note, folded=self._folded(file) if file else False)
        self.post_message(self.Moved())

    @on(RowView.Chosen, "#diff-files")
    def _file_chosen(self, event: RowView.Chosen) -> None:
        event.stop()
        self._show_current()
        self.add_class("-inside")
        self.view.focus()

    @on(RowView.Chosen, "#diff-view")
    def _line_chosen(self, event: RowView.Chosen) -> None:
        event.stop()
        file = self.view.file
        if file is not None:
            self._folds[_content(file)] = not self.view.folded
            self._show_folded(file)

    def _show_folded(self, file: FileChange) -> None:
        self.view.show(file, folded=self._folded(file))
        self.view.move_to(0)
        self.post_message(self.Moved())

    def _folded(self, file: FileChange) -> bool:
        usual = bool(why_folded(file)) if self._fold_all is None else self._fold_all
        return self._folds.get(_content(file), usual)

    def action_fold_all(self, folded: bool) -> None:
        self._fold_all = folded
        self._folds.clear()
        if self.view.file is not None:
            self._show_folded(self.view.file)

    def action_file(self, step: int) -> None:
        self._files.move_to(self._files.cursor_row + step)
        self._show_current()

    def action_hunk(self, step: int) -> None:
        if not self.view.go_to_hunk(step):
            self.action_file(step)

    def action_context(self, step: int) -> None:
        wanted = self.view.context_lines * 2 if step > 0 else self.view.context_lines // 2
        self.view.context_lines = max(0, min(wanted or (1 if step > 0 else 0), MOST_CONTEXT))
        if self.view.file is not None:
            self._show(self.view.file)

    def action_layout(self) -> None:
        self.view.next_mode()
        self.refresh_bar()

    def action_wrap(self) -> None:
        self.view.turn_wrap()

    def action_whitespace(self) -> None:
        self.whitespace = not self.whitespace
        self.view.show(None, " ")
        self.read_again()
        self.refresh_bar()

    def action_reviewed(self) -> None:
        file = self._files.current if self._files.has_focus else self.view.file
        if file is not None and self.workspace:
            self._mark(self.workspace, file)

    def go_to(self, repo_id: str, path: str, side: Side, line: int) -> None:
        """Shows a line of a file, as soon as it is there."""
        self._wanted = (repo_id, path, side, line)
        for at, file in enumerate(self._files.files):
            if (file.repo_id, file.path) == (repo_id, path):
                self._folds[_content(file)] = False
                self._files.move_to(at)
                self._show_current()
                if self.view.folded:
                    self._show_folded(file)
        self.add_class("-inside")
        self.view.focus()
        self._go_to_wanted()

    def _go_to_wanted(self) -> None:
        file = self.view.file
        if self._wanted is None or file is None or (file.repo_id, file.path) != self._wanted[:2]:
            return
        if self._wanted[3] == 0:
            self.view.move_to(0)
            self._wanted = None
        elif self.view.go_to_place(*self._wanted[2:]):
            self._wanted = None

    # Calls

    @work(group="diff", exclusive=True)
    async def _read_summary(self, workspace: str) -> None:
        """What differs now. A diff that is opened shows what was there last at once, until that is known."""
        compared, whitespace = self.compared, self.whitespace
        for latest in (True, False) if self.summary is None and not compared.until else (False,):
            try:
                summary = await self._link.client.diff(
                    workspace, base=compared.base, until=compared.until, whitespace=whitespace, latest=latest
                )
            except BoatyardError as error:
                if workspace == self.workspace and not latest:
                    self._stale, self.summary = True, None
                    self._files.show(None, error.message)
                    self.view.show(None, f"{error.message} {error.hint}".strip())
                continue
            if (workspace, compared, whitespace) != (self.workspace, self.compared, self.whitespace):
                return
            if not latest or summary.files:
                self._take_summary(summary, compared)
            if latest:
                await self._first_page_is_here()

    async def _first_page_is_here(self) -> None:
        """What is shown at once comes before the look at what is new, which takes a snapshot."""
        file = self.view.file
        if file is not None and not (file.binary or self.view.folded):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._page_here.wait(), FIRST_PAGE_SECONDS)

    def _take_summary(self, summary: DiffSummary, compared: Compared) -> None:
        if summary == self.summary:
            return
        self.summary = summary
        self._files.show(summary, "Nothing changed")
        self.post_message(self.Loaded(summary))
        against = "against the target branch" if compared.usual else "between the two"
        if not summary.files:
            self.view.show(None, f"Nothing changed {against}")
        else:
            self._show_news(summary)

    def _show_news(self, summary: DiffSummary) -> None:
        """The shown file as it is now, where one was reading; the one at the cursor when it is gone."""
        shown = self.view.file
        now = next((each for each in summary.files if shown and _same(each, shown)), None)
        if shown is None or now is None:
            self._show(self._files.current)
        elif now.new_id and _content(now) == _content(shown) and now.old_id == shown.old_id:
            if now.reviewed != shown.reviewed:
                self._show_folded(now)
            self.view.tell(now)
        else:
            self._show(now)

    @on(DiffView.Wants)
    def _page_wanted(self, event: DiffView.Wants) -> None:
        if self.workspace:
            self._read_page(self.workspace, event)

    @work(group="diff-page")
    async def _read_page(self, workspace: str, wanted: DiffView.Wants) -> None:
        """A page as soon as its lines are there; then how many there are in all."""
        for partial in (True, False):
            try:
                diff = await self._link.client.file_diff(
                    workspace, wanted.file.repo_id, wanted.file.path, start=wanted.page * PAGE, limit=PAGE,
                    context=wanted.context, base=self.compared.base, until=self.compared.until,
                    whitespace=self.whitespace, partial=partial,
                )  # fmt: skip
            except BoatyardError as error:
                if workspace == self.workspace:
                    self.view.fail(wanted, error.message)
                    self._page_here.set()
                return
            if workspace == self.workspace:
                self.view.take(wanted, diff)
                self._page_here.set()
                self._go_to_wanted()
                self.post_message(self.Moved())
            if diff.complete:
                return

    @on(DiffView.Seeks)
    def _sought(self, event: DiffView.Seeks) -> None:
        if self.workspace and self.view.file is not None:
            self._seek(self.workspace, self.view.file, event)

    @work(group="diff-seek", exclusive=True)
    async def _seek(self, workspace: str, file: FileChange, sought: DiffView.Seeks) -> None:
        """Looks through the diff, window by window, from a line on to its end, then from the other end."""
        try:
            found = await self._find_line(workspace, file, sought)
        except BoatyardError as error:
            self._say(error.message)
            return
        if workspace == self.workspace and self.view.file is not None and _same(self.view.file, file):
            if found is not None:
                self.view.go_to_line(found)
            elif sought.needle:
                self._say(f"no line of this diff has {sought.needle!r} in it")
            else:
                self.action_file(sought.step)

    async def _find_line(self, workspace: str, file: FileChange, sought: DiffView.Seeks) -> int | None:
        start, step = max(0, sought.start), sought.step
        wrapped = not sought.needle
        while True:
            first = start if step > 0 else max(0, start - SEEK + 1)
            limit = SEEK if step > 0 else start - first + 1
            diff = await self._link.client.file_diff(
                workspace, file.repo_id, file.path, start=first, limit=limit,
                context=self.view.context_lines, base=self.compared.base, until=self.compared.until,
                whitespace=self.whitespace,
            )  # fmt: skip
            hits = [n for n, line in enumerate(diff.lines) if _fits(line, sought.needle)]
            if hits:
                return first + (hits[0] if step > 0 else hits[-1])
            start = first + len(diff.lines) if step > 0 else first - 1
            if start < 0 or start >= diff.total or not diff.lines:
                if wrapped:
                    return None
                wrapped, start = True, 0 if step > 0 else diff.total - 1

    def _say(self, text: str) -> None:
        cast("Look", self.app).say(text, severity="warning")

    @work(group="diff-comments", exclusive=True)
    async def _read_comments(self, workspace: str) -> None:
        try:
            comments = await self._link.client.comments(workspace)
        except BoatyardError:
            return  # The diff says what is wrong.
        if workspace == self.workspace:
            self.comments = comments
            counts: dict[tuple[str, str], int] = {}
            for each in comments:
                if not each.resolved:
                    counts[each.repo_id, each.path] = counts.get((each.repo_id, each.path), 0) + 1
            self._files.comments = counts
            self._files.rows_changed()
            file = self.view.file
            if file is not None:
                key = (file.repo_id, file.path)
                self.view.show_comments(tuple(each for each in comments if (each.repo_id, each.path) == key))

    @work(group="diff-mark")
    async def _mark(self, workspace: str, file: FileChange) -> None:
        body = ask.MarkReviewed(
            path=file.path, content=file.new_id, repo=self.repo_name(file.repo_id), reviewed=not file.reviewed
        )
        try:
            await self._link.client.mark_reviewed(workspace, body)
        except BoatyardError as error:
            self._say(f"{error.message} {error.hint}".strip())
            return
        self._folds.pop(_content(file), None)
        self.read_again()


def _content(file: FileChange) -> tuple[str, str, str]:
    return file.repo_id, file.path, file.new_id


def _same(one: FileChange, other: FileChange) -> bool:
    return (one.repo_id, one.path) == (other.repo_id, other.path)


def _fits(line: DiffLine, needle: str) -> bool:
    return needle in line.text.casefold() if needle else line.kind is LineKind.HUNK
