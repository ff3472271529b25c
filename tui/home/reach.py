"""Which actions can be reached from where the focus is, and which of them make sense now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widget import Widget
from textual.widgets import Input

from tui.board.view import BoardView
from tui.diff.pane import DiffPane
from tui.diff.view import DiffView
from tui.files.preview import Preview
from tui.files.tree import FileTree
from tui.home.tree import Tree
from tui.keys.action import Action
from tui.keys.actions import ACTIONS
from tui.keys.situation import Situation, why_not
from tui.logs.view import LogView
from tui.session.conversation import Conversation
from tui.session.pane import SessionPane
from tui.widgets.prompt import Prompt
from tui.widgets.ranges import RangeRows
from tui.widgets.rows import RowView

if TYPE_CHECKING:
    pass


_SCOPES: tuple[tuple[type, str], ...] = (
    (RowView, "rows"), (BoardView, "rows"), (BoardView, "board"), (Tree, "tree"), (Tree, "marks"),
    (FileTree, "tree"), (FileTree, "file-tree"), (SessionPane, "session"), (DiffPane, "diff"),
    (Preview, "wide"), (DiffView, "wide"), (LogView, "log"), (Conversation, "talk"), (RangeRows, "range"),
)  # fmt: skip


def scopes(focused: Widget | None) -> set[str]:
    """The scopes of actions whose keys work where the focus is."""
    if isinstance(focused, Input):
        return set()
    if isinstance(focused, Prompt):
        return {"prompt"}
    found = {"app"}
    for node in focused.ancestors_with_self if focused is not None else ():
        found.update(scope for kind, scope in _SCOPES if isinstance(node, kind))
    return found


def reachable_actions(focused: Widget | None) -> list[Action]:
    """The actions whose keys work where the focus is, those that make no sense now included."""
    found = scopes(focused)
    here = [action for action in ACTIONS if action.scope in found]
    hidden = {action.instead_of for action in here}
    return [action for action in here if action.id not in hidden]


def active_actions(focused: Widget | None, now: Situation) -> list[Action]:
    """The actions that can be done here now."""
    return [action for action in reachable_actions(focused) if not why_not(action.id, now)]
