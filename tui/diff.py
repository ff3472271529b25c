"""The fourth pane: what the workspace changed against its target branch."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget

from core.errors import BoatyardError
from tui.actions import bindings
from tui.changes import Changes
from tui.diff_files import DiffFiles
from tui.diff_view import PAGE, DiffView
from tui.link import Link
from tui.rows import RowView
from tui.store import Store

if TYPE_CHECKING:
    from core.values.review import DiffSummary, FileChange

REST_SECONDS = 0.08
"""How long the cursor rests on a file before its diff is read."""
MOST_CONTEXT = 200


class DiffPane(Horizontal):
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
        self.between = (0, 0)
        """The checkpoints that are compared: 0 and 0 is the target branch and the present."""
        self._stale = True

    def compose(self) -> ComposeResult:
        yield DiffFiles(id="diff-files")
        yield DiffView(id="diff-view")

    def on_mount(self) -> None:
        self._files = self.query_one("#diff-files", DiffFiles)
        self._view = self.query_one("#diff-view", DiffView)
        self._store.watch(self._on_changes)
        self._rest: Timer | None = None

    @property
    def main(self) -> Widget:
        """What gets the focus when the pane does."""
        return self._view if self.has_class("-inside") else self._files

    def show_workspace(self, name: str | None) -> None:
        """Another workspace is selected; its diff is read when the pane is in sight."""
        if name != self.workspace:
            self.workspace = name
            self.between = (0, 0)
            self._forget("Reading the diff" if name else "No workspace selected")
        self.look_again()

    def compare(self, since: int, until: int) -> None:
        """Shows what differs between two checkpoints (see `Client.diff`) until one steps back."""
        self.between = (since, until)
        self._forget("Reading the diff")
        self.look_again()

    def _forget(self, note: str) -> None:
        self.summary = None
        self._stale = True
        self.remove_class("-inside")
        self._files.show(None, note)
        self._view.show(None, " ")

    def compared(self) -> str:
        """What is compared, in words; nothing when it is the work with its target branch."""
        since, until = self.between
        if not since and not until:
            return ""
        return f"checkpoint {since} to {until or 'now'}" if since else f"brought by checkpoint {until}"

    def look_again(self) -> None:
        """Reads what may be old, if anybody looks."""
        looked_at = self.display and self.is_on_screen
        if self._stale and self.workspace and (looked_at or self.watched):
            self._stale = False
            self._read_summary(self.workspace)

    @property
    def file(self) -> FileChange | None:
        """The file whose diff is shown."""
        return self._view.file

    @property
    def line(self) -> int:
        """The number, in the changed file, of the line at the cursor."""
        return self._view.line_number()

    def position(self) -> str:
        """Where the cursor is, in words."""
        compared = self.compared()
        if not self._files.files:
            return compared
        at, total = self._view.hunk_position()
        file = f"file {self._files.cursor_row + 1}/{len(self._files.files)}"
        position = f"{file}  hunk {at}/{total}" if total else file
        return f"{compared}  {position}" if compared else position

    def step_back(self) -> bool:
        """From the diff to the list of files."""
        if self.has_class("-inside"):
            self.remove_class("-inside")
            self._files.focus()
            return True
        if self.between != (0, 0):
            self.compare(0, 0)
            return True
        return False

    def _on_changes(self, changes: Changes) -> None:
        if changes.everything or (self.workspace and self.workspace in changes.files):
            self._stale = True
            self.look_again()

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
        if file is not self._view.file:
            self._view.show(file)
            self.post_message(self.Moved())

    @on(RowView.Chosen, "#diff-files")
    def _file_chosen(self, event: RowView.Chosen) -> None:
        event.stop()
        self._show_current()
        self.add_class("-inside")
        self._view.focus()

    def action_file(self, step: int) -> None:
        self._files.move_to(self._files.cursor_row + step)
        self._show_current()

    def action_hunk(self, step: int) -> None:
        if not self._view.go_to_hunk(step):
            self.action_file(step)

    def action_context(self, step: int) -> None:
        wanted = self._view.context_lines * 2 if step > 0 else self._view.context_lines // 2
        self._view.context_lines = max(0, min(wanted or (1 if step > 0 else 0), MOST_CONTEXT))
        self._view.show(self._view.file)

    # Calls

    @work(group="diff", exclusive=True)
    async def _read_summary(self, workspace: str) -> None:
        since, until = between = self.between
        base = f"checkpoint:{since}" if since else ""
        try:
            summary = await self._link.client.diff(workspace, base=base, until=until)
        except BoatyardError as error:
            if workspace == self.workspace:
                self._stale = True
                self._files.show(None, error.message)
            return
        if (workspace, between) != (self.workspace, self.between):
            return
        self.summary = summary
        self._files.show(summary, "Nothing changed")
        self.post_message(self.Loaded(summary))
        against = "between the two" if any(between) else "against the target branch"
        nothing = "" if summary.files else f"Nothing changed {against}"
        self._view.show(self._files.current, nothing)

    @on(DiffView.Wants)
    def _page_wanted(self, event: DiffView.Wants) -> None:
        if self.workspace:
            self._read_page(self.workspace, event)

    @work(group="diff-page")
    async def _read_page(self, workspace: str, wanted: DiffView.Wants) -> None:
        file, (since, until) = wanted.file, self.between
        base = f"checkpoint:{since}" if since else ""
        try:
            diff = await self._link.client.file_diff(
                workspace, file.repo_id, file.path,
                start=wanted.page * PAGE, limit=PAGE, context=wanted.context, base=base, until=until,
            )  # fmt: skip
        except BoatyardError as error:
            if workspace == self.workspace and self._view.file is file:
                self._view.fail(error.message)
            return
        if workspace == self.workspace:
            self._view.take(file, wanted.page, wanted.context, diff)
            self.post_message(self.Moved())
