"""The panes of the one screen: which is in front, which has the focus, what is found in it.

Panes are bound to what is selected and never remade: switching between workspaces changes what they show,
not which widgets there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from tui.board.columns import SYNTAX
from tui.board.pane import BoardPane
from tui.diff.pane import DiffPane
from tui.engine.link import Link
from tui.engine.store import Store
from tui.files.pane import FilesPane
from tui.home.arranging import Arranging
from tui.home.bars import Footer, Header
from tui.home.dividers import Dividers
from tui.home.inspector import Inspector
from tui.home.tree import Tree
from tui.session.pane import SessionPane
from tui.text.literal import literal
from tui.widgets.bare import BareHorizontal, bare_lines
from tui.widgets.card import Card, small_card
from tui.widgets.find_bar import FindBar
from tui.widgets.rows import RowView

if TYPE_CHECKING:
    from tui.looks.look import Look


VIEWS = ("tree", "session", "files", "diff", "board")
TITLES = {"tree": "1 Tasks", "session": "2 Session", "files": "3 Files", "diff": "4 Diff", "board": "6 Board"}

FOLLOW_VIEW = ("#tree", "#deck", "#inspector")
"""What looks different, by the style sheet, when another pane is in front."""


class PaneScreen(Screen[None], inherit_bindings=False):
    """Tree, session, files, diff and board, laid out for the size at hand."""

    CSS_PATH = "boatyard.tcss"

    BINDINGS: ClassVar[list[BindingType]] = []

    ALLOW_SELECT = False  # Nothing copies what Textual marks: the mouse is left to the terminal for that.

    HORIZONTAL_BREAKPOINTS = [
        (0, "-cramped"), (60, "-narrow"), (100, "-medium"), (160, "-wide"),
    ]  # fmt: skip

    VERTICAL_BREAKPOINTS = [
        (0, "-squat"),
        (15, "-short"),
        (30, "-tall"),
    ]

    def __init__(self, store: Store, link: Link) -> None:
        super().__init__()
        self.store = store
        self.link = link
        self.arranging = Arranging(self, link)
        self.dividers = Dividers(self)
        self.view = "tree"
        self.zoomed = False
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
        self.watch(self, "focused", self._focus_moved, init=False)
        self.show_view("tree")

    def render_lines(self, crop: Region) -> list[Strip]:
        return bare_lines(self, crop)

    def show_view(self, view: str) -> None:
        """Brings a pane to the front and gives it the focus."""
        self.view = view
        self._mark_view()
        in_deck = "session" if view == "tree" else view
        if view == "diff" and not self.diff.display:
            self.diff.may_be_old()
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

    def _focus_moved(self, focused: Widget | None) -> None:
        if focused is not None:
            for name in VIEWS:
                if self._inside(focused, name) and name != self.view and self.query_one(f"#{name}").display:
                    self.view = name
                    self._mark_view()
        panes: list[Widget] = [self.session.composer]  # it has a line above it in the pane in hand
        for name in VIEWS:
            pane = self.query_one(f"#{name}")
            mark = f"{self.tree_view.glyphs.mark}" if name == self.view else " "
            pane.border_title = literal(f"{mark}{TITLES[name]}")
            # A class, and not `:focus-within`, for which all that is in a pane would be styled anew.
            pane.set_class(focused is not None and self._inside(focused, name), "-front", update=False)
            panes.append(pane)
        self.app.stylesheet.update_nodes(panes)
        self.refresh_bars()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self.dividers.move(event)

    def on_mouse_up(self) -> None:
        self.dividers.leave()

    def on_resize(self, event: events.Resize) -> None:
        self._small.show(small_card(event.size.width, event.size.height))
        self.diff.watched = event.size.width >= 160
        self.call_after_refresh(self.settle)

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

    def bring_back(self, key: str, view: str) -> None:
        """Goes where the user was the last time, as far as that is still there."""
        raise NotImplementedError

    def refresh_bars(self) -> None:
        """Shows the present state in header, footer and inspector."""

    def theme_changed(self) -> None:
        """Draws every line in the colours of now."""
        for view in self.query(RowView).results():
            view.rows_changed()
        self.board.main.cards_changed()
        self._header.refresh()
        self._footer.refresh()
