"""The one screen: where the user is, what can be done there, and the bars that say so."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual import on
from textual.message import Message

from core.errors import BoatyardError
from core.values.states import Activity
from tui.board.pane import BoardPane
from tui.diff.pane import DiffPane
from tui.engine.changes import Changes
from tui.engine.link import Link, LinkState
from tui.engine.store import Store
from tui.home.footer import footer_actions
from tui.home.reach import active_actions
from tui.home.selection import SelectionScreen
from tui.keys.actions import BY_ID
from tui.keys.situation import Situation
from tui.terminal.attention import in_need
from tui.widgets.card import trouble_card
from tui.widgets.ranges import RangeRows
from tui.widgets.rows import RowView

if TYPE_CHECKING:
    from tui.looks.look import Look

FOOTER_KEYS = 6


class HomeScreen(SelectionScreen, inherit_bindings=False):
    """Tree, session, files, diff."""

    class Seen(Message):
        """The user looks at a workspace whose turn has ended."""

        def __init__(self, workspace: str) -> None:
            super().__init__()
            self.workspace = workspace

    def __init__(self, store: Store, link: Link) -> None:
        super().__init__(store, link)
        self._told_seen = ""
        self.undoable = False

    def on_mount(self) -> None:
        self.store.watch(self._on_changes)

    def situation(self) -> Situation:
        """Where the user is now."""
        on_board = self.view == "board"
        row = None if on_board else self._row
        workspace = None if on_board else self.store.workspaces.get(self.session.workspace or "")
        if workspace is None and row is not None:
            workspace = self.store.workspaces.get(row.workspace)
        task = self.store.tasks.get(workspace.task_id if workspace else (row.task_id if row else ""))
        task = self.board.current if on_board else task
        project = self.store.projects.get(task.project_id if task else (row.project_id if row else ""))
        return Situation(
            connected=self.link.state is LinkState.CONNECTED,
            view=self.view,
            zoomed=self.zoomed,
            alone=self.has_class("-narrow"),
            project=project,
            task=task,
            workspace=workspace,
            attempts=0 if workspace or not task else len(self.store.in_sight(task.id)),
            approval=self.session.approval if self.session_in_sight else None,
            waiting=len(in_need(self.store)),
            undoable=self.undoable,
            path=self._path(),
            queued=workspace.queued if workspace else 0,
        )

    @property
    def session_in_sight(self) -> bool:
        """Whether the session can be seen, and with it what its agent asks."""
        alone = self.zoomed or self.has_class("-narrow")
        return self.view == "session" or (self.view == "tree" and not alone)

    def _path(self) -> str:
        if self.view == "files":
            return self.files.shown_path
        if self.view == "diff" and self.diff.file is not None:
            return self.diff.file.path
        return ""

    def step_back(self) -> None:
        """One step back: find, zoom, a pane's inside, the tree."""
        focused = self.focused
        if self._find_bar.shown:
            self._find_bar.leave()
        elif isinstance(focused, RangeRows) and focused.marking:
            focused.end_range()
        elif isinstance(focused, RowView) and focused.finding:
            focused.end_find()
        elif self.come_back is not None and self.come_back[0] == self.session.workspace:
            back, self.come_back = self.come_back[1], None
            back()
        elif self.view == "session" and self.session.step_back():
            pass
        elif self.zoomed:
            self.toggle_zoom(False)
        elif self.view == "files" and self.files.step_back():
            pass
        elif self.view == "diff" and self.diff.step_back():
            pass
        elif self.view == "board" and self.board.step_back():
            pass
        elif self.view in ("files", "diff"):
            self.show_view("session")
        elif not self.welcoming:
            self.show_view("tree")
        self.refresh_bars()

    def connection_lost(self, error: BoatyardError) -> None:
        """Says why there is nothing to see, where there is nothing to see yet."""
        if not self.store.loaded:
            self.session.show_card(trouble_card(error.message, error.hint, self._keymap))

    def _look_at(self) -> None:
        """Tells once that the user sees how the turn of the workspace in hand has ended."""
        workspace = self.store.workspaces.get(self.session.workspace or "")
        unseen = workspace is not None and workspace.activity is Activity.UNSEEN
        if not unseen:
            self._told_seen = ""
        elif workspace and self.view != "tree" and self.app.app_focus and workspace.name != self._told_seen:
            self._told_seen = workspace.name
            self.post_message(self.Seen(workspace.name))

    def _on_changes(self, changes: Changes) -> None:
        if changes.everything or changes.structure or (changes.agents and self.welcoming):
            current = self.tree_view.current
            if self._row is None or current is None or current.key != self._row.key or self.welcoming:
                self._row = current
                self.show_selected()
        if not changes.only_output:
            self.refresh_bars()

    @on(BoardPane.Moved)
    @on(DiffPane.Loaded)
    @on(DiffPane.Moved)
    def _moved(self) -> None:
        self.refresh_bars()

    def refresh_bars(self) -> None:
        """Shows the present state in header, footer and inspector."""
        if not self.is_mounted or not hasattr(self, "_footer"):
            return
        self._look_at()
        self.arranging.note_selection(self._row.key if self._row else "", self.view)
        now = self.situation()
        project = now.project.name if now.project else ""
        notice = self.store.notice if not now.workspace and self.store.projects else ""
        look = cast("Look", self.app)
        self._header.tell(project, self.store.counts(), self.link.state, look, notice)
        active = {action.id for action in active_actions(self.focused, now)}
        wanted = footer_actions(now, self.focused, self.welcoming)
        first = look.keymap.first
        keys = [(id_, first(id_), BY_ID[id_].label) for id_ in wanted if id_ in active and first(id_)]
        more = [(first(id_), label) for id_, label in (("help", "help"), ("palette", "find"))]
        self._footer.tell(keys[:FOOTER_KEYS], self.size.width, more)
        self.diff.refresh_bar()
        if self.inspector.display:
            agent = now.workspace.agent if now.workspace else ""
            forecast = self.store.forecasts.get(now.workspace.name) if now.workspace else None
            title = self.store.agent_title(agent)
            self.inspector.show(now.workspace, now.task, title, self.diff.summary, forecast)
