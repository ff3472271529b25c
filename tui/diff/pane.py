"""The fourth pane: what the workspace changed, against whatever one chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.timer import Timer
from textual.widget import Widget

from tui.comments.drafts import other_drafts
from tui.diff.bar import DiffBar
from tui.diff.bases import Compared, of_checkpoints
from tui.diff.files import READING, DiffFiles
from tui.diff.going import DiffGoing
from tui.diff.source import DiffSource
from tui.diff.view import DiffView
from tui.engine.changes import Changes
from tui.engine.link import Link
from tui.engine.store import Store
from tui.keys.actions import bindings
from tui.widgets.bare import BareHorizontal
from tui.widgets.rows import RowView

if TYPE_CHECKING:
    from core.values.review import FileChange

REST_SECONDS = 0.08
"""How long the cursor rests on a file before its diff is read."""


class DiffPane(DiffGoing):
    """Files and one file's diff; only the diff where there is no room for both."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("diff")]
    DEFAULT_CSS = """
    DiffPane DiffFiles { width: 34; border-right: solid $boatyard-rule; }
    DiffPane DiffView { width: 1fr; }
    """

    def __init__(self, store: Store, link: Link, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(store, link, id=id)
        self._rest: Timer | None = None
        self._whitespace = True
        """Whether changes in whitespace alone count."""

    def compose(self) -> ComposeResult:
        yield DiffBar(id="diff-bar")
        with BareHorizontal():
            yield DiffFiles(id="diff-files")
            yield DiffView(id="diff-view")

    def on_mount(self) -> None:
        self.files = self.query_one("#diff-files", DiffFiles)
        self.view = self.query_one("#diff-view", DiffView)
        self.files.path_of = self.view.path_of = self.path_of
        self._bar = self.query_one("#diff-bar", DiffBar)
        self._store.watch(self._on_changes)

    @property
    def main(self) -> Widget:
        """What gets the focus when the pane does."""
        return self.view if self.has_class("-inside") else self.files

    # What is compared

    def show_workspace(self, name: str | None) -> None:
        """Another workspace is selected; its diff is read when the pane is in sight, or soon."""
        if name == self.workspace:
            self.look_again()
            return
        self.comments = ()
        self.remove_class("-inside")
        note = READING if name else "No workspace selected"
        self._read_source(DiffSource(name, whitespace=self._whitespace) if name else None, note)

    def compare(self, since: int, until: int) -> None:
        """Shows what differs between two checkpoints (see `Client.diff`) until one steps back."""
        self.compare_with(of_checkpoints(since, until))

    def compare_with(self, compared: Compared) -> None:
        """Shows another comparison until one steps back."""
        if self.workspace:
            self.remove_class("-inside")
            source = DiffSource(self.workspace, compared, self._whitespace)
            self._read_source(source, READING)

    @property
    def file(self) -> FileChange | None:
        """The file whose diff is shown."""
        return self.view.file

    @property
    def line(self) -> int:
        """The number, in the changed file, of the line at the cursor."""
        return self.view.line_number()

    def refresh_bar(self) -> None:
        """Shows what is compared, how much it is, and where the cursor is."""
        workspace = self._store.workspaces.get(self.workspace or "")
        targets = {each.target_branch for each in workspace.repos} if workspace else set()
        words = self.compared.words(" ".join(sorted(targets)) or "the target branch")
        words += "" if self._whitespace else ", without white space"
        shown = {"auto": "", "unified": "unified", "split": "side by side"}[self.view.mode]
        shown_as = [each for each in (shown, self.view.context_words) if each]
        name = workspace.name if workspace else ""
        self._bar.tell(name, words, self.summary, self._position(), shown_as, fresh=self.fresh)

    def _position(self) -> str:
        if not self.files.files:
            return ""
        at, total = self.view.hunk_position()
        file = f"file {self.files.cursor_row + 1}/{len(self.files.files)}"
        return f"{file}  hunk {at}/{total}" if total else file

    def step_back(self) -> bool:
        """From the diff to the list of files."""
        if self.has_class("-inside"):
            self.remove_class("-inside")
            self.files.focus()
            return True
        if not self.compared.usual:
            self.compare(0, 0)
            return True
        return False

    def _on_changes(self, changes: Changes) -> None:
        if changes.everything:
            self.read_again()
        elif self.sides & changes.files:
            self.files_changed()
        elif self.workspace and ("" in changes.comments or self.workspace in changes.comments):
            self.read_comments()
        elif self.workspace and self.screen.is_current and other_drafts(changes, self.workspace):
            self.read_comments()
        if self.sides & changes.workspaces and not self.looks_by_itself:
            self.look_while_at_work()

    # Moving

    @on(RowView.Highlighted, "#diff-files")
    def _file_moved(self, event: RowView.Highlighted) -> None:
        event.stop()
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST_SECONDS, self.show_current)

    @on(RowView.Highlighted, "#diff-view")
    def _line_moved(self, event: RowView.Highlighted) -> None:
        event.stop()
        self.post_message(self.Moved())

    @on(RowView.Chosen, "#diff-files")
    def _file_chosen(self, event: RowView.Chosen) -> None:
        event.stop()
        self.show_current()
        self.add_class("-inside")
        self.view.focus()

    @on(RowView.Chosen, "#diff-view")
    def _line_chosen(self, event: RowView.Chosen) -> None:
        event.stop()
        file = self.view.file
        if file is not None:
            self._folds.turn(file, not self.view.folded)
            self._show_folded(file)

    # Keys

    def action_fold_all(self, folded: bool) -> None:
        self._folds.turn_all(folded)
        if self.view.file is not None:
            self._show_folded(self.view.file)

    def action_hunk(self, step: int) -> None:
        if not self.view.go_to_hunk(step):
            self.action_file(step)

    def action_context(self, step: int) -> None:
        self.view.next_context(step)
        if self.view.file is not None:
            self._show(self.view.file)
        self.refresh_bar()

    def action_layout(self) -> None:
        self.view.next_mode()
        self.refresh_bar()

    def action_wrap(self) -> None:
        self.view.turn_wrap()

    def action_whitespace(self) -> None:
        self._whitespace = not self._whitespace
        if self.source is not None:
            self.view.show(None, " ")
            self.source = self.source.with_whitespace(self._whitespace)
            self.summary = None  # also one that says the same is to be shown: its lines are others
            self.read_again()
        self.refresh_bar()
