"""The one screen: four panes over the selected workspace, laid out for the size at hand.

Panes are bound to what is selected and never remade: switching between workspaces changes what they show,
not which widgets there are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.geometry import Region
from textual.message import Message
from textual.screen import Screen
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from core.errors import BoatyardError
from core.values.states import Activity
from tui.board.columns import SYNTAX
from tui.board.pane import BoardPane
from tui.board.view import BoardView
from tui.diff.pane import DiffPane
from tui.diff.view import DiffView
from tui.engine.changes import Changes
from tui.engine.link import Link, LinkState
from tui.engine.store import Store
from tui.files.pane import FilesPane
from tui.files.preview import Preview
from tui.files.tree import FileTree
from tui.home.arranging import Arranging
from tui.home.bars import Footer, Header
from tui.home.footer import footer_actions
from tui.home.inspector import Inspector
from tui.home.tree import Tree
from tui.home.tree_rows import TreeRow
from tui.home.welcome import welcome_card
from tui.keys.action import Action
from tui.keys.actions import ACTIONS, BY_ID
from tui.keys.situation import Situation, why_not
from tui.logs.view import LogView
from tui.session.conversation import Conversation
from tui.session.pane import SessionPane
from tui.terminal.attention import in_need
from tui.terminal.here import repository_here
from tui.text.literal import literal
from tui.widgets.bare import BareHorizontal, bare_lines
from tui.widgets.card import Card, project_card, small_card, task_card, trouble_card
from tui.widgets.find_bar import FindBar
from tui.widgets.prompt import Prompt
from tui.widgets.ranges import RangeRows
from tui.widgets.rows import RowView

if TYPE_CHECKING:
    from tui.keys.keymap import Keymap
    from tui.looks.look import Look

VIEWS = ("tree", "session", "files", "diff", "board")
TITLES = {"tree": "1 Tasks", "session": "2 Session", "files": "3 Files", "diff": "4 Diff", "board": "6 Board"}
REST_SECONDS = 0.06
"""How long the cursor rests on a row of the tree before its session is shown."""
FOOTER_KEYS = 6

FOLLOW_VIEW = ("#tree", "#deck", "#inspector")
"""What looks different, by the style sheet, when another pane is in front."""


class HomeScreen(Screen[None], inherit_bindings=False):
    """Tree, session, files, diff."""

    CSS_PATH = "boatyard.tcss"
    BINDINGS: ClassVar[list[BindingType]] = []
    HORIZONTAL_BREAKPOINTS = [
        (0, "-cramped"), (60, "-narrow"), (100, "-medium"), (160, "-wide"),
    ]  # fmt: skip
    VERTICAL_BREAKPOINTS = [
        (0, "-squat"),
        (15, "-short"),
        (30, "-tall"),
    ]

    class Chosen(Message):
        """Enter on a task that has no workspace yet."""

        def __init__(self, action_id: str) -> None:
            super().__init__()
            self.action_id = action_id

    class Seen(Message):
        """The user looks at a workspace whose turn has ended."""

        def __init__(self, workspace: str) -> None:
            super().__init__()
            self.workspace = workspace

    def __init__(self, store: Store, link: Link) -> None:
        super().__init__()
        self.store = store
        self.link = link
        self.arranging = Arranging(self, link)
        self.view = "tree"
        self.zoomed = False
        self._told_seen = ""
        self.come_back: tuple[str, Callable[[], None]] | None = None
        """Where Escape leads back to from the session of a workspace."""
        self.undoable = False
        self._row: TreeRow | None = None
        self._rest: Timer | None = None
        self.touched = False
        """Whether the user has pressed a key yet."""

    def compose(self) -> ComposeResult:
        yield Card(id="small")
        yield Header(id="header")
        with BareHorizontal(id="body"):
            yield Tree(self.store, id="tree")
            with BareHorizontal(id="deck"):
                yield SessionPane(self.store, self.link, id="session")
                yield FilesPane(self.store, self.link, id="files")
                yield DiffPane(self.store, self.link, id="diff")
            yield Inspector(id="inspector")
            yield BoardPane(self.store, id="board")
        yield FindBar(id="find-bar")
        yield Footer(id="footer")

    def on_mount(self) -> None:
        self.tree_view = self.query_one("#tree", Tree)
        self.session = self.query_one("#session", SessionPane)
        self.files = self.query_one("#files", FilesPane)
        self.diff = self.query_one("#diff", DiffPane)
        self.inspector = self.query_one("#inspector", Inspector)
        self.board = self.query_one("#board", BoardPane)
        self._header = self.query_one("#header", Header)
        self._footer = self.query_one("#footer", Footer)
        self._small = self.query_one("#small", Card)
        self._find_bar = self.query_one(FindBar)
        for name in VIEWS:
            self.query_one(f"#{name}").add_class("pane")
        self.inspector.add_class("pane")
        self.inspector.border_title = "Workspace"
        self.store.watch(self._on_changes)
        self.watch(self, "focused", self._focus_moved, init=False)
        self.show_view("tree")

    def render_lines(self, crop: Region) -> list[Strip]:
        return bare_lines(self, crop)

    # Selection

    @property
    def row(self) -> TreeRow | None:
        """What the cursor of the tree is on."""
        return self._row

    @property
    def _welcoming(self) -> bool:
        """Whether there is nothing yet but the way to begin."""
        return self.store.loaded and not self.store.projects

    @property
    def _keymap(self) -> Keymap:
        return cast("Look", self.app).keymap

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
            project=project,
            task=task,
            workspace=workspace,
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

    @on(Tree.Selected)
    def _selected(self, event: Tree.Selected) -> None:
        event.stop()
        first = self._row is None
        self._row = event.row
        if self._rest is not None:
            self._rest.stop()
        if first:
            self.show_selected()
        else:
            self._rest = self.set_timer(REST_SECONDS, self.show_selected)

    def show_selected(self) -> None:
        """Brings every pane to what the tree's cursor is on."""
        if self._rest is not None:
            self._rest.stop()
            self._rest = None
        row = self._row
        name = row.workspace if row is not None and row.workspace in self.store.workspaces else None
        if name is not None:
            self.session.show_workspace(name)
        else:
            self._show_card(row)
        self.files.show_workspace(name)
        self.diff.show_workspace(name)
        self.refresh_bars()

    def _show_card(self, row: TreeRow | None) -> None:
        if not self.store.loaded:
            return
        if self._welcoming or row is None:
            agents, runners = [*self.store.agents.values()], self.store.runners
            card = welcome_card(repository_here(), agents, runners, self._keymap, self.store.notice)
            self.session.show_card(card)
            if self.view == "tree" and self.has_class("-narrow"):
                self.show_view("session")
        elif row.task_id in self.store.tasks:
            count = len(self.store.workspaces_of.get(row.task_id, ()))
            self.session.show_card(task_card(self.store.tasks[row.task_id], count, self._keymap))
        elif row.project_id in self.store.projects:
            project = self.store.projects[row.project_id]
            count = len(self.store.tasks_of(project.id))
            self.session.show_card(
                project_card(project, self.store.repos_of(project.id), count, self._keymap)
            )

    def bring_back(self, key: str, view: str) -> None:
        """Goes where the user was the last time, as far as that is still there."""
        kind, _, name = key.partition(":")
        store = self.store
        if name not in {"workspace": [*store.workspaces], "task": [*store.tasks]}.get(kind, store.projects):
            return
        self.tree_view.reveal(key)
        self._row = self.tree_view.current
        self.show_selected()
        if kind == "workspace" or view in ("tree", "board"):
            self.show_view(view or "tree")

    def go_to_workspace(self, name: str, *, view: str = "session") -> None:
        """Selects a workspace, there or as soon as it comes, and shows it."""
        workspace = self.store.workspaces.get(name)
        if workspace is not None and workspace.archived and not self.store.show_archived:
            self.store.show_archived = True
            self.store.restructure()
        self.tree_view.reveal(f"workspace:{name}")
        self._row = self.tree_view.current
        self.show_selected()
        self.show_view(view)

    def go_to(self, key: str) -> None:
        """Puts the tree's cursor on a task or project."""
        self.tree_view.reveal(key)
        self._row = self.tree_view.current
        self.show_view("tree")
        self.show_selected()

    @on(RowView.Chosen, "#tree")
    def _tree_chosen(self, event: RowView.Chosen) -> None:
        event.stop()
        row = self._row = self.tree_view.current
        if row is None or row.kind == "hint":
            self.post_message(self.Chosen("new"))
        elif row.kind == "workspace":
            self.show_selected()
            self.show_view("session")
        elif row.kind == "task":
            names = self.store.workspaces_of.get(row.task_id, [])
            if names:
                self.go_to_workspace(names[-1])
            else:
                self.post_message(self.Chosen("start"))

    # Views

    def show_view(self, view: str) -> None:
        """Brings a pane to the front and gives it the focus."""
        self.view = view
        self._mark_view()
        in_deck = "session" if view == "tree" else view
        for name in VIEWS[1:]:
            self.query_one(f"#{name}").display = name == in_deck
        self.diff.watched = self.has_class("-wide")
        self.diff.look_again(opening=view == "diff")
        main = self.main_of(view)
        if self.focused is None or not self._inside(self.focused, view):
            self.set_focus(main)
        self.call_after_refresh(self.settle)

    def _mark_view(self) -> None:
        """Tells the style sheet which pane is in front, and those that it asks about it: styling every
        widget anew would keep the key waiting."""
        for name in VIEWS:
            self.set_class(name == self.view, f"-view-{name}", update=False)
        self.app.stylesheet.update_nodes([self, *(self.query_one(each) for each in FOLLOW_VIEW)])

    def settle(self) -> None:
        """After the layout: looks at what came into sight, and moves the focus there."""
        self.arranging.follow()
        self.files.look_again()
        self.diff.look_again()
        focused = self.focused
        if focused is None or not self._inside(focused, self.view) or not focused.is_on_screen:
            self.set_focus(self.main_of(self.view))
        self.refresh_bars()

    def main_of(self, view: str) -> Widget:
        """The widget of a pane that gets the focus."""
        if view == "tree":
            return self.tree_view
        pane = self.query_one(f"#{view}")
        return cast("Any", pane).main  # type: ignore[no-any-return]

    def _inside(self, widget: Widget, view: str) -> bool:
        return any(node.id == view for node in widget.ancestors_with_self)

    def toggle_zoom(self, zoomed: bool) -> None:
        """Gives the pane in hand the whole screen, or shows the others again."""
        self.arranging.zoom(zoomed)

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
        elif not self._welcoming:
            self.show_view("tree")
        self.refresh_bars()

    def _focus_moved(self, focused: Widget | None) -> None:
        if focused is not None:
            for name in VIEWS:
                if self._inside(focused, name) and name != self.view and self.query_one(f"#{name}").display:
                    self.view = name
                    self._mark_view()
        panes = list[Widget]()
        for name in VIEWS:
            pane = self.query_one(f"#{name}")
            mark = f"{self.tree_view.glyphs.mark}" if name == self.view else " "
            pane.border_title = literal(f"{mark}{TITLES[name]}")
            # A class, and not `:focus-within`, for which all that is in a pane would be styled anew.
            pane.set_class(focused is not None and self._inside(focused, name), "-front", update=False)
            panes.append(pane)
        self.app.stylesheet.update_nodes(panes)
        self.refresh_bars()

    def on_resize(self, event: events.Resize) -> None:
        self._small.show(small_card(event.size.width, event.size.height))
        self.diff.watched = event.size.width >= 160
        self.call_after_refresh(self.settle)

    # Finding

    def show_find(self) -> None:
        """Asks what to find in the pane in hand."""
        if self.view == "board":
            board = self.board.main
            self._find_bar.show_filter(board, board.filter_text, SYNTAX, board.narrow)
            return
        self._find_bar.show(self.focused if isinstance(self.focused, RowView) else self.main_of(self.view))

    @on(FindBar.Missed)
    def _missed(self, event: FindBar.Missed) -> None:
        event.stop()
        cast("Look", self.app).say(f"nothing here has {event.needle!r} in it", severity="warning")

    def theme_changed(self) -> None:
        """Draws every line in the colours of now."""
        for view in self.query(RowView).results():
            view.rows_changed()
        self.board.main.cards_changed()
        self._header.refresh()
        self._footer.refresh()

    # Bars

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
        if changes.everything or changes.structure or (changes.agents and self._welcoming):
            current = self.tree_view.current
            if self._row is None or current is None or current.key != self._row.key or self._welcoming:
                self._row = current
                self.show_selected()
        self.refresh_bars()

    @on(BoardView.Chosen)
    def _card_chosen(self, event: BoardView.Chosen) -> None:
        event.stop()
        task = self.board.current
        names = self.store.in_sight(task.id) if task else []
        if names:
            self.go_to_workspace(names[-1])
            self.come_back = names[-1], lambda: self.show_view("board")
        elif task is not None:
            self.post_message(self.Chosen("start"))

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
        active = {action.id for action in self.active_actions(now)}
        wanted = footer_actions(now, self.focused, self._welcoming)
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

    def scopes(self) -> set[str]:
        """The scopes of actions whose keys work where the focus is."""
        focused = self.focused
        if isinstance(focused, Input):
            return set()
        if isinstance(focused, Prompt):
            return {"prompt"}
        found = {"app"}
        for node in focused.ancestors_with_self if focused is not None else ():
            for kind, scope in _SCOPES:
                if isinstance(node, kind):
                    found.add(scope)
        return found

    def active_actions(self, now: Situation | None = None) -> list[Action]:
        """The actions that can be done here now."""
        now = now or self.situation()
        return [action for action in self.reachable_actions() if not why_not(action.id, now)]

    def reachable_actions(self) -> list[Action]:
        """The actions whose keys work where the focus is, those that make no sense now included."""
        scopes = self.scopes()
        here = [action for action in ACTIONS if action.scope in scopes]
        hidden = {action.instead_of for action in here}
        return [action for action in here if action.id not in hidden]


_SCOPES: tuple[tuple[type, str], ...] = (
    (RowView, "rows"), (BoardView, "rows"), (BoardView, "board"), (Tree, "tree"), (Tree, "marks"),
    (FileTree, "tree"), (FileTree, "file-tree"), (SessionPane, "session"), (DiffPane, "diff"),
    (Preview, "wide"), (DiffView, "wide"), (LogView, "log"), (Conversation, "talk"), (RangeRows, "range"),
)  # fmt: skip
